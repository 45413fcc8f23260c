import { expect, test } from 'vitest';
import { generateStadium } from '../../scripts/generate-plan.ts';
import { anybody } from './client.ts';
import { euros, placesOf, putOnSale, ticketTypeOf } from './scenario.ts';
import { waitFor } from './wait-for.ts';

/** A stadium of so many seats, all of one category: every seat is somebody’s to take. */
const stadium = (seats: number): Record<string, unknown> => {
  const plan = generateStadium(seats);
  return {
    ...plan,
    categories: [{ name: 'Anywhere', color: '#1f77b4' }],
    zones: plan.zones.map((zone) => ({
      ...zone,
      rows: zone.rows.map((row) => ({
        ...row,
        seats: row.seats.map((seat) => ({ ...seat, category: 'Anywhere' })),
      })),
    })),
  };
};

const anywhere = { ticketTypes: [{ name: 'Anywhere', price: euros(45), planCategory: 'Anywhere' }] };

const seatsOf = async (sessionId: string): Promise<readonly string[]> => {
  const { body } = await anybody().ok(200, 'getPlan', { params: { sessionId } });
  return body.zones.flatMap(({ rows }) => rows.flatMap(({ seats }) => seats.map(({ guid }) => guid)));
};

const untilCounted = (sessionId: string, held: number, available: number) =>
  waitFor(`${held} places to be counted as held`, async () => {
    const { body } = await anybody().ok(200, 'getSeats', { params: { sessionId } });
    return body.summary.held === held && body.summary.available === available ? true : undefined;
  });

test('of 200 clients at once on 100 places exactly 100 hold one, and the rest learn which is taken', async () => {
  const { sessionId } = await putOnSale(anywhere, stadium(100));
  const guids = await seatsOf(sessionId);
  expect(guids).toHaveLength(100);
  const visitor = anybody();
  const answers = await Promise.all(
    [...guids, ...guids].map((guid) =>
      visitor.call('createHold', { params: { sessionId }, body: { seats: [guid] } }),
    ),
  );
  const owners: string[] = [];
  const refused: unknown[] = [];
  for (const answer of answers) {
    if (!answer.ok) {
      expect([answer.status, answer.problem.code]).toEqual([409, 'PLACES_TAKEN']);
      refused.push(answer.problem.places);
    } else if (answer.status === 201) {
      owners.push(...placesOf(answer.body));
    }
  }
  expect(owners.toSorted()).toEqual(guids.toSorted());
  expect(refused).toHaveLength(100);
  // Each place was refused once, by name.
  expect(refused.flat().toSorted()).toEqual(guids.toSorted());
  await untilCounted(sessionId, 100, 0);
});

test('160 buyers of four best available places take all 600: 150 get theirs, ten find it sold out', async () => {
  const { session, sessionId } = await putOnSale(anywhere, stadium(600));
  const ticketTypeId = ticketTypeOf(session, 0);
  const visitor = anybody();
  const answers = await Promise.all(
    Array.from({ length: 160 }, () =>
      visitor.call('createHold', { params: { sessionId }, body: { ticketTypeId, quantity: 4 } }),
    ),
  );
  const places: string[] = [];
  const outcomes = new Map<string, number>();
  for (const answer of answers) {
    const outcome = answer.ok ? String(answer.status) : answer.problem.code;
    outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + 1);
    if (answer.ok && answer.status === 201) places.push(...placesOf(answer.body));
  }
  expect(Object.fromEntries(outcomes)).toEqual({ '201': 150, SOLD_OUT: 10 });
  expect(places.toSorted()).toEqual([...(await seatsOf(sessionId))].toSorted());
  await untilCounted(sessionId, 600, 0);
});

test('buyers of any size take every place: who is refused asks for fewer until nothing is left', async () => {
  const { session, sessionId } = await putOnSale(anywhere, stadium(240));
  const ticketTypeId = ticketTypeOf(session, 0);
  const visitor = anybody();
  const buy = async (most: number): Promise<readonly string[]> => {
    const places: string[] = [];
    for (let quantity = most; quantity > 0; ) {
      const answer = await visitor.call('createHold', {
        params: { sessionId },
        body: { ticketTypeId, quantity },
      });
      if (answer.ok && answer.status === 201) places.push(...placesOf(answer.body));
      else {
        expect(answer.ok ? answer.status : answer.problem.code).toBe('SOLD_OUT');
        quantity -= 1;
      }
    }
    return places;
  };
  const bought = await Promise.all([1, 2, 3, 4, 5, 6, 7, 8].flatMap((most) => [most, most, most]).map(buy));
  expect(bought.flat().toSorted()).toEqual([...(await seatsOf(sessionId))].toSorted());
  await untilCounted(sessionId, 240, 0);
});

test('ten buyers at once of general admission share what is there', async () => {
  const { session, sessionId } = await putOnSale({
    ticketTypes: [{ name: 'Standing', price: euros(20), quantity: 45 }],
  });
  const visitor = anybody();
  const answers = await Promise.all(
    Array.from({ length: 10 }, () =>
      visitor.call('createHold', {
        params: { sessionId },
        body: { ticketTypeId: ticketTypeOf(session, 0), quantity: 5 },
      }),
    ),
  );
  const codes = answers.map((answer) => (answer.ok ? '201' : answer.problem.code)).toSorted();
  expect(codes).toEqual(['201', '201', '201', '201', '201', '201', '201', '201', '201', 'SOLD_OUT']);
  const places = answers.flatMap((answer) =>
    answer.ok && answer.status === 201 ? placesOf(answer.body) : [],
  );
  expect(new Set(places).size).toBe(45);
});
