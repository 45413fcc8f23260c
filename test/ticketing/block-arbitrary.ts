import fc from 'fast-check';
import { type Block, placeKey, type RuleInput } from '../../functions/ticketing/block.ts';

/** Few holds and few seconds, so that collisions and exact ends are the rule rather than the exception. */
const holdId = fc.constantFrom('me', 'you', 'they');
const second = fc.integer({ min: 97, max: 103 });
const key = fc.integer({ min: 0, max: 19 }).map(placeKey);

/** Any block: also one whose sold places still carry a claim, which no rule should be led astray by. */
export const arbitraryBlock: fc.Arbitrary<Block> = fc.record({
  sold: fc.uniqueArray(key, { maxLength: 4 }).map((keys) => new Set(keys)),
  held: fc.dictionary(key, fc.record({ h: holdId, u: second }, { noNullPrototype: true }), {
    maxKeys: 20,
    noNullPrototype: true,
  }),
});

/** Places of one block, asked for by one hold at some second. */
export const arbitraryInput: fc.Arbitrary<RuleInput> = fc.record({
  keys: fc.uniqueArray(key, { minLength: 1, maxLength: 20 }),
  holdId,
  now: second,
  until: second,
});

/** The same with places that are another hold’s of the same order. */
export const arbitraryOrderInput: fc.Arbitrary<RuleInput> = fc
  .tuple(arbitraryInput, fc.dictionary(key, holdId, { maxKeys: 20, noNullPrototype: true }))
  .map(([input, holdOf]) => ({ ...input, holdOf }));
