import { describe, expect, test } from 'vitest';
import { catalogLifecycle, catalogLifecycleEvents } from '../../functions/catalog/lifecycle.ts';
import { envelopeOf, type LifecycleEventDefinition } from '../../functions/platform/lifecycle-event.ts';
import type { StreamChange } from '../../functions/platform/relay.ts';
import type { Item } from '../../functions/platform/table.ts';

const change = {
  what: 'session.updated',
  by: 'ann',
  requestId: 'request-1',
  at: '2026-11-20T18:00:00.000Z',
  key: 'key-1',
};
const item = (sk: string, fields: object): Item =>
  ({ pk: `${sk}#1`, sk, organizationId: 'org_1', revision: 1, change, ...fields }) as Item;

const venue = item('VENUE', {
  venueId: 'ven_1',
  name: 'Paraninfo',
  address: '',
  city: 'La Laguna',
  country: 'ES',
  uses: 0,
});
const performer = item('PERFORMER', { performerId: 'prf_1', name: 'Jessye Norman', uses: 0 });
const event = item('EVENT', {
  eventId: 'evt_1',
  venueId: 'ven_1',
  name: 'Four Last Songs',
  category: 'concert',
  performerIds: ['prf_1'],
  sessionIds: ['ses_1'],
  status: 'draft',
});
const session = item('SESSION', {
  sessionId: 'ses_1',
  eventId: 'evt_1',
  venueId: 'ven_1',
  timeZone: 'Atlantic/Canary',
  startsAt: '2027-03-01T20:00:00Z',
  endsAt: '2027-03-01T22:00:00Z',
  holdSeconds: 600,
  maxPlacesPerHold: 20,
  ticketTypes: [
    { id: 'tt_1', name: 'Stalls', price: { amount: 4500, currency: 'EUR' }, planCategory: 'Stalls' },
  ],
  status: 'draft',
  requestHash: 'secret',
});

const seen = (before: Item | undefined, after: Item | undefined): readonly string[] => {
  const kind = before === undefined ? 'INSERT' : after === undefined ? 'REMOVE' : 'MODIFY';
  const streamed: StreamChange = { kind, before, after, expired: false, seenAt: new Date(0) };
  return catalogLifecycle(streamed).map((lifecycle) => lifecycle.type);
};
const next = (before: Item, fields: object = {}): Item => ({ ...before, revision: 2, ...fields });

describe('a change of the catalog means', () => {
  const at = (before: Item, status: string): Item => ({ ...before, status });
  test.for<[string, Item | undefined, Item | undefined, string[]]>([
    ['a new venue', undefined, venue, ['VENUE-CREATED']],
    ['a changed venue', venue, next(venue, { name: 'Paraninfo ULL' }), ['VENUE-UPDATED']],
    ['a venue used by one event more', venue, { ...venue, uses: 1 }, []],
    ['a new performer', undefined, performer, ['PERFORMER-CREATED']],
    ['a changed performer', performer, next(performer), ['PERFORMER-UPDATED']],
    ['a new event', undefined, event, ['EVENT-CREATED']],
    ['a changed event', event, next(event), ['EVENT-UPDATED']],
    ['an event on its way to sale', event, next(at(event, 'publishing')), ['EVENT-UPDATED']],
    ['an event on sale', at(event, 'publishing'), next(at(event, 'published')), ['EVENT-PUBLISHED']],
    ['a change while on sale', at(event, 'published'), next(at(event, 'published')), ['EVENT-UPDATED']],
    ['a cancelled event', at(event, 'published'), next(at(event, 'cancelled')), ['EVENT-CANCELLED']],
    ['a deleted draft', event, undefined, []],
    ['a new session', undefined, session, ['SESSION-CREATED']],
    ['a changed session', session, next(session), ['SESSION-UPDATED']],
    ['a session to build', session, next(at(session, 'publishing')), ['SESSION-PUBLISHING']],
    ['a session on sale', at(session, 'publishing'), next(at(session, 'published')), ['SESSION-PUBLISHED']],
    ['a session put off', at(session, 'published'), next(at(session, 'postponed')), ['SESSION-POSTPONED']],
    [
      'a session with new dates',
      at(session, 'postponed'),
      next(at(session, 'published')),
      ['SESSION-UPDATED'],
    ],
    ['a cancelled session', at(session, 'postponed'), next(at(session, 'cancelled')), ['SESSION-CANCELLED']],
    ['an upload', undefined, item('UPLOAD', {}), []],
  ])('%s → %s', ([, before, after, expected]) => {
    expect(seen(before, after)).toEqual(expected);
  });
});

test('SESSION-PUBLISHING carries what inventory is built from, and nothing internal', () => {
  const after = next(session, { status: 'publishing', planVersion: 'pln_1', maxHoldsPerCustomer: 2 });
  const streamed: StreamChange = {
    kind: 'MODIFY',
    before: session,
    after,
    expired: false,
    seenAt: new Date(0),
  };
  expect(catalogLifecycle(streamed)).toEqual([
    {
      id: expect.stringMatching(/^lev_/),
      type: 'SESSION-PUBLISHING',
      version: 1,
      occurredAt: '2026-11-20T18:00:00.000Z',
      aggregate: { kind: 'session', id: 'ses_1', sequence: 2 },
      organizationId: 'org_1',
      actor: 'ann',
      idempotencyKey: 'key-1',
      data: {
        sessionId: 'ses_1',
        eventId: 'evt_1',
        venueId: 'ven_1',
        organizationId: 'org_1',
        status: 'publishing',
        timeZone: 'Atlantic/Canary',
        startsAt: '2027-03-01T20:00:00Z',
        endsAt: '2027-03-01T22:00:00Z',
        holdSeconds: 600,
        maxPlacesPerHold: 20,
        maxHoldsPerCustomer: 2,
        ticketTypes: [
          { id: 'tt_1', name: 'Stalls', price: { amount: 4500, currency: 'EUR' }, planCategory: 'Stalls' },
        ],
        planVersion: 'pln_1',
      },
    },
  ]);
});

test.for(catalogLifecycleEvents.map((definition) => [definition.type, definition] as const))(
  'the example of %s is valid',
  ([, definition]) => {
    const envelope = {
      id: 'lev_1',
      type: definition.type,
      version: definition.version,
      occurredAt: '2026-11-20T18:00:00.000Z',
      aggregate: { kind: definition.aggregate, id: 'x', sequence: 1 },
      actor: 'ann',
      data: definition.example,
    };
    expect(envelopeOf(definition as LifecycleEventDefinition).safeParse(envelope).error).toBeUndefined();
  },
);
