import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import type { RouteDefinition } from '../../functions/platform/route.ts';
import { routes } from '../../functions/routes.ts';
import type { Operation } from '../e2e/client.ts';
import { putOnSale } from '../e2e/scenario.ts';
import { answerCheck, type OpenApi } from './answer-check.ts';
import { openExchange, type WireAnswer } from './exchange.ts';
import { requestsOf, type WireRequest } from './request-arbitrary.ts';
import { type Scenery, setScenery } from './scenery.ts';

/**
 * Requests made from the schema of each route, and then broken. FUZZ_CASES and FUZZ_SEED (printed by every
 * run) say how many and which.
 */
const cases = Number(process.env['FUZZ_CASES'] ?? 8);
/** Rounds of so many until one request of the route comes through: else nothing behind its door was tried. */
const maxRounds = 40;
const seed = Number(process.env['FUZZ_SEED'] ?? Math.floor(Math.random() * 2 ** 31));
console.log(`test/input: ${cases} cases a route, FUZZ_SEED=${seed}`);

let scenery: Scenery;
let check: ReturnType<typeof answerCheck>;
let exchange: ReturnType<typeof openExchange>;
const statuses = new Map<string, Map<number, number>>();

beforeAll(async () => {
  const { url } = inject('target');
  scenery = await setScenery();
  exchange = openExchange(url, scenery.tokens);
  await warm();
  check = answerCheck((await (await fetch(`${url}/openapi.json`)).json()) as OpenApi);
});
afterAll(() => exchange.close());

/** Lets every function start all of its threads: that a first answer takes longer is no hang. */
const warm = (): Promise<unknown> => {
  const oneOfEach = new Map(Object.values(routes).map((definition) => [definition.function, definition]));
  return Promise.all(
    [...oneOfEach.values()].flatMap(({ method, path }) =>
      Array.from({ length: 4 }, () =>
        exchange.send({
          method,
          path: path.replaceAll(/\{\w+\}/g, 'nothing'),
          headers: { authorization: 'Bearer of owner' },
          body: undefined,
        }),
      ),
    ),
  );
};

const shown = ({ method, path, headers, body }: WireRequest): string =>
  `${method} ${path}\n${JSON.stringify(headers)}\n${body?.toString('utf8').slice(0, 2_000) ?? '(no body)'}`;

const count = (operation: string, { status }: WireAnswer): void => {
  const seen = statuses.get(operation) ?? new Map<number, number>();
  seen.set(status, (seen.get(status) ?? 0) + 1);
  statuses.set(operation, seen);
};

describe.concurrent('odd requests of every route are answered as it declares', () => {
  test.for(Object.entries(routes) as [Operation, RouteDefinition][])(
    '%s',
    async ([operation, definition]) => {
      const property = fc.asyncProperty(requestsOf(operation, definition, scenery), async (request) => {
        const answer = await exchange.send(request);
        count(operation, answer);
        const faults = check(definition, answer);
        if (faults.length > 0)
          throw new Error(
            `${faults.join('\n')}\n${answer.body.toString('utf8').slice(0, 600)}\n${shown(request)}`,
          );
      });
      const cameThrough = (): boolean =>
        [...(statuses.get(operation)?.keys() ?? [])].some((status) => status < 300);
      await fc.assert(property, { numRuns: cases, seed });
      // A signed body cannot be made here.
      if (definition.rawBody !== undefined) return;
      for (let round = 1; round < maxRounds && !cameThrough(); round += 1)
        await fc.assert(property, { numRuns: cases, seed: seed + round });
      expect(cameThrough()).toBe(true);
    },
  );
});

test('afterwards the platform goes on: no message failed for good, and a new event is on sale soon', async () => {
  await putOnSale();
  const answer = await fetch(new URL('/_local/queues', inject('target').url));
  const { queues } = (await answer.json()) as { queues: { name: string; waiting: number }[] };
  expect(queues.filter(({ name, waiting }) => /DeadLetter/.test(name) && waiting > 0)).toEqual([]);
});
