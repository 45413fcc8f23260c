import { expect, test } from 'vitest';
import {
  cancellationPolicy,
  defaultCancellationPolicy,
  refundOf,
} from '../../../functions/marketplace/leads/cancellation-policy.ts';

const day = 86_400;
const startsAt = 1_000 * day;

test.for<[string, number, number, number]>([
  // when, seconds before the event, of 1,001: by the organizer, by the truck
  ['a month before', 30 * day, 1_001, 1_001],
  ['fourteen days before', 14 * day, 1_001, 1_001],
  ['a second less', 14 * day - 1, 501, 1_001],
  ['seven days before', 7 * day, 501, 1_001],
  ['a second less', 7 * day - 1, 0, 1_001],
  ['when it begins', 0, 0, 1_001],
  ['while it goes on', -3_600, 0, 1_001],
])('%s', ([, seconds, organizer, truck]) => {
  const now = startsAt - seconds;
  expect([
    refundOf(defaultCancellationPolicy, 1_001, 'organizer', startsAt, now),
    refundOf(defaultCancellationPolicy, 1_001, 'truck', startsAt, now),
  ]).toEqual([organizer, truck]);
});

test('by the day of the event itself, until it begins', () => {
  const policy = [{ daysBefore: 0, refundPercent: 10 }];
  const at = (now: number) => refundOf(policy, 995, 'organizer', startsAt, now);
  expect([at(startsAt - 1), at(startsAt), at(startsAt + 1)]).toEqual([100, 100, 0]);
});

test('without steps nothing is given back to an organizer', () => {
  expect(refundOf([], 1_000, 'organizer', startsAt, 0)).toBe(0);
});

const step = (daysBefore: number, refundPercent: number) => ({ daysBefore, refundPercent });
test.for<[string, readonly object[], boolean]>([
  ['none', [], true],
  ['one', [step(7, 50)], true],
  ['nearer and less', [step(14, 100), step(7, 50), step(0, 0)], true],
  ['nearer and as much', [step(14, 100), step(7, 100)], true],
  ['nearer and more', [step(14, 50), step(7, 100)], false],
  ['farther', [step(7, 100), step(14, 50)], false],
  ['twice the same day', [step(7, 100), step(7, 50)], false],
  ['more than all', [step(7, 101)], false],
])('steps of a policy: %s', ([, steps, isValid]) => {
  expect(cancellationPolicy.safeParse(steps).success).toBe(isValid);
});
