import type { UpdateExpression } from '../platform/table.ts';
import type { PlaceChange, PlaceCondition, Rule, RuleInput } from './block.ts';

/** Text of a condition on one place, given its name and value placeholders. */
const conditionText: Readonly<Record<PlaceCondition, (name: string, key: string) => string>> = {
  free: (name, key) =>
    `NOT contains(#sold, ${key}) AND (attribute_not_exists(#held.${name}) OR #held.${name}.#u < :now)`,
  mine_live: (name, key) =>
    `NOT contains(#sold, ${key}) AND #held.${name}.#h = :holdId AND #held.${name}.#u >= :now AND #held.${name}.#u <= :until`,
  mine: (name) => `#held.${name}.#h = :holdId`,
  mine_or_free: (name, key) =>
    `NOT contains(#sold, ${key}) AND (attribute_not_exists(#held.${name}) OR #held.${name}.#h = :holdId OR #held.${name}.#u < :now)`,
};

const usesClaim: Readonly<Record<PlaceChange, boolean>> = {
  claim: true,
  extend: true,
  release: false,
  sell: false,
};

/**
 * A rule as one DynamoDB update: all places or none. It means the same as `applyRule` on every block.
 * A refused update gives back the block as it was (`ALL_OLD`), from which the refusal is explained.
 */
export const toExpression = (rule: Rule, { keys, holdId, now, until }: RuleInput): UpdateExpression => {
  const names: Record<string, string> = { '#held': 'held' };
  const values: Record<string, unknown> = {};
  const conditions: string[] = [];
  for (const [index, key] of keys.entries()) {
    names[`#p${index}`] = key;
    const text = conditionText[rule.condition](`#p${index}`, `:p${index}`);
    if (text.includes(`:p${index}`)) values[`:p${index}`] = key;
    conditions.push(text);
  }
  const condition = `attribute_exists(pk) AND ${conditions.join(' AND ')}`;
  if (condition.includes('#sold')) names['#sold'] = 'sold';
  if (condition.includes('#u')) names['#u'] = 'u';
  if (condition.includes('.#h ')) names['#h'] = 'h';
  if (condition.includes(':now')) values[':now'] = now;
  if (condition.includes(':until')) values[':until'] = until;
  if (condition.includes(':holdId')) values[':holdId'] = holdId;

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
  const remove = `REMOVE ${places.join(', ')}`;
  if (rule.change === 'release') return { update: remove, condition, names, values };
  values[':keys'] = new Set(keys);
  return { update: `${remove} ADD #sold :keys`, condition, names: { ...names, '#sold': 'sold' }, values };
};
