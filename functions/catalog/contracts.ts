export type { Layout } from './layout.ts';
export {
  eventCancelled,
  sessionCancelled,
  sessionPostponed,
  sessionPublishing,
  sessionUpdated,
} from './lifecycle.ts';
export { readLayout } from './plan-documents.ts';
export { openRsvpSessions, type RsvpSession, type RsvpSessions } from './rsvp-sessions.ts';
export type { Fee, Tax } from './sale-terms.ts';
export {
  openSessionFacts,
  readSessionFacts,
  type SessionFacts,
  type SessionFactsOf,
} from './session-facts.ts';
