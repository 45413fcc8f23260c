import { admissionLifecycleEvents } from './admission/lifecycle.ts';
import { catalogLifecycleEvents } from './catalog/lifecycle.ts';
import { identityLifecycleEvents } from './identity/lifecycle.ts';
import { marketplaceLifecycleEvents } from './marketplace/lifecycle.ts';
import { ordersLifecycleEvents } from './orders/lifecycle.ts';
import type { LifecycleEventDefinition } from './platform/lifecycle-event.ts';
import { ticketingLifecycleEvents } from './ticketing/lifecycle.ts';

/** Every lifecycle event of the platform, for the published schemas. */
export const lifecycleEvents: readonly LifecycleEventDefinition[] = [
  ...identityLifecycleEvents,
  ...catalogLifecycleEvents,
  ...ticketingLifecycleEvents,
  ...ordersLifecycleEvents,
  ...admissionLifecycleEvents,
  ...marketplaceLifecycleEvents,
];
