import type { EventStatus } from './event.ts';
import type { SessionStatus } from './session.ts';

/**
 * Whether what something is for takes place: a session that is not cancelled, or without one any session of the event.
 * One without sessions takes place as long as it is not cancelled itself.
 */
export const takesPlace = (
  event: { readonly status: EventStatus },
  sessions: readonly { readonly sessionId: string; readonly status: SessionStatus }[],
  sessionId: string | undefined,
): boolean => {
  const meant = sessions.filter((session) => sessionId === undefined || session.sessionId === sessionId);
  return (
    event.status !== 'cancelled' && (meant.length === 0 || meant.some(({ status }) => status !== 'cancelled'))
  );
};
