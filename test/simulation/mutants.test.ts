import { readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { leadMutants } from './leads/mutants.ts';
import { holdMutants } from './mutants.ts';
import { orderMutants } from './orders/mutants.ts';

const root = path.join(import.meta.dirname, '../..');

test.each([...holdMutants, ...orderMutants, ...leadMutants])(
  'there is one place to plant the mistake: $mistake',
  ({ file, from }) => {
    expect(readFileSync(path.join(root, file), 'utf8').split(from)).toHaveLength(2);
  },
);
