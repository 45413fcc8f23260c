import { readEnvironment } from '../platform/environment.ts';
import { startMachines } from '../platform/machine.ts';
import { relay } from '../platform/relay.ts';
import { epochSeconds } from '../platform/time.ts';
import { ordersRelayEnvironment } from './environment.ts';
import { orderMachines, ordersLifecycle } from './lifecycle.ts';

const environment = readEnvironment(ordersRelayEnvironment);

export const handler = relay({
  source: 'fairground.orders',
  busName: environment.BUS_NAME,
  lifecycleEvents: ordersLifecycle,
  machines: {
    startsOf: orderMachines(environment.ORDER_MACHINE_ARN, () => epochSeconds(new Date())),
    start: startMachines,
  },
});
