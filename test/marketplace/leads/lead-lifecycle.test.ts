import { describe, expect, test } from 'vitest';
import type { Compared } from '../../../functions/marketplace/leads/compare-quotes.ts';
import { cheapestFirst } from '../../../functions/marketplace/leads/compare-quotes.ts';
import type { Lead, LeadCommand } from '../../../functions/marketplace/leads/lead.ts';
import { leadLifecycle } from '../../../functions/marketplace/leads/lead-lifecycle.ts';
import {
  type LeadFields,
  newLeadWrites,
  noteWrite,
  stepWrites,
} from '../../../functions/marketplace/leads/lead-store.ts';
import type { Quote } from '../../../functions/marketplace/leads/quote.ts';
import { holdKey, type TruckHold } from '../../../functions/marketplace/truck-holds/hold-item.ts';
import { truckHoldTimers } from '../../../functions/marketplace/truck-holds/truck-hold-timers.ts';
import type { Item, TransactionWrite } from '../../../functions/platform/table.ts';

const at = '2026-11-20T18:00:00.000Z';
const change = { what: 'lead.step', by: 'ann', requestId: 'request-1', at, key: 'key-1' };
const noon = Date.parse('2027-06-12T12:00:00Z') / 1_000;
const window = { from: noon, to: noon + 14_400 };

const lead = (more: Partial<Lead> = {}): Lead => ({
  leadId: 'lead_1',
  briefId: 'brf_1',
  truckId: 'trk_1',
  organizationId: 'org_1',
  truckOrganizationId: 'org_2',
  status: 'new',
  since: at,
  stage: 1,
  window,
  place: { city: 'Cluj-Napoca', lat: 46.7712, lon: 23.6236 },
  guests: 200,
  name: 'Company picnic',
  timeZone: 'Europe/Bucharest',
  captured: 0,
  createdAt: at,
  updatedAt: at,
  requestHash: 'hash',
  revision: 1,
  ...more,
});
const quote = (version: number, unitPrice: number, more: Partial<Quote> = {}): Quote => ({
  quoteId: `quo_${version}`,
  requestHash: 'hash',
  version,
  by: 'truck',
  at,
  items: [{ name: 'Tacos', quantity: 200, unitPrice: { amount: unitPrice, currency: 'RON' } }],
  deposit: { percent: 30, withinMinutes: 60 },
  expiresAt: '2026-11-27T18:00:00.000Z',
  ...more,
});

const itemOf = (write: TransactionWrite | undefined): Item => {
  if (write === undefined || !('put' in write)) throw new Error('Not a put');
  return write.put;
};
const itemOfLead = (of: Lead): Item => itemOf(newLeadWrites(of, change)[0]);
/** What the stream tells of these writes to a lead, in their order. */
const told = (before: Lead | undefined, writes: readonly TransactionWrite[]) =>
  writes.map(itemOf).flatMap((after) =>
    leadLifecycle({
      kind: before === undefined || after.sk !== 'LEAD' ? 'INSERT' : 'MODIFY',
      before: before !== undefined && after.sk === 'LEAD' ? itemOfLead(before) : undefined,
      after,
      expired: false,
      seenAt: new Date(at),
    }),
  );

describe('what is told of a lead', () => {
  test('its creation, by both organizations, without a name or a place', () => {
    expect(told(undefined, newLeadWrites(lead(), change))).toEqual([
      {
        id: expect.stringMatching(/^lev_[0-9a-z]{26}$/),
        type: 'LEAD-CREATED',
        version: 1,
        occurredAt: at,
        aggregate: { kind: 'lead', id: 'lead_1', sequence: 1 },
        organizationId: 'org_1',
        actor: 'ann',
        idempotencyKey: 'key-1',
        data: {
          leadId: 'lead_1',
          leadCreatedAt: '2026-11-20T18:00:00.000Z',
          briefId: 'brf_1',
          truckId: 'trk_1',
          truckOrganizationId: 'org_2',
          status: 'new',
          stage: 1,
          window: { from: '2027-06-12T12:00:00.000Z', to: '2027-06-12T16:00:00.000Z' },
        },
      },
    ]);
  });

  test.each<[Partial<Lead>, LeadCommand, LeadFields, object[]]>([
    [{ status: 'new' }, 'contact', {}, [{ type: 'LEAD-CONTACTED', from: 'new', status: 'contacted' }]],
    [
      { status: 'contacted' },
      'quote',
      { quote: quote(1, 3_200) },
      [
        { type: 'LEAD-QUOTED', from: 'contacted', status: 'quoted', quoteVersion: 1 },
        { type: 'QUOTE-CREATED', version: 1 },
      ],
    ],
    [
      { status: 'quoted', quote: quote(1, 3_200) },
      'quote',
      { quote: quote(2, 3_000, { by: 'organizer' }) },
      [
        { type: 'LEAD-QUOTED', from: 'quoted', status: 'quoted', quoteVersion: 2 },
        { type: 'QUOTE-CREATED', version: 2 },
      ],
    ],
    [
      { status: 'quoted', quote: quote(1, 3_200) },
      'accept',
      {},
      [{ type: 'LEAD-ACCEPTED', from: 'quoted', status: 'accepted', quoteVersion: 1 }],
    ],
    [
      { status: 'quoted', quote: quote(1, 3_200) },
      'expire',
      {},
      [{ type: 'LEAD-EXPIRED', from: 'quoted', status: 'expired', quoteVersion: 1 }],
    ],
    [
      { status: 'quoted', quote: quote(1, 3_200) },
      'decline',
      { endedBy: 'truck' },
      [{ type: 'LEAD-DECLINED', status: 'declined', endedBy: 'truck' }],
    ],
    [{ status: 'accepted' }, 'book', {}, [{ type: 'LEAD-BOOKED', from: 'accepted', status: 'booked' }]],
    [{ status: 'booked' }, 'complete', {}, [{ type: 'LEAD-COMPLETED', status: 'completed' }]],
    [{ status: 'booked' }, 'cancel', {}, [{ type: 'LEAD-CANCELLED', status: 'cancelled' }]],
  ])('%j, %s', (before, command, fields, expected) => {
    const was = lead(before);
    const events = told(was, stepWrites(was, [{ command, fields }], undefined, change));
    expect(events.map(({ type, data }) => ({ type, ...(data as object) }))).toMatchObject(expected);
    expect(events).toHaveLength(expected.length);
  });

  test('an offer that is taken and booked at once: both, in their order, with ids of their own', () => {
    const was = lead({ status: 'quoted', quote: quote(1, 3_200), stage: 3 });
    const steps = [
      { command: 'accept', fields: {} },
      { command: 'book', fields: {} },
    ] as const;
    const events = told(was, stepWrites(was, steps, 'organizer', change));
    expect(
      events.map(({ type, aggregate, data }) => {
        const { from, stage } = data as { from?: string; stage: number };
        return [type, from, aggregate.sequence, stage];
      }),
    ).toEqual([
      ['LEAD-ACCEPTED', 'quoted', 2, 4],
      ['LEAD-BOOKED', 'accepted', 3, 5],
    ]);
    expect(new Set(events.map(({ id }) => id)).size).toBe(2);
  });

  test.each<[LeadFields, string[]]>([
    [{ remindedAt: at }, ['LEAD-REMINDED']],
    [{ takenAt: at }, ['LEAD-TIME-TAKEN']],
    [{ captured: 100 }, []],
  ])('what is noted: %j', (fields, types) => {
    expect(told(lead(), [noteWrite(lead(), fields, change)]).map(({ type }) => type)).toEqual(types);
  });

  test('rows of its history are told by its steps', () => {
    const [, row] = newLeadWrites(lead(), change);
    expect(told(undefined, row === undefined ? [] : [row])).toEqual([]);
  });
});

describe('what is told of a truck hold', () => {
  const hold = (status: TruckHold['status'], more: Partial<TruckHold> = {}): Item => ({
    ...holdKey('lead_1'),
    leadId: 'lead_1',
    truckId: 'trk_1',
    ...window,
    kind: 'soft',
    status,
    until: 1_800_000_000,
    revision: 1,
    change,
    ...more,
  });
  const streamed = (before: Item | undefined, after: Item | undefined, expired = false) => ({
    kind:
      before === undefined
        ? ('INSERT' as const)
        : after === undefined
          ? ('REMOVE' as const)
          : ('MODIFY' as const),
    before,
    after,
    expired,
    seenAt: new Date('2027-01-15T09:00:00Z'),
  });

  test.each<[string, Item | undefined, Item, string[]]>([
    ['taken', undefined, hold('active'), ['TRUCK-HOLD-CREATED']],
    ['longer', hold('active'), hold('active', { until: 1_800_000_060 }), ['TRUCK-HOLD-EXTENDED']],
    ['harder', hold('active'), hold('active', { kind: 'hard' }), ['TRUCK-HOLD-EXTENDED']],
    ['as before', hold('active'), hold('active'), []],
    ['lapsed', hold('active'), hold('expired'), ['TRUCK-HOLD-EXPIRED']],
    ['taken again', hold('expired'), hold('active', { kind: 'hard' }), ['TRUCK-HOLD-CREATED']],
    ['booked', hold('active'), hold('confirmed'), ['TRUCK-HOLD-CONFIRMED']],
    ['booked at once', undefined, hold('confirmed'), ['TRUCK-HOLD-CONFIRMED']],
    ['given back', hold('active'), hold('released'), ['TRUCK-HOLD-CANCELLED']],
    ['a booking given back', hold('confirmed'), hold('released'), ['TRUCK-HOLD-CANCELLED']],
    ['given back after it lapsed', hold('expired'), hold('released'), []],
  ])('%s', (_, before, after, types) => {
    expect(leadLifecycle(streamed(before, after)).map(({ type }) => type)).toEqual(types);
  });

  test('one that every timer missed is told when TTL removes it', () => {
    const events = leadLifecycle(streamed(hold('active', { revision: 4 }), undefined, true));
    expect(events).toMatchObject([
      {
        type: 'TRUCK-HOLD-EXPIRED',
        actor: 'system:ttl',
        occurredAt: '2027-01-15T09:00:00.000Z',
        aggregate: { kind: 'truck-hold', id: 'lead_1', sequence: 5 },
        data: { status: 'expired', expiresAt: '2027-01-15T08:00:01.000Z' },
      },
    ]);
    expect(leadLifecycle(streamed(hold('released'), undefined, true))).toEqual([]);
    expect(leadLifecycle(streamed(hold('active'), undefined))).toEqual([]);
  });

  test.each<[string, Item | undefined, Item, number[]]>([
    ['taken: a second after it lapses', undefined, hold('active', { until: 1_000_600 }), [601]],
    ['that lasts longer than a message waits', undefined, hold('active', { until: 1_007_200 }), [900]],
    ['taken again', hold('expired'), hold('active', { until: 1_000_600 }), [601]],
    ['longer: the first timer finds it', hold('active'), hold('active', { until: 1_000_600 }), []],
    ['booked', hold('active'), hold('confirmed'), []],
  ])('a timer is set for one %s', (_, before, after, delays) => {
    const timers = truckHoldTimers('https://queue', () => 1_000_000)(streamed(before, after));
    expect(timers.map(({ delaySeconds, body }) => [delaySeconds, JSON.parse(body)])).toEqual(
      delays.map((delay) => [delay, { leadId: 'lead_1' }]),
    );
  });
});

test('quotes are compared currency by currency, the cheapest first, then those who said nothing by their way', () => {
  const compared = (truckName: string, of: Quote | undefined, travelSeconds = 0): Compared => ({
    lead: lead(of === undefined ? {} : { quote: of }),
    truckName,
    travelSeconds,
  });
  const euros = quote(1, 100, {
    items: [{ name: 'Tacos', quantity: 1, unitPrice: { amount: 100, currency: 'EUR' } }],
  });
  const sorted = cheapestFirst([
    compared('far and silent', undefined, 900),
    compared('dear', quote(1, 4_000)),
    compared('near and silent', undefined, 60),
    compared('cheap but for the way', quote(1, 3_000, { travel: { amount: 150_000, currency: 'RON' } })),
    compared('in euros', euros),
    compared('cheap', quote(3, 3_000)),
  ]);
  expect(sorted.map(({ truckName }) => truckName)).toEqual([
    'in euros',
    'cheap',
    'cheap but for the way',
    'dear',
    'near and silent',
    'far and silent',
  ]);
});
