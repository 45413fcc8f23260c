import { readEnvironment } from '../platform/environment.ts';
import { startMachines } from '../platform/machine.ts';
import { relay } from '../platform/relay.ts';
import { epochSeconds } from '../platform/time.ts';
import { marketplaceRelayEnvironment } from './environment.ts';
import { leadMachines } from './leads/start-machines.ts';
import { marketplaceLifecycle } from './lifecycle.ts';
import { truckHoldTimers } from './truck-holds/truck-hold-timers.ts';

const environment = readEnvironment(marketplaceRelayEnvironment);

export const handler = relay({
  source: 'fairground.marketplace',
  busName: environment.BUS_NAME,
  lifecycleEvents: marketplaceLifecycle,
  timers: truckHoldTimers(environment.TRUCK_HOLD_EXPIRY_QUEUE_URL, () => epochSeconds(new Date())),
  machines: { startsOf: leadMachines(environment.LEAD_MACHINE_ARN), start: startMachines },
});
