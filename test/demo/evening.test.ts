import { expect, test } from 'vitest';
import { openChance } from '../../local/demo/chance.ts';
import { type BoughtTicket, type Guest, guestsOf, planEvening } from '../../local/demo/evening.ts';

const tickets: readonly BoughtTicket[] = Array.from({ length: 100 }, (_, index) => ({
  id: `id-${index}`,
  serial: `t-${index}`,
  orderId: `order-${Math.floor(index / 2)}`,
  code: `code-${index}`,
}));
const one = (serial: string): BoughtTicket => ({
  id: serial,
  serial,
  orderId: serial,
  code: `code of ${serial}`,
});

const evening = (seed: string) => {
  const chance = openChance(seed);
  const plan = planEvening(tickets, chance);
  const moved = [...plan.givenAway, ...plan.givenAwayLate];
  const guests = guestsOf(
    plan,
    {
      givenAway: new Map(moved.map(({ serial }) => [serial, `new ${serial}`])),
      soldLate: [one('late')],
      otherSession: [one('other-1'), one('other-2')],
      forged: ['forged-1', 'forged-2'],
    },
    chance,
  );
  return { plan, guests };
};

test('choices follow from the seed, and stay in their bounds', () => {
  const draw = (seed: string) => {
    const { below, percent, share, pick, shuffled } = openChance(seed);
    return [below(1_000), percent(50), share({ a: 50, b: 50 }), pick([1, 2, 3]), shuffled([1, 2, 3, 4, 5])];
  };
  expect(draw('7')).toEqual(draw('7'));
  expect(draw('7')).not.toEqual(draw('8'));
  const { share, percent, shuffled } = openChance('1');
  expect([percent(0), percent(100), share({ a: 0, b: 100 })]).toEqual([false, true, 'b']);
  expect(shuffled([3, 1, 2]).toSorted()).toEqual([1, 2, 3]);
  expect(() => share({ a: 0, b: 0 })).toThrow('Shares do not add up to 100');
});

test('the same seed makes the same evening', () => {
  expect(evening('7')).toEqual(evening('7'));
  expect(evening('7').guests).not.toEqual(evening('8').guests);
});

test('each ticket has one fate, and an undone order takes all of its tickets along', () => {
  const { plan } = evening('7');
  const { undone, refunded, givenAway, givenAwayLate, copied, others, undoneOrders } = plan;
  const groups = [undone, refunded, givenAway, givenAwayLate, copied, others];
  expect(groups.map(({ length }) => length)).toEqual([2, 3, 4, 1, 2, 88]);
  expect(new Set(groups.flat()).size).toBe(100);
  expect(undone.map(({ orderId }) => orderId)).toEqual([undoneOrders[0], undoneOrders[0]]);
});

test('the gate without a connection is shown one of each kind, and copies of what another gate lets in', () => {
  const { guests } = evening('7');
  const kindsAt = (isOffline: boolean) =>
    new Set(guests.filter(({ gate }) => (gate === 'west') === isOffline).map(({ shows }) => shows));
  expect([...kindsAt(true)].toSorted()).toEqual([
    'copied ticket',
    'forged ticket',
    'own ticket',
    'refunded ticket',
    'ticket given away',
    'ticket given away after the manifest',
    'ticket of an undone order',
    'ticket of another session',
    'ticket sold after the manifest',
  ]);
  const gatesOf = (serial: string, shows: Guest['shows']) =>
    guests.filter((guest) => guest.serial === serial && guest.shows === shows).map(({ gate }) => gate);
  const copy = evening('7').plan.copied[0]?.serial ?? '';
  expect(gatesOf(copy, 'copied ticket')).toEqual(['west']);
  expect(gatesOf(copy, 'own ticket')).toHaveLength(1);
  expect(gatesOf(copy, 'own ticket')).not.toEqual(['west']);
});

test('a ticket that was given away comes twice: with the old code and with the new one', () => {
  const { plan, guests } = evening('7');
  for (const { serial, code } of [...plan.givenAway, ...plan.givenAwayLate])
    expect(
      guests
        .filter((guest) => guest.serial === serial)
        .map((guest) => guest.code)
        .toSorted(),
    ).toEqual([code, `new ${serial}`]);
});
