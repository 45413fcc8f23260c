import type { UpdateExpression } from '../platform/table.ts';
import { holdOfKey, type PlaceChange, type PlaceCondition, type Rule, type RuleInput } from './block.ts';

/** Text of a condition on one place, given the placeholders of its name, its key and the hold whose it is. */
const conditionText: Readonly<Record<PlaceCondition, (name: string, key: string, hold: string) => string>> = {
  free: (name, key) =>
    `NOT contains(#sold, ${key}) AND (attribute_not_exists(#held.${name}) OR #held.${name}.#u < :now)`,
  mine_live: (name, key, hold) =>
    `NOT contains(#sold, ${key}) AND #held.${name}.#h = ${hold} AND #held.${name}.#u >= :now AND #held.${name}.#u <= :until`,
  mine: (name, _key, hold) => `#held.${name}.#h = ${hold}`,
  mine_or_free: (name, key, hold) =>
    `NOT contains(#sold, ${key}) AND (attribute_not_exists(#held.${name}) OR #held.${name}.#h = ${hold} OR #held.${name}.#u < :now)`,
  sold: (_name, key) => `contains(#sold, ${key})`,
};

const usesClaim: Readonly<Record<PlaceChange, boolean>> = {
  claim: true,
  extend: true,
  release: false,
  sell: false,
  free: false,
};

/**
 * A rule as one DynamoDB update: all places or none. It means the same as `applyRule` on every block.
 * A refused update gives back the block as it was (`ALL_OLD`), from which the refusal is explained.
 */
export const toExpression = (rule: Rule, input: RuleInput): UpdateExpression => {
  const { keys, holdId, now, until } = input;
  const names: Record<string, string> = {};
  const values: Record<string, unknown> = {};
  const conditions: string[] = [];
  for (const [index, key] of keys.entries()) {
    const owner = holdOfKey(input, key);
    const hold = owner === holdId ? ':holdId' : `:h${index}`;
    const text = conditionText[rule.condition](`#p${index}`, `:p${index}`, hold);
    if (rule.change !== 'free') names[`#p${index}`] = key;
    if (text.includes(`:p${index}`)) values[`:p${index}`] = key;
    if (text.includes(hold)) values[hold] = owner;
    conditions.push(text);
  }
  const condition = `attribute_exists(pk) AND ${conditions.join(' AND ')}`;
  if (rule.change !== 'free') names['#held'] = 'held';
  if (condition.includes('#sold')) names['#sold'] = 'sold';
  if (condition.includes('#u')) names['#u'] = 'u';
  if (condition.includes('.#h ')) names['#h'] = 'h';
  if (condition.includes(':now')) values[':now'] = now;
  if (condition.includes(':until')) values[':until'] = until;

  const places = keys.map((_, index) => `#held.#p${index}`);
  if (usesClaim[rule.change]) {
    values[':claim'] = { h: holdId, u: until };
    return {
      update: `SET ${places.map((place) => `${place} = :claim`).join(', ')}`,
      condition,
      names,
      values,
    };
  }
  if (rule.change === 'free')
    return { update: 'DELETE #sold :keys', condition, names, values: { ...values, ':keys': new Set(keys) } };
  const remove = `REMOVE ${places.join(', ')}`;
  if (rule.change === 'release') return { update: remove, condition, names, values };
  values[':keys'] = new Set(keys);
  return { update: `${remove} ADD #sold :keys`, condition, names: { ...names, '#sold': 'sold' }, values };
};
