import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { typeId } from '../ticketing/harness.ts';
import { type Fault, faults, wire } from './injection.ts';
import { baselines, faultTable, openFacts, outcomeOf, playAll, type Result, scenariosOf } from './matrix.ts';
import {
  admissionUseCases,
  notificationUseCases,
  orderUseCases,
  ticketMailUseCases,
} from './order-use-cases.ts';
import { type Platform, startPlatform } from './platform.ts';
import { useCases as otherUseCases } from './use-cases.ts';

const useCases = [
  ...ticketMailUseCases,
  ...otherUseCases,
  ...orderUseCases,
  ...admissionUseCases,
  ...notificationUseCases,
];

/** Calls fail here by the dozen at once: its circuit would open for all of them. It has tests of its own. */
vi.mock('../../functions/payments/guarded-provider.ts', () => ({
  guardProvider: (provider: object) => provider,
}));

const page = path.join(import.meta.dirname, '../../docs/reference/faults.md');
const begin = '<!-- outcomes -->';

let platform: Platform;
let undo: () => void;
let calm: readonly Result[];
let struck: readonly Result[];
let factsOf: (result: Result) => readonly string[];

beforeAll(async () => {
  undo = wire();
  platform = await startPlatform();
  calm = await baselines(platform, useCases);
  struck = await playAll(platform, scenariosOf(useCases));
  await platform.settle();
  factsOf = await openFacts(platform);
}, 240_000);
afterAll(async () => {
  await platform?.stop();
  undo();
});

const titleOf = ({ useCase, plan }: Result): string =>
  `${useCase.context}: ${useCase.name}${plan ? ` | ${plan.call} ${plan.occurrence} | ${plan.fault}` : ''}`;

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
      return { title: titleOf(result), ...asksOf(result, path) };
    });
  expect(asked.length).toBe(28);
  expect(asked.filter(({ keys }) => keys !== 1)).toEqual([]);
  const again = asked.filter(({ title }) => /(answer lost|sent twice|too slow)$/.test(title));
  expect(again.filter(({ times }) => times < 2)).toEqual([]);
});

test('a mail comes twice only where nobody could note that it was sent', () => {
  const mailed = struck.filter(({ ready }) => ready.mails !== undefined);
  expect(mailed.filter(({ ready }) => ready.mails?.().length === 0)).toEqual([]);
  const twice = mailed.filter(({ ready }) => ready.mails?.().length !== 1).map(titleOf);
  expect(twice.toSorted()).toEqual(
    [
      'SendEmail 1 | answer lost',
      'SendEmail 1 | crash after',
      'SendEmail 1 | sent twice',
      'SendEmail 1 | too slow',
      'UpdateItem mail 1 | not sent',
      'UpdateItem mail 1 | throttled',
    ].map((fault) => `notifications: mail of a cancelled order | ${fault}`),
  );
});

test('no use case makes another call when something fails', () => {
  const others = struck.flatMap(({ useCase, run }) => {
    const declared = [...useCase.calls, ...(useCase.onlyAfterFaults ?? [])];
    return run.calls.filter((call) => !declared.includes(call)).map((call) => `${useCase.name}: ${call}`);
  });
  expect([...new Set(others)]).toEqual([]);
});

test('every fault happened', () => {
  expect(struck.filter(({ run }) => !run.struck).map(titleOf)).toEqual([]);
});

test.for(useCases)('$context, $name: leaves the same behind, whatever failed', (useCase) => {
  const expected = factsOf(calm.find((result) => result.useCase === useCase) as Result);
  const different = struck
    .filter((result) => result.useCase === useCase)
    .map((result) => ({ title: titleOf(result), outcome: outcomeOf(result), facts: factsOf(result) }))
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

test('docs/reference/faults.md has the outcomes (npm run reference:faults writes them)', () => {
  const text = readFileSync(page, 'utf8');
  const [intro = ''] = text.split(begin);
  const generated = `${intro}${begin}\n\n${faultTable(struck, Object.keys(faults) as Fault[])}`;
  if (process.env['WRITE_REFERENCE'] === '1') writeFileSync(page, generated);
  else expect(text).toBe(generated);
});
