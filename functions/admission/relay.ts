import { readEnvironment, relayEnvironment } from '../platform/environment.ts';
import { relay } from '../platform/relay.ts';
import { admissionLifecycle } from './lifecycle.ts';

const environment = readEnvironment(relayEnvironment);

export const handler = relay({
  source: 'fairground.admission',
  busName: environment.BUS_NAME,
  lifecycleEvents: admissionLifecycle,
});
