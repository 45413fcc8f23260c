import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { typeId } from '../ticketing/harness.ts';
import { depositUseCases } from './deposit-use-cases.ts';
import { type Fault, faults, wire } from './injection.ts';
import { leadUseCases } from './lead-use-cases.ts';
import { leadMailUseCases, leadWorkerUseCases } from './lead-worker-use-cases.ts';
import { marketReadUseCases } from './market-read-use-cases.ts';
import {
  baselines,
  cellOf,
  faultTable,
  openFacts,
  outcomeOf,
  playAll,
  type Result,
  readFaultTable,
  scenariosOf,
} from './matrix.ts';
import {
  admissionUseCases,
  notificationUseCases,
  orderUseCases,
  ticketMailUseCases,
} from './order-use-cases.ts';
import { type Platform, startPlatform } from './platform.ts';
import { sampleOf } from './sample.ts';
import { truckUseCases } from './truck-use-cases.ts';
import { useCases as otherUseCases } from './use-cases.ts';

const useCases = [
  ...ticketMailUseCases,
  ...otherUseCases,
  ...orderUseCases,
  ...admissionUseCases,
  ...notificationUseCases,
  ...leadMailUseCases,
  ...truckUseCases,
  ...leadUseCases,
  ...depositUseCases,
  ...leadWorkerUseCases,
  ...marketReadUseCases,
];

/** Calls fail here by the dozen at once: its circuit would open for all of them. It has tests of its own. */
vi.mock('../../functions/payments/guarded-provider.ts', () => ({
  guardProvider: (provider: object) => provider,
}));

/** Calendars that trucks name are fetched from other people’s servers. */
vi.mock('../../functions/marketplace/feeds/fetch-calendar.ts', async () => {
  const { importedCalendar: text } = await import('./truck-use-cases.ts');
  return { fetchCalendar: async () => ({ kind: 'fetched', text }) };
});

const page = path.join(import.meta.dirname, '../../docs/reference/faults.md');
const begin = '<!-- outcomes -->';

/** `npm run faults` plays all, as `npm run reference:faults` does, which writes the page; `npm test` one for each call. */
const isWritten = process.env['WRITE_REFERENCE'] === '1';
const all = scenariosOf(useCases);
const scenarios = isWritten || process.env['FAULTS'] === 'all' ? all : sampleOf(all);

let platform: Platform;
let undo: () => void;
let calm: readonly Result[];
let struck: readonly Result[];
let factsOf: (result: Result) => readonly string[];

beforeAll(async () => {
  undo = wire();
  platform = await startPlatform();
  calm = await baselines(platform, useCases);
  struck = await playAll(platform, scenarios);
  await platform.settle();
  factsOf = await openFacts(platform);
}, 600_000);
afterAll(async () => {
  await platform?.stop();
  undo();
});

test.for(useCases)('$context, $name: makes the calls to AWS that it declares', (useCase) => {
  const { run } = calm.find((result) => result.useCase === useCase) as Result;
  expect(run.calls.toSorted()).toEqual(useCase.calls.toSorted());
});

const issued = [1, 2].map((row) => `ticket ${row}-1 valid, holders 1, admissions 0, revision 1`);
const refunded = [1, 2].map((row) => `ticket ${row}-1 refunded, holders 1, admissions 0, revision 2`);
/** Those that somebody else has of the same session. */
const others = Array<string>(2).fill('hold active of 2, owns 2, revision 1');
const told = (...facts: readonly string[]): readonly string[] => facts.map((fact) => `told ${fact}`);

/** What orders leave behind when nothing fails: all the other runs of these are compared with it. */
test.for([
  [
    'free order',
    [
      'hold confirmed of 2, owns 0, revision 2',
      'sold 2',
      ...issued,
      ...told('ORDER-CONFIRMED 1', 'ORDER-CREATED 1', 'TICKET-ISSUED 1', 'TICKET-ISSUED 1'),
    ],
  ],
  [
    'payment',
    [
      'hold confirmed of 2, owns 0, revision 2',
      'payment authorized, 9000 left',
      'sold 2',
      ...issued,
      ...told('ORDER-CONFIRMED 3', 'ORDER-CREATED 1', 'TICKET-ISSUED 1', 'TICKET-ISSUED 1'),
    ],
  ],
  [
    'news of a payment when a place is lost',
    [
      'hold cancelled of 2, owns 0, revision 2',
      'payment created, 9000 left',
      'sold 0',
      'hold active of 1, owns 1, revision 1',
      ...told('ORDER-CANCELLED 3', 'ORDER-CREATED 1'),
    ],
  ],
  [
    'settlement of a cancelled order: machine, void, holds',
    [
      'hold cancelled of 2, owns 0, revision 2',
      'payment voided, 9000 left',
      'sold 0',
      ...told('ORDER-CANCELLED 3', 'ORDER-CREATED 1'),
    ],
  ],
  [
    'settlement of a refund',
    [
      'hold confirmed of 2, owns 0, revision 2',
      'payment captured, 0 left',
      'sold 0',
      ...refunded,
      ...told('ORDER-CONFIRMED 3', 'ORDER-CREATED 1', 'REFUND-REQUESTED 1', 'REFUND-SUCCEEDED 2'),
      ...told('TICKET-ENDED 2', 'TICKET-ENDED 2', 'TICKET-ISSUED 1', 'TICKET-ISSUED 1'),
    ],
  ],
  [
    'fewer guests',
    [
      'sold 1',
      `ticket ${typeId('guests')}-1 valid, holders 1, admissions 0, revision 1`,
      `ticket ${typeId('guests')}-2 cancelled, holders 1, admissions 0, revision 2`,
      ...told('RSVP-CHANGED 2', 'RSVP-CONFIRMED 1', 'RSVP-CREATED 1'),
      ...told('TICKET-ENDED 2', 'TICKET-ISSUED 1', 'TICKET-ISSUED 1'),
    ],
  ],
  [
    'settlement of an order that lost its places: void, holds, the next best',
    [
      'hold active of 1, owns 1, revision 1',
      'hold active of 2, owns 2, revision 1',
      'hold cancelled of 2, owns 0, revision 2',
      'payment voided, 9000 left',
      'sold 0',
      ...told('ORDER-CANCELLED 3', 'ORDER-CREATED 1'),
    ],
  ],
  [
    'order while Stripe is down: its holds are extended',
    ['hold active of 2, owns 2, revision 2', 'sold 0', ...told('ORDER-CREATED 1')],
  ],
  [
    'settlement of an order that was confirmed: capture at Stripe',
    [
      'at Stripe succeeded, captured 9000, refunded 0 by 0',
      'hold confirmed of 2, owns 0, revision 2',
      'sold 2',
      ...issued,
      ...told('ORDER-CONFIRMED 3', 'ORDER-CREATED 1', 'TICKET-ISSUED 1', 'TICKET-ISSUED 1'),
    ],
  ],
  [
    'settlement of an order that lost its places: void at Stripe',
    [
      'at Stripe canceled, captured 0, refunded 0 by 0',
      'hold active of 1, owns 1, revision 1',
      'hold active of 2, owns 2, revision 1',
      'hold cancelled of 2, owns 0, revision 2',
      'sold 0',
      ...told('ORDER-CANCELLED 3', 'ORDER-CREATED 1'),
    ],
  ],
  [
    'settlement of a refund at Stripe',
    [
      'at Stripe succeeded, captured 9000, refunded 9000 by 1',
      'hold confirmed of 2, owns 0, revision 2',
      'sold 0',
      ...refunded,
      ...told('ORDER-CONFIRMED 3', 'ORDER-CREATED 1', 'REFUND-REQUESTED 1', 'REFUND-SUCCEEDED 2'),
      ...told('TICKET-ENDED 2', 'TICKET-ENDED 2', 'TICKET-ISSUED 1', 'TICKET-ISSUED 1'),
    ],
  ],
] as const)('orders, %s: what is left behind when nothing fails', ([name, expected]) => {
  const facts = factsOf(calm.find(({ useCase }) => useCase.name === name) as Result).map((fact) =>
    fact.replace(/^.*"rest":(\d+),"sk":"PAYMENT","status":"(\w+)".*$/, 'payment $2, $1 left'),
  );
  const ofOrders = /^(payment|at Stripe|sold|ticket|hold|told (ORDER|TICKET|REFUND|RSVP)-)/;
  expect(facts.filter((fact) => ofOrders.test(fact)).toSorted()).toEqual([...others, ...expected].toSorted());
});

/** What a fact says of a lead, its time and its money, in a few words. */
const ofLead = (fact: string): readonly string[] => {
  if (/^told (LEAD|DEPOSIT|TRUCK-HOLD)-/.test(fact)) return [fact];
  if (!fact.startsWith('item ')) return [];
  const item = JSON.parse(fact.slice('item '.length));
  if (item.sk === 'LEAD')
    return [
      `lead ${item.status}, hold ${item.hold?.kind ?? 'none'}, deposit ${item.deposit?.status ?? 'none'}, refund ${item.refund?.status ?? 'none'}`,
    ];
  if (item.sk === 'HOLD') return [`hold ${item.status}`];
  if (item.sk === 'PAYMENT') return [`payment ${item.status}, ${item.rest} left`];
  if (!item.sk.startsWith('CALENDAR#')) return [];
  const entries = Object.values<{ kind: string }>(item.entries);
  return [`calendar ${entries.map(({ kind }) => kind).join()}`];
};

/** What leads come to when nothing fails; of their preparation nothing is told. */
test.for([
  [
    'a truck is asked: soft hold, with a message',
    [
      'calendar hold',
      'hold active',
      'lead new, hold soft, deposit none, refund none',
      'told LEAD-CREATED 1',
      'told TRUCK-HOLD-CREATED 1',
    ],
  ],
  [
    'acceptance: hard hold',
    [
      'calendar hold',
      'hold active',
      'lead accepted, hold hard, deposit none, refund none',
      'told LEAD-ACCEPTED 4',
      'told TRUCK-HOLD-EXTENDED 2',
    ],
  ],
  [
    'acceptance with nothing due: booking',
    [
      'calendar booking',
      'hold confirmed',
      'lead booked, hold booking, deposit none, refund none',
      'told LEAD-ACCEPTED 4',
      'told LEAD-BOOKED 5',
      'told TRUCK-HOLD-CONFIRMED 2',
    ],
  ],
  [
    'the offer is declined',
    [
      'calendar ',
      'hold released',
      'lead declined, hold none, deposit none, refund none',
      'told LEAD-DECLINED 4',
      'told TRUCK-HOLD-CANCELLED 2',
    ],
  ],
  [
    'the booking is called off: time back, refund asked for',
    [
      'calendar ',
      'hold released',
      'lead cancelled, hold none, deposit authorized, refund requested',
      'payment authorized, 166250 left',
      'told DEPOSIT-REFUND-REQUESTED 7',
      'told LEAD-CANCELLED 7',
      'told TRUCK-HOLD-CANCELLED 4',
    ],
  ],
  [
    'timer: a lead without an offer lapses, its time comes back',
    [
      'calendar ',
      'hold released',
      'lead expired, hold none, deposit none, refund none',
      'told LEAD-EXPIRED 3',
      'told TRUCK-HOLD-CANCELLED 2',
    ],
  ],
  [
    'timer: a lead whose deposit is not paid lapses',
    [
      'calendar ',
      'hold released',
      'lead expired, hold none, deposit created, refund none',
      'payment created, 166250 left',
      'told LEAD-EXPIRED 6',
      'told TRUCK-HOLD-CANCELLED 3',
    ],
  ],
  [
    'timer: a lead whose deposit nobody told of is booked',
    [
      'calendar booking',
      'hold confirmed',
      'lead booked, hold booking, deposit authorized, refund none',
      'payment created, 166250 left',
      'told DEPOSIT-AUTHORIZED 6',
      'told LEAD-BOOKED 6',
      'told TRUCK-HOLD-CONFIRMED 3',
    ],
  ],
  [
    'a booking takes the time of another lead',
    [
      'calendar booking',
      'hold active',
      'hold confirmed',
      'lead booked, hold booking, deposit none, refund none',
      'lead new, hold soft, deposit none, refund none',
      'told LEAD-TIME-TAKEN 2',
    ],
  ],
  [
    'deposit by card: booking',
    [
      'calendar booking',
      'hold confirmed',
      'lead booked, hold booking, deposit authorized, refund none',
      'payment authorized, 166250 left',
      'told DEPOSIT-AUTHORIZED 6',
      'told LEAD-BOOKED 6',
      'told TRUCK-HOLD-CONFIRMED 3',
    ],
  ],
  [
    'news of a deposit when the time of the truck is lost',
    [
      'calendar ',
      'hold released',
      'lead expired, hold none, deposit authorized, refund none',
      'payment created, 166250 left',
      'told DEPOSIT-AUTHORIZED 6',
      'told DEPOSIT-LATE 6',
      'told LEAD-EXPIRED 6',
      'told TRUCK-HOLD-CANCELLED 3',
    ],
  ],
  [
    'settlement of a booking: capture',
    [
      'calendar booking',
      'hold confirmed',
      'lead booked, hold booking, deposit captured, refund none',
      'payment captured, 166250 left',
      'told DEPOSIT-CAPTURED 7',
    ],
  ],
  [
    'settlement of a deposit that came too late: void',
    [
      'calendar ',
      'hold released',
      'lead expired, hold none, deposit voided, refund none',
      'payment voided, 166250 left',
      'told DEPOSIT-VOIDED 8',
    ],
  ],
  [
    'settlement of a cancellation: refund',
    [
      'calendar ',
      'hold released',
      'lead cancelled, hold none, deposit captured, refund succeeded',
      'payment captured, 0 left',
      'told DEPOSIT-REFUND-SUCCEEDED 9',
    ],
  ],
  [
    'settlement of a cancellation before the capture: capture, refund',
    [
      'calendar ',
      'hold released',
      'lead cancelled, hold none, deposit captured, refund succeeded',
      'payment captured, 0 left',
      'told DEPOSIT-CAPTURED 8',
      'told DEPOSIT-REFUND-SUCCEEDED 9',
    ],
  ],
  [
    'settlement of a deposit that was taken in vain: promise, refund',
    [
      'calendar booking',
      'hold confirmed',
      'lead expired, hold booking, deposit captured, refund succeeded',
      'payment captured, 0 left',
      'told DEPOSIT-REFUND-REQUESTED 8',
      'told DEPOSIT-REFUND-SUCCEEDED 9',
    ],
  ],
  [
    'settlement of a cancellation: refund at Stripe',
    [
      'calendar ',
      'hold released',
      'lead cancelled, hold none, deposit captured, refund succeeded',
      'told DEPOSIT-AUTHORIZED 6',
      'told DEPOSIT-CAPTURED 7',
      'told DEPOSIT-REFUND-REQUESTED 8',
      'told DEPOSIT-REFUND-SUCCEEDED 9',
      'told LEAD-BOOKED 6',
      'told LEAD-CANCELLED 8',
      'told TRUCK-HOLD-CANCELLED 4',
      'told TRUCK-HOLD-CONFIRMED 3',
    ],
  ],
] as const)('marketplace, %s: what is left behind when nothing fails', ([name, expected]) => {
  const facts = factsOf(calm.find(({ useCase }) => useCase.name === name) as Result).flatMap(ofLead);
  expect(facts.toSorted()).toEqual(expected);
});

/** What Stripe was asked, and with how many keys, of all POSTs to a path. */
const asksOf = ({ ready }: Result, path: RegExp) => {
  const asked = (ready.stripeRequests?.() ?? []).filter(
    ({ method, path: found }) => method === 'POST' && path.test(found),
  );
  return { times: asked.length, keys: new Set(asked.map(({ idempotencyKey }) => idempotencyKey)).size };
};

test('what Stripe did not answer it is asked again with the same key', () => {
  const asked = struck
    .filter(({ plan }) => plan?.call.startsWith('POST ') && plan.fault !== 'internal error')
    .map((result) => {
      const path = new RegExp(`${result.plan?.call.replace('POST ', '').replace('{id}', '\\w+')}$`);
      return { title: cellOf(result), ...asksOf(result, path) };
    });
  expect(asked.length).toBe(56);
  expect(asked.filter(({ keys }) => keys !== 1)).toEqual([]);
  const again = asked.filter(({ title }) => /(answer lost|sent twice|too slow)$/.test(title));
  expect(again.filter(({ times }) => times < 2)).toEqual([]);
});

test('a mail comes twice only where nobody could note that it was sent', () => {
  const mailed = struck.filter(({ ready }) => ready.mails !== undefined);
  expect(mailed.filter(({ ready }) => ready.mails?.().length === 0)).toEqual([]);
  const twice = mailed.filter(({ ready }) => ready.mails?.().length !== 1).map(cellOf);
  const mails = [
    'mail of a cancelled order',
    'mail to a truck that is asked',
    'mail of a message',
    'mail of sales that outgrow the food',
  ];
  const unnoted = [
    'SendEmail | answer lost',
    'SendEmail | crash after',
    'SendEmail | sent twice',
    'SendEmail | too slow',
    'UpdateItem mail | not sent',
    'UpdateItem mail | throttled',
  ].flatMap((fault) => mails.map((mail) => `notifications: ${mail} | ${fault}`));
  const played = new Set(struck.map(cellOf));
  expect(twice.toSorted()).toEqual(unnoted.filter((cell) => played.has(cell)).toSorted());
});

test('no use case makes another call when something fails', () => {
  const others = struck.flatMap(({ useCase, run }) => {
    const declared = [...useCase.calls, ...(useCase.onlyAfterFaults ?? [])];
    return run.calls.filter((call) => !declared.includes(call)).map((call) => `${useCase.name}: ${call}`);
  });
  expect([...new Set(others)]).toEqual([]);
});

test('every fault happened', () => {
  expect(struck.filter(({ run }) => !run.struck).map(cellOf)).toEqual([]);
});

test.for(useCases)('$context, $name: leaves the same behind, whatever failed', (useCase) => {
  const expected = factsOf(calm.find((result) => result.useCase === useCase) as Result);
  const different = struck
    .filter((result) => result.useCase === useCase)
    .map((result) => ({ title: cellOf(result), outcome: outcomeOf(result), facts: factsOf(result) }))
    .filter(({ facts }) => JSON.stringify(facts) !== JSON.stringify(expected));
  expect(
    different.map(({ title, outcome, facts }) => ({
      title,
      outcome,
      more: facts.filter((fact) => !expected.includes(fact)),
      less: expected.filter((fact) => !facts.includes(fact)),
    })),
  ).toEqual([]);
});

test('docs/reference/faults.md has a cell for each fault at each call (npm run reference:faults writes them)', () => {
  const text = readFileSync(page, 'utf8');
  const [intro = '', table = ''] = text.split(begin);
  if (isWritten) {
    writeFileSync(page, `${intro}${begin}\n\n${faultTable(struck, Object.keys(faults) as Fault[])}`);
    return;
  }
  const cells = readFaultTable(table);
  expect([...cells.keys()].toSorted()).toEqual(all.map(cellOf).toSorted());
  const played = Object.fromEntries(struck.map((result) => [cellOf(result), outcomeOf(result)]));
  expect(Object.fromEntries(Object.keys(played).map((cell) => [cell, cells.get(cell)]))).toEqual(played);
});
