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

const free: Block = { sold: new Set(), held: {} };
const allFree = plan.blocks.map(() => free);

/** Asks for a place of type a, all shown as taken, while reads in turn give these blocks; counts the reads. */
const ask = async (reads: readonly (readonly Block[])[]) => {
  let freshReads = 0;
  const ports = {
    clock: () => 100,
    store: { getHold: async () => undefined },
    pictures: {
      of: async (_: OpenSale, maxAgeMs: number): Promise<Picture> => {
        if (maxAgeMs === 0) freshReads += 1;
        const asRead = reads[Math.min(Math.max(freshReads, 1), reads.length) - 1] ?? [];
        return { plan, blocks: [...blocks], asRead, readAtMs: 0 };
      },
    },
  } as unknown as HoldPorts;
  const request = { kind: 'best', ticketType: 0, quantity: 1, adjacent: false } as const;
  const wanted = { holdId: 'hld_00000000000000000000000000', requestHash: 'h', customer: 'c', request };
  const outcome = await createHold(ports, open, wanted, () => ({ what: '', by: '', requestId: '', at: '' }));
  return { outcome: outcome.kind, freshReads };
};

test('sold out is said after one read begun since, when that shows it', async () => {
  expect(await ask([blocks])).toEqual({ outcome: 'sold_out', freshReads: 1 });
});

test('while a read shows places that others seem to be claiming, it is read again', async () => {
  expect(await ask([allFree, allFree, blocks])).toEqual({ outcome: 'sold_out', freshReads: 3 });
});

test('and who never gets to see them is told to come again, not that nothing is left', async () => {
  expect(await ask([allFree])).toEqual({ outcome: 'busy', freshReads: 39 });
});
