import { readEnvironment, relayEnvironment } from '../platform/environment.ts';
import { relay } from '../platform/relay.ts';
import { identityLifecycle } from './lifecycle.ts';

const environment = readEnvironment(relayEnvironment);

export const handler = relay({
  source: 'fairground.identity',
  busName: environment.BUS_NAME,
  lifecycleEvents: identityLifecycle,
});
