import { readEnvironment, relayEnvironment } from '../platform/environment.ts';
import { relay } from '../platform/relay.ts';
import { catalogLifecycle } from './lifecycle.ts';

const environment = readEnvironment(relayEnvironment);

export const handler = relay({
  source: 'fairground.catalog',
  busName: environment.BUS_NAME,
  lifecycleEvents: catalogLifecycle,
});
