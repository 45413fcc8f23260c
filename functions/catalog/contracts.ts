export type { CategoryPlaces, Layout, LayoutRow, LayoutSeat, LayoutZone } from './layout.ts';
export { sessionCancelled, sessionPostponed, sessionPublishing, sessionUpdated } from './lifecycle.ts';
export { readLayout } from './plan-documents.ts';
