import { readEnvironment, relayEnvironment } from '../platform/environment.ts';
import { relay } from '../platform/relay.ts';
import { marketplaceLifecycle } from './lifecycle.ts';

const environment = readEnvironment(relayEnvironment);

export const handler = relay({
  source: 'fairground.marketplace',
  busName: environment.BUS_NAME,
  lifecycleEvents: marketplaceLifecycle,
});
