import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { hall, rectangle } from './hall.ts';
import {
  type Answered,
  freshKey,
  type Instance,
  owners,
  seats,
  slots,
  startTicketing,
  type Ticketing,
  typeId,
} from './harness.ts';

let ticketing: Ticketing;
beforeAll(async () => {
  ticketing = await startTicketing();
});
afterAll(() => ticketing.stop());

/** Buyers are spread over three instances, as Lambda would. */
const instances = (): readonly Instance[] => [
  ticketing.instance(),
  ticketing.instance(),
  ticketing.instance(),
];
const won = (answers: readonly Answered[]) => answers.filter(({ status }) => status === 201);
const idsOf = (answers: readonly Answered[]): string[] => won(answers).map(({ body }) => body.id);
const codesOf = (answers: readonly Answered[]) =>
  [
    ...new Set(
      answers.filter(({ status }) => status !== 201).map(({ status, body }) => `${status} ${body.code}`),
    ),
  ].toSorted();

/** The first refusals come while the last places go; later ones are of an empty hall. */
const closelyWatched = 40;

/** No place has two owners, by blocks and by holds, and the seats document counts the same. */
const expectOneOwnerEach = async (sessionId: string, answers: readonly Answered[], held: number) => {
  const owned = await owners(ticketing.table, sessionId, idsOf(answers));
  expect(owned.size).toBe(held);
  expect(new Set(owned.values())).toEqual(new Set(idsOf(answers)));
  const named = won(answers).flatMap(({ body }) => body.places.map(({ place }: { place: string }) => place));
  expect(new Set(named).size).toBe(named.length);
  expect(named).toHaveLength(held);
  const shown = await ticketing.instance().call('getSeats', { params: { sessionId } });
  expect(shown.body.summary.held).toBe(held);
};

test('200 clients on 100 places: exactly 100 win, the others are told which place is taken', async () => {
  const sessionId = await ticketing.sell({ layout: rectangle(5, 20), ticketTypes: [seats('a')] });
  const on = instances();
  const answers = await Promise.all(
    Array.from({ length: 200 }, (_, client) => {
      const place = `${Math.floor((client % 100) / 20) + 1}-${(client % 20) + 1}`;
      return on[client % 3]!.call('createHold', {
        params: { sessionId },
        body: { seats: [place] },
        key: freshKey(),
      });
    }),
  );
  expect(won(answers)).toHaveLength(100);
  expect(codesOf(answers)).toEqual(['409 PLACES_TAKEN']);
  await expectOneOwnerEach(sessionId, answers, 100);
});

test('clients whose lists overlap, over several blocks: all of a list or none, and nothing stays blocked', async () => {
  const sessionId = await ticketing.sell({ layout: rectangle(4, 10), ticketTypes: [seats('a')] });
  const on = instances();
  const answers = await Promise.all(
    Array.from({ length: 60 }, (_, client) => {
      const column = (client * 7) % 10;
      const names = [0, 1, 2, 3].map((row) => `${row + 1}-${((column + row * (client % 3)) % 10) + 1}`);
      return on[client % 3]!.call('createHold', {
        params: { sessionId },
        body: { seats: names },
        key: freshKey(),
      });
    }),
  );
  expect(codesOf(answers)).toEqual(['409 PLACES_TAKEN']);
  expect(won(answers).length).toBeGreaterThan(2);
  await expectOneOwnerEach(sessionId, answers, won(answers).length * 4);
});

describe.each([
  ['600 seats', { layout: rectangle(30, 20), ticketTypes: [seats('a')] }],
  [
    '600 seats in rows of 15, with wheelchair places',
    { layout: hall(Array(40).fill('aaaaaaaaaaaaaAA')), ticketTypes: [seats('a')] },
  ],
  ['600 standing places', { ticketTypes: [slots('a', 600)] }],
])('160 buyers take best available of %s', (_, sale) => {
  test('until all are gone; nobody is refused while places that fit are free', async () => {
    const sessionId = await ticketing.sell(sale);
    const on = instances();
    const answers: Answered[] = [];
    let refusals = 0;
    const buy = async (buyer: number): Promise<void> => {
      for (let purchase = 0; ; purchase += 1) {
        const quantity = ((buyer + purchase) % 4) + 1;
        const answer = await on[buyer % 3]!.call('createHold', {
          params: { sessionId },
          body: { ticketTypeId: typeId('a'), quantity },
          key: freshKey(),
        });
        answers.push(answer);
        if (answer.status === 201) continue;
        expect(answer.body.code).toBe('SOLD_OUT');
        refusals += 1;
        if (refusals <= closelyWatched) {
          // Nothing comes back here: what is free now was free when the answer was made.
          expect(600 - (await owners(ticketing.table, sessionId, [])).size).toBeLessThan(quantity);
        }
        if (quantity === 1) return;
        if (purchase > 40) throw new Error('It never ends');
      }
    };
    await Promise.all(Array.from({ length: 160 }, (_, buyer) => buy(buyer)));
    expect(codesOf(answers)).toEqual(['409 SOLD_OUT']);
    await expectOneOwnerEach(sessionId, answers, 600);
  });
});

test('places come back under load: holds, cancellations and extensions at once leave every place with one owner', async () => {
  const sessionId = await ticketing.sell({ layout: rectangle(3, 10), ticketTypes: [seats('a')] });
  const on = instances();
  const answers: Answered[] = [];
  await Promise.all(
    Array.from({ length: 24 }, async (_, buyer) => {
      const instance = on[buyer % 3]!;
      for (let round = 0; round < 4; round += 1) {
        const answer = await instance.call('createHold', {
          params: { sessionId },
          body: { ticketTypeId: typeId('a'), quantity: (buyer % 3) + 1 },
          key: freshKey(),
        });
        answers.push(answer);
        if (answer.status !== 201) continue;
        const params = { holdId: answer.body.id };
        const extended = instance.call('extendHold', { params, body: { seconds: 900 } });
        const ended = round < 3 ? on[(buyer + 1) % 3]!.call('cancelHold', { params }) : undefined;
        expect([200, 409]).toContain((await extended).status);
        if (ended) expect((await ended).status).toBe(204);
      }
    }),
  );
  expect(codesOf(answers).filter((code) => code !== '409 SOLD_OUT')).toEqual([]);
  const owned = await owners(ticketing.table, sessionId, idsOf(answers));
  // Whatever is claimed belongs to a hold that lives: cancelling left nothing behind.
  for (const id of new Set(owned.values())) {
    const seen = await ticketing.call('getHold', { params: { holdId: id } });
    expect(seen.body.status).toBe('active');
  }
  const shown = await ticketing.instance().call('getSeats', { params: { sessionId } });
  expect(shown.body.summary).toEqual({ available: 30 - owned.size, held: owned.size, sold: 0 });
});
