import { readEnvironment } from '../platform/environment.ts';
import { relay } from '../platform/relay.ts';
import { epochSeconds } from '../platform/time.ts';
import { ticketingRelayEnvironment } from './environment.ts';
import { holdTimers } from './hold-timers.ts';
import { ticketingLifecycle } from './lifecycle.ts';

const environment = readEnvironment(ticketingRelayEnvironment);

export const handler = relay({
  source: 'fairground.ticketing',
  busName: environment.BUS_NAME,
  lifecycleEvents: ticketingLifecycle,
  timers: holdTimers(environment.HOLD_EXPIRY_QUEUE_URL, () => epochSeconds(new Date())),
});
