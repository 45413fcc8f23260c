import { describe, expect, test } from 'vitest';
import { drawHall } from '../../local/demo/hall-picture.ts';
import { type Evidence, prove } from '../../local/demo/proof.ts';
import type { ReadTicket, Scan } from '../../local/demo/proof-door.ts';
import type { PaidOrder } from '../../local/demo/proof-money.ts';
import { countBy, percentile } from '../../local/demo/statistics.ts';
import { drawTimeline } from '../../local/demo/timeline-picture.ts';

const session = 'ses_tonight';
const hold = (id: string, places: string[], price: number, isGivenBack = false) => ({
  id,
  places,
  price,
  isGivenBack,
});

/** Ann has A-1 and gave A-2 back for money; bob’s card was declined; cat gave her hold back; dan’s order was undone. */
const ann: PaidOrder = {
  id: 'ord-ann',
  status: 'confirmed',
  holdIds: ['hld-ann'],
  shown: 9_000,
  total: 9_000,
  refunded: 4_500,
  payment: 'captured',
  items: [
    { place: 'A-1', price: 4_500, status: 'valid' },
    { place: 'A-2', price: 4_500, status: 'refunded' },
  ],
};
const bob: PaidOrder = {
  id: 'ord-bob',
  status: 'cancelled',
  holdIds: ['hld-bob'],
  shown: 3_000,
  total: 3_000,
  refunded: 0,
  payment: 'declined',
  items: [{ place: 'B-1', price: 3_000, status: 'open' }],
};
const dan: PaidOrder = {
  id: 'ord-dan',
  status: 'cancelled',
  holdIds: ['hld-dan'],
  shown: 3_000,
  total: 3_000,
  refunded: 3_000,
  payment: 'captured',
  items: [{ place: 'B-2', price: 3_000, status: 'cancelled' }],
};
const eve: PaidOrder = {
  id: 'ord-eve',
  status: 'confirmed',
  holdIds: ['hld-eve'],
  shown: 3_000,
  total: 3_000,
  refunded: 0,
  payment: 'captured',
  items: [{ place: 'B-3', price: 3_000, status: 'valid' }],
};

const ticket = (serial: string, place: string, status: string): ReadTicket => ({
  serial,
  place,
  status,
  codeSays: { serial, sessionId: session },
});

const online = (serial: string, gate: string, at: number, ...answers: string[]): Scan => ({
  shows: 'own ticket',
  serial,
  gate,
  device: `${gate}-1`,
  nonce: `${gate} ${serial}`,
  at,
  isOffline: false,
  answers,
  uploads: [],
});
const offline = (serial: string, at: number, ...uploads: string[]): Scan => ({
  ...online(serial, 'west', at, 'admitted'),
  isOffline: true,
  uploads,
});

/** Ann is let in once; eve’s ticket was copied, and two gates let it in; three others are refused. */
const scans: readonly Scan[] = [
  online('t-ann', 'north', 100, 'admitted', 'admitted'),
  online('t-eve', 'north', 300, 'admitted'),
  { ...offline('t-eve', 200, 'conflict', 'conflict'), shows: 'copied ticket' },
  { ...online('t-ann2', 'east', 100, 'refunded'), shows: 'refunded ticket' },
  { ...online('t-dan', 'east', 200, 'cancelled'), shows: 'ticket of an undone order' },
  { ...offline('t-ann', 50, 'revoked', 'revoked'), shows: 'ticket given away after the manifest' },
];

/** A conflict between the gate without a connection and another. */
const reported = (serial: string) => ({ serial, devices: ['west-1', 'north-1'] });

const honest: Evidence = {
  sessionId: session,
  holds: [
    hold('hld-ann', ['A-1', 'A-2'], 9_000),
    hold('hld-bob', ['B-1'], 3_000),
    hold('hld-cat', ['B-1'], 3_000, true),
    hold('hld-dan', ['B-2'], 3_000),
    hold('hld-eve', ['B-3'], 3_000),
  ],
  repeats: [{ first: { id: 'ann', places: ['A-1', 'A-2'] }, second: { id: 'ann', places: ['A-2', 'A-1'] } }],
  reread: new Map([
    ['hld-ann', { status: 'confirmed', places: ['A-2', 'A-1'] }],
    ['hld-bob', { status: 'expired', places: ['B-1'] }],
    ['hld-cat', { status: 'cancelled', places: ['B-1'] }],
    ['hld-dan', { status: 'confirmed', places: ['B-2'] }],
    ['hld-eve', { status: 'confirmed', places: ['B-3'] }],
  ]),
  orders: [ann, bob, dan, eve],
  seats: {
    places: { 'A-1': 'sold', 'A-2': 'available', 'B-1': 'held', 'B-2': 'available', 'B-3': 'sold' },
    summary: { available: 2, held: 1, sold: 2 },
    ticketTypes: [
      { available: 1, held: 0, sold: 1 },
      { available: 1, held: 1, sold: 1 },
    ],
  },
  books: new Map([
    ['ord-ann', { captured: 9_000, refunded: 4_500 }],
    ['ord-bob', { captured: 0, refunded: 0 }],
    ['ord-dan', { captured: 3_000, refunded: 3_000 }],
    ['ord-eve', { captured: 3_000, refunded: 0 }],
  ]),
  listed: [
    { id: 'ord-eve', status: 'confirmed', refunded: 0 },
    { id: 'ord-dan', status: 'cancelled', refunded: 3_000 },
    { id: 'ord-bob', status: 'cancelled', refunded: 0 },
    { id: 'ord-ann', status: 'confirmed', refunded: 4_500 },
  ],
  tickets: [
    ticket('t-ann', 'A-1', 'valid'),
    ticket('t-ann2', 'A-2', 'refunded'),
    ticket('t-dan', 'B-2', 'cancelled'),
    ticket('t-eve', 'B-3', 'valid'),
  ],
  scans,
  conflicts: [reported('t-eve'), reported('t-ann')],
  numbers: {
    tickets: 2,
    admitted: 2,
    remaining: 0,
    conflicts: 2,
    byGate: new Map([
      ['north', 1],
      ['west', 1],
    ]),
  },
};

const failed = (evidence: Partial<Evidence>) =>
  prove({ ...honest, ...evidence }).flatMap(({ claim, holds, detail }) =>
    holds ? [] : [`${claim}: ${detail}`],
  );

const claims = {
  once: 'each place is sold at most once',
  holds: 'each hold reads back with its places, and confirmed exactly when an order of it was',
  repeats: 'the same key got the same hold or order, however often it was sent',
  seats: 'the seats document shows exactly the places of valid tickets as sold',
  counts: 'no place is lost: its counts add up',
  money: 'captured − refunded is the price of the valid tickets, at the provider and in each order',
  charged: 'who got no ticket was charged nothing, and nobody more than was shown',
  list: 'the organizer’s list has exactly these orders',
  tickets: 'each sold place has one valid ticket, and the published keys verify its code',
  admissions: 'each ticket that was shown let one person in, or is reported as a conflict',
  refusals: 'what is no good was refused, or found when the log of the offline gate came',
  numbers: 'the numbers at the door are those of the gates',
};

const reread = (id: string, status: string, places: string[]) =>
  new Map([...honest.reread, [id, { status, places }]]);
const withBook = (id: string, captured: number, refunded: number) =>
  new Map([...honest.books, [id, { captured, refunded }]]);
const withScan = (index: number, change: Partial<Scan>): readonly Scan[] =>
  scans.map((scan, at) => (at === index ? { ...scan, ...change } : scan));

test('of two first scans of one millisecond that with the lower nonce is the admission, at whatever gate', () => {
  const numbersOf = (nonce: string) =>
    prove({ ...honest, scans: withScan(1, { at: 200, nonce }) }).find(
      ({ claim }) => claim === claims.numbers,
    );
  // At 200 the ticket was shown at the offline gate too, where the honest numbers have it.
  expect(numbersOf('x')).toMatchObject({ holds: true });
  expect(numbersOf('a')).toMatchObject({ holds: false });
});

test('all of it holds when everything agrees, and says with what numbers', () => {
  expect(prove(honest)).toEqual([
    { claim: claims.once, holds: true, detail: '2 places, 2 orders' },
    { claim: claims.holds, holds: true, detail: '3 confirmed, 1 expired, 1 cancelled' },
    { claim: claims.repeats, holds: true, detail: '1 repeats' },
    { claim: claims.seats, holds: true, detail: '2 sold' },
    { claim: claims.counts, holds: true, detail: '2 available + 1 held + 2 sold = 5' },
    { claim: claims.money, holds: true, detail: 'EUR 150.00 − 75.00 = 75.00 of 2 tickets' },
    { claim: claims.charged, holds: true, detail: '1 orders without tickets' },
    { claim: claims.list, holds: true, detail: '4 orders' },
    { claim: claims.tickets, holds: true, detail: '2 valid, 2 ended' },
    { claim: claims.admissions, holds: true, detail: '1 once, 2 reported' },
    { claim: claims.refusals, holds: true, detail: '1 refunded, 1 cancelled; 1 found in the log' },
    { claim: claims.numbers, holds: true, detail: '2 in, 0 to come; 1 north, 1 west' },
  ]);
});

/** One lie each, and what is said against it. */
const lies: readonly (readonly [what: string, lie: Partial<Evidence>, against: readonly string[]])[] = [
  [
    'a place is sold twice',
    {
      orders: [ann, bob, dan, { ...eve, items: [{ place: 'A-1', price: 3_000, status: 'valid' }] }],
      seats: {
        places: { 'A-1': 'sold', 'A-2': 'available', 'B-1': 'held', 'B-2': 'available', 'B-3': 'sold' },
        summary: { available: 2, held: 1, sold: 2 },
        ticketTypes: [{ available: 2, held: 1, sold: 2 }],
      },
    },
    [
      `${claims.once}: 1 against it, e.g. A-1: ord-ann and ord-eve`,
      `${claims.seats}: 1 against it, e.g. B-3 is sold to nobody`,
      `${claims.tickets}: 1 against it, e.g. B-3 has a ticket and is nobody’s`,
    ],
  ],
  [
    'a hold has other places when it is read again',
    { reread: reread('hld-ann', 'confirmed', ['A-1']) },
    [`${claims.holds}: 1 against it, e.g. hld-ann has other places now`],
  ],
  [
    'a hold is confirmed without an order',
    { reread: reread('hld-bob', 'confirmed', ['B-1']) },
    [`${claims.holds}: 1 against it, e.g. hld-bob is confirmed, and no order of it was confirmed`],
  ],
  [
    'a hold of a confirmed order lapsed',
    { reread: reread('hld-eve', 'expired', ['B-3']) },
    [`${claims.holds}: 1 against it, e.g. hld-eve is expired, and an order of it was confirmed`],
  ],
  [
    'a hold that was given back stands',
    { reread: reread('hld-cat', 'active', ['B-1']) },
    [`${claims.holds}: 1 against it, e.g. hld-cat was given back and is active`],
  ],
  [
    'one key made two orders',
    { repeats: [{ first: { id: 'one', places: ['A-1'] }, second: { id: 'two', places: ['A-1'] } }] },
    [`${claims.repeats}: 1 against it, e.g. one and two`],
  ],
  [
    'a sold place is offered again',
    {
      seats: {
        places: { ...honest.seats.places, 'A-1': 'available' },
        summary: { available: 3, held: 1, sold: 1 },
        ticketTypes: [{ available: 3, held: 1, sold: 1 }],
      },
    },
    [`${claims.seats}: 1 against it, e.g. A-1 has a valid ticket, but is not sold`],
  ],
  [
    'a place is missing from the counts',
    { seats: { ...honest.seats, summary: { available: 1, held: 1, sold: 2 } } },
    [`${claims.counts}: 2 against it, e.g. the summary says 1 available, the places say 2`],
  ],
  [
    'the provider captured twice',
    { books: withBook('ord-eve', 6_000, 0) },
    [
      `${claims.money}: 2 against it, e.g. the provider has 60.00 − 0.00 of ord-eve, whose valid tickets cost 30.00`,
    ],
  ],
  [
    'a refund never reached the provider',
    { books: withBook('ord-ann', 9_000, 0) },
    [
      `${claims.money}: 2 against it, e.g. the provider has 90.00 − 0.00 of ord-ann, whose valid tickets cost 45.00`,
    ],
  ],
  [
    'a confirmed order was never captured, and knows it',
    {
      books: withBook('ord-eve', 0, 0),
      orders: [ann, bob, dan, { ...eve, payment: 'authorized' }],
    },
    [
      `${claims.money}: 1 against it, e.g. the provider has 0.00 − 0.00 of ord-eve, whose valid tickets cost 30.00`,
    ],
  ],
  [
    'an order thinks that it gave more back than the provider did',
    {
      orders: [{ ...ann, refunded: 5_000 }, bob, dan, eve],
      listed: honest.listed.map((one) => (one.id === 'ord-ann' ? { ...one, refunded: 5_000 } : one)),
    },
    [`${claims.money}: 1 against it, e.g. ord-ann says 90.00 − 50.00, the provider 90.00 − 45.00`],
  ],
  [
    'somebody paid for nothing',
    {
      books: withBook('ord-bob', 3_000, 3_000),
      orders: [ann, { ...bob, payment: 'captured', refunded: 3_000 }, dan, eve],
      listed: honest.listed.map((one) => (one.id === 'ord-bob' ? { ...one, refunded: 3_000 } : one)),
    },
    [`${claims.charged}: 1 against it, e.g. ord-bob got no ticket for 30.00`],
  ],
  [
    'an order costs more than its holds were shown at',
    { orders: [ann, bob, dan, { ...eve, shown: 2_500 }] },
    [`${claims.charged}: 1 against it, e.g. ord-eve costs 30.00 and was shown at 25.00`],
  ],
  [
    'the organizer does not see an order',
    { listed: honest.listed.slice(1) },
    [`${claims.list}: 1 against it, e.g. ord-eve is not in the list`],
  ],
  [
    'the organizer sees an order of nobody',
    { listed: [...honest.listed, { id: 'ord-ghost', status: 'confirmed', refunded: 0 }] },
    [`${claims.list}: 1 against it, e.g. ord-ghost is listed and nobody’s`],
  ],
  [
    'a sold place has no ticket',
    {
      tickets: honest.tickets.slice(0, 3),
      numbers: { ...honest.numbers, tickets: 1, remaining: -1 },
    },
    [`${claims.tickets}: 1 against it, e.g. B-3 is sold and has 0 tickets`],
  ],
  [
    'the published keys do not verify a ticket',
    {
      tickets: honest.tickets.map((one) => (one.serial === 't-eve' ? { ...one, codeSays: undefined } : one)),
    },
    [`${claims.tickets}: 1 against it, e.g. the code of t-eve does not verify as its own`],
  ],
  [
    'two devices let one ticket in and nobody is told',
    { conflicts: [reported('t-ann')], numbers: { ...honest.numbers, conflicts: 1 } },
    [`${claims.admissions}: 1 against it, e.g. t-eve let in at north-1, west-1, reported are none`],
  ],
  [
    'a conflict is reported without the device that let in too',
    { conflicts: [{ serial: 't-eve', devices: ['north-1'] }, reported('t-ann')] },
    [`${claims.admissions}: 1 against it, e.g. t-eve let in at north-1, west-1, reported are north-1`],
  ],
  [
    'somebody was let in by a dead code and nobody is told',
    { conflicts: [reported('t-eve')], numbers: { ...honest.numbers, conflicts: 1 } },
    [`${claims.admissions}: 1 against it, e.g. t-ann let in at north-1, west-1, reported are none`],
  ],
  [
    'a conflict is reported that never was',
    {
      conflicts: [...honest.conflicts, { serial: 't-dan', devices: ['north-1', 'south-1'] }],
      numbers: { ...honest.numbers, conflicts: 3 },
    },
    [`${claims.admissions}: 1 against it, e.g. t-dan is reported without a cause`],
  ],
  [
    'a scan that was sent again was answered otherwise',
    { scans: withScan(0, { answers: ['admitted', 'already_used'] }) },
    [`${claims.admissions}: 1 against it, e.g. a scan of t-ann was answered admitted, already_used`],
  ],
  [
    'a good ticket is turned away',
    {
      scans: withScan(0, { answers: ['revoked'] }),
      numbers: {
        ...honest.numbers,
        admitted: 1,
        remaining: 1,
        byGate: new Map([['west', 1]]),
      },
    },
    [
      `${claims.admissions}: 2 against it, e.g. t-ann is good and let nobody in`,
      `${claims.refusals}: 1 against it, e.g. own ticket t-ann was refused as revoked`,
    ],
  ],
  [
    'a refunded ticket opens the door',
    { scans: withScan(3, { answers: ['admitted'] }) },
    [
      `${claims.admissions}: 1 against it, e.g. t-ann2 is no good and counts as let in at east`,
      `${claims.refusals}: 1 against it, e.g. refunded ticket t-ann2 was answered admitted at east, not refunded`,
      `${claims.numbers}: 3 against it, e.g. admitted: 2, the gates say 3`,
    ],
  ],
  [
    'the upload takes an old code for an admission',
    { scans: withScan(5, { uploads: ['admitted', 'admitted'] }) },
    [
      `${claims.admissions}: 1 against it, e.g. t-ann is no good and counts as let in at west`,
      `${claims.refusals}: 1 against it, e.g. ticket given away after the manifest t-ann was answered admitted at west, not revoked`,
      `${claims.numbers}: 2 against it, e.g. west: 1, the gate says 2`,
    ],
  ],
  [
    'a gate is credited with what another let in',
    { numbers: { ...honest.numbers, byGate: new Map([['north', 2]]) } },
    [`${claims.numbers}: 2 against it, e.g. north: 2, the gate says 1`],
  ],
  [
    'somebody inside is not counted',
    { numbers: { ...honest.numbers, admitted: 1, remaining: 1 } },
    [`${claims.numbers}: 2 against it, e.g. admitted: 1, the gates say 2`],
  ],
];

describe('the proof fails when', () => {
  test.for(lies)('%s', ([, lie, against]) => {
    expect(failed(lie)).toEqual(against);
  });

  test('and each claim is one that a lie above is caught by', () => {
    const caught = lies.flatMap(([, , against]) => against.map((line) => line.split(': ')[0]));
    for (const claim of Object.values(claims)) expect(caught).toContain(claim.split(': ')[0]);
  });
});

test('the timeline has a line for each order and a lane for each gate', () => {
  const svg = drawTimeline(
    [
      {
        orderId: 'one',
        holdIds: [],
        method: 'card_ok',
        price: 1,
        orderedAt: 0,
        ended: { how: 'confirmed', places: 1, at: 5_000 },
      },
      {
        orderId: 'two',
        holdIds: [],
        method: 'card_never',
        price: 1,
        orderedAt: 1_000,
        ended: { how: 'payment_timeout', places: 1, at: 10_000 },
      },
    ],
    scans,
    0,
  );
  expect(svg).toContain('2 orders, each from being made to its end');
  expect(svg).toContain('d="M120 71.5H545"');
  expect(svg).toContain('stroke="#8a94a0" stroke-width="2.4" d="M205 74.5H970"');
  expect(svg).toContain('6 scans at the door, 3 let in');
  expect([...svg.matchAll(/>(north|east|west, offline)</g)].map(([, gate]) => gate)).toEqual([
    'east',
    'north',
    'west, offline',
  ]);
});

test('percentiles are values that were measured', () => {
  const values = [5, 1, 4, 2, 3];
  expect([0.5, 0.95, 0.99, 0].map((share) => percentile(values, share))).toEqual([3, 5, 5, 1]);
  expect(percentile([], 0.5)).toBe(0);
  expect(countBy(['a', 'b', 'a'])).toEqual([
    ['a', 2],
    ['b', 1],
  ]);
});

test('the picture gives each owner a colour, and text no way out of it', () => {
  const svg = drawHall(
    {
      name: 'Hall <b>',
      size: { width: 100, height: 50 },
      zones: [
        {
          rows: [
            {
              seats: [
                { guid: 'A-1', x: 10, y: 10 },
                { guid: 'A-2', x: 30, y: 10 },
                { guid: 'A-3', x: 50, y: 10 },
              ],
            },
          ],
        },
      ],
      areas: [
        {
          shape: 'rectangle',
          x: 0,
          y: 30,
          color: '"/><script>',
          rectangle: { width: 50, height: 10 },
          text: { text: 'Stage & pit' },
        },
      ],
    },
    new Map([
      ['A-1', 'ann'],
      ['A-3', 'ann'],
    ]),
    'three places',
  );
  expect(svg).toContain('<path stroke="hsl(0 60% 40%)" d="M10 10h0M50 10h0"/>');
  expect(svg).toContain('<path stroke="#d7dbe0" d="M30 10h0"/>');
  expect(svg).toContain('Hall &lt;b&gt;');
  expect(svg).toContain('Stage &amp; pit');
  expect(svg).not.toContain('script');
});
