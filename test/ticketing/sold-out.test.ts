import { expect, test } from 'vitest';
import type { Picture } from '../../functions/ticketing/availability-picture.ts';
import type { Block } from '../../functions/ticketing/block.ts';
import { planInventory } from '../../functions/ticketing/block-plan.ts';
import { createHold } from '../../functions/ticketing/create-hold.ts';
import type { HoldPorts, OpenSale } from '../../functions/ticketing/ports.ts';
import { hall, seated } from './hall.ts';

/** Row 1 is of category a and all taken, row 2 of category b. */
const ticketTypes = [seated('a'), seated('b')];
const plan = planInventory(hall(['aa', 'bb']), ticketTypes);
const taken: Block = {
  sold: new Set(),
  held: { '0': { h: 'you', u: 200 }, '1': { h: 'you', u: 200 } },
};
const blocks = plan.blocks.map(
  ({ ticketType }): Block => (ticketType === 0 ? taken : { sold: new Set(), held: {} }),
);
const open = { plan, sale: { sessionId: 'ses_1', holdSeconds: 60, ticketTypes } } as unknown as OpenSale;

/** Asks for a place of type a, while claims on these blocks are under way; counts the fresh reads. */
const ask = async (guessed: readonly (readonly number[])[]) => {
  const pictures: Picture[] = guessed.map((numbers) => ({
    plan,
    blocks,
    guessed: new Set(numbers),
    readAtMs: 0,
  }));
  let freshReads = 0;
  const ports = {
    clock: () => 100,
    store: { getHold: async () => undefined },
    pictures: {
      of: async (_: OpenSale, maxAgeMs: number) => {
        if (maxAgeMs > 0) return pictures[0];
        freshReads += 1;
        return pictures[Math.min(freshReads, pictures.length) - 1];
      },
    },
  } as unknown as HoldPorts;
  const request = { kind: 'best', ticketType: 0, quantity: 1, adjacent: false } as const;
  const wanted = { holdId: 'hld_00000000000000000000000000', requestHash: 'h', customer: 'c', request };
  const outcome = await createHold(ports, open, wanted, () => ({ what: '', by: '', requestId: '', at: '' }));
  return { outcome: outcome.kind, freshReads };
};

test('sold out is said after one fresh read, whatever is being claimed of other ticket types', async () => {
  const ofTypeB = plan.blocks.flatMap(({ number, ticketType }) => (ticketType === 1 ? [number] : []));
  expect(ofTypeB).toHaveLength(1);
  expect(await ask([ofTypeB])).toEqual({ outcome: 'sold_out', freshReads: 1 });
});

test('while places of the type itself are being claimed it is read again', async () => {
  const ofTypeA = plan.blocks.flatMap(({ number, ticketType }) => (ticketType === 0 ? [number] : []));
  expect(await ask([ofTypeA, ofTypeA, []])).toEqual({ outcome: 'sold_out', freshReads: 3 });
});
