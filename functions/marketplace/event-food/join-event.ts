import type { Occasion } from '../../catalog/occasion-contracts.ts';
import type { Fault } from '../../platform/answer.ts';
import { type BriefItem, spanFault } from '../briefs/brief.ts';

type Named = {
  readonly [Name in 'venue' | 'startsAt' | 'endsAt' | 'timeZone' | 'sessionId']?: BriefItem[Name] | undefined;
};

/** What a brief is about once its event is known. */
export type Joined =
  | ({ readonly kind: 'joined' } & Pick<BriefItem, 'venue' | 'startsAt' | 'endsAt' | 'timeZone'>)
  | { readonly kind: 'refused'; readonly faults: readonly [Fault] };

const refused = (pointer: string, code: string, detail: string): Joined => ({
  kind: 'refused',
  faults: [{ in: 'body', pointer, code, detail }],
});

/**
 * What a brief takes over from its event, or why it cannot be for it. What is said itself wins.
 *
 * @param organizationId whose brief it is. An event of another is told as one that does not exist.
 */
export const joinEvent = (
  occasion: Occasion | undefined,
  organizationId: string,
  { venue, startsAt, endsAt, timeZone, sessionId }: Named,
): Joined => {
  if (occasion?.organizationId !== organizationId)
    return refused('/eventId', 'UNKNOWN_REFERENCE', 'The organization has no such event.');
  if (occasion.status === 'cancelled')
    return refused('/eventId', 'EVENT_CANCELLED', 'The event does not take place.');
  const live = occasion.sessions.filter(({ status }) => status !== 'cancelled');
  const named = live.find((session) => session.sessionId === sessionId);
  if (sessionId !== undefined && named === undefined)
    return refused('/sessionId', 'UNKNOWN_REFERENCE', 'The event has no such session that takes place.');
  const [only, ...others] = live;
  const session = named ?? (others.length === 0 ? only : undefined);
  const from = startsAt ?? session?.from;
  const to = endsAt ?? session?.to;
  if (from === undefined || to === undefined) {
    return refused(
      '/sessionId',
      'AMBIGUOUS',
      `The event has ${live.length} sessions that take place: name one, or both startsAt and endsAt.`,
    );
  }
  const detail = spanFault({ startsAt: from, endsAt: to });
  if (detail !== undefined) return refused('/endsAt', 'INVALID', detail);
  const { timeZone: zone, ...place } = occasion.venue;
  return {
    kind: 'joined',
    venue: venue ?? place,
    startsAt: from,
    endsAt: to,
    timeZone: timeZone ?? zone,
  };
};
