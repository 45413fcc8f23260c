import { describe, expect, test } from 'vitest';
import type { Occasion } from '../../../functions/catalog/occasion-contracts.ts';
import { joinEvent } from '../../../functions/marketplace/event-food/join-event.ts';

const session = (sessionId: string, day: number, status: 'published' | 'cancelled' = 'published') => ({
  sessionId,
  status,
  from: `2027-06-${day}T15:00:00.000Z`,
  to: `2027-06-${day}T20:00:00Z`,
});
const occasion = (...sessions: ReturnType<typeof session>[]): Occasion => ({
  eventId: 'evt_1',
  organizationId: 'org_1',
  status: 'published',
  venue: { city: 'Cluj-Napoca', lat: 46.7712, lon: 23.6236, timeZone: 'Europe/Bucharest' },
  sessions,
});
const venue = { city: 'Cluj-Napoca', lat: 46.7712, lon: 23.6236 };
const two = occasion(session('ses_1', 12), session('ses_2', 13));

describe('a brief that names an event', () => {
  test('takes venue, time and zone of its session', () => {
    expect(joinEvent(two, 'org_1', { sessionId: 'ses_2' })).toEqual({
      kind: 'joined',
      venue,
      startsAt: '2027-06-13T15:00:00.000Z',
      endsAt: '2027-06-13T20:00:00Z',
      timeZone: 'Europe/Bucharest',
    });
  });

  test('takes those of the only session that takes place', () => {
    const one = occasion(session('ses_1', 12, 'cancelled'), session('ses_2', 13));
    expect(joinEvent(one, 'org_1', {})).toMatchObject({ startsAt: '2027-06-13T15:00:00.000Z' });
  });

  test('keeps what it says itself', () => {
    const own = {
      venue: { city: 'Turda', lat: 46.5667, lon: 23.7833 },
      startsAt: '2027-06-11T10:00:00Z',
      endsAt: '2027-06-14T10:00:00Z',
      timeZone: 'Europe/Berlin',
    };
    expect(joinEvent(two, 'org_1', own)).toEqual({ kind: 'joined', ...own });
    expect(joinEvent(two, 'org_1', { sessionId: 'ses_1', startsAt: '2027-06-12T17:00:00Z' })).toMatchObject({
      startsAt: '2027-06-12T17:00:00Z',
      endsAt: '2027-06-12T20:00:00Z',
    });
  });

  test.each([
    ['an event that does not exist', undefined, 'org_1', {}, '/eventId', 'UNKNOWN_REFERENCE'],
    ['an event of another organization', two, 'org_2', {}, '/eventId', 'UNKNOWN_REFERENCE'],
    ['a cancelled event', { ...two, status: 'cancelled' }, 'org_1', {}, '/eventId', 'EVENT_CANCELLED'],
    ['a session of another event', two, 'org_1', { sessionId: 'ses_3' }, '/sessionId', 'UNKNOWN_REFERENCE'],
    [
      'a cancelled session',
      occasion(session('ses_1', 12, 'cancelled')),
      'org_1',
      { sessionId: 'ses_1' },
      '/sessionId',
      'UNKNOWN_REFERENCE',
    ],
    ['one of several sessions, unsaid', two, 'org_1', {}, '/sessionId', 'AMBIGUOUS'],
    [
      'no session at all',
      occasion(),
      'org_1',
      { startsAt: '2027-06-12T10:00:00Z' },
      '/sessionId',
      'AMBIGUOUS',
    ],
    [
      'a start after the session’s end',
      two,
      'org_1',
      { sessionId: 'ses_1', startsAt: '2027-06-12T21:00:00Z' },
      '/endsAt',
      'INVALID',
    ],
  ] as const)('is refused for %s', (_, event, organizationId, named, pointer, code) => {
    expect(joinEvent(event, organizationId, named)).toMatchObject({
      kind: 'refused',
      faults: [{ in: 'body', pointer, code }],
    });
  });
});
