import { describe, expect, test } from 'vitest';
import {
  decideOutcome,
  decideSubmission,
  type Verification,
  type VerificationStatus,
  verificationStatus,
} from '../../../functions/marketplace/verification/verification.ts';
import { publicVerified } from '../../../functions/marketplace/verification/verified.ts';

const home = { city: 'Cluj-Napoca', lat: 46.7712, lon: 23.6236 };
const at = '2026-11-20T18:00:00.000Z';

/** Papers with this status; decided on by `eve` for the reason `seen`. */
const papers = (status: VerificationStatus): Verification | undefined =>
  status === 'none'
    ? undefined
    : {
        status,
        submissionId: 'ver_1',
        subject: { name: 'La Carreta', home },
        documents: [],
        submittedAt: at,
        submittedBy: 'ann',
        ...(status !== 'submitted' && {
          decision: { outcome: status, reason: 'seen', at, by: 'eve' },
        }),
      };

/** All that may be done, and what it leads to; every other pair is refused. */
const allowed: readonly (readonly [VerificationStatus, 'submit' | 'verify' | 'reject' | 'withdraw'])[] = [
  ['none', 'submit'],
  ['submitted', 'verify'],
  ['submitted', 'reject'],
  ['verified', 'submit'],
  ['verified', 'withdraw'],
  ['rejected', 'submit'],
  ['withdrawn', 'submit'],
];

const pairs = verificationStatus.options.flatMap((status) =>
  (['submit', 'verify', 'reject', 'withdraw'] as const).map((command) => [status, command] as const),
);

const decide = (status: VerificationStatus, command: 'submit' | 'verify' | 'reject' | 'withdraw') =>
  command === 'submit'
    ? decideSubmission(papers(status), 'ver_2')
    : decideOutcome(papers(status), {
        outcome: ({ verify: 'verified', reject: 'rejected', withdraw: 'withdrawn' } as const)[command],
        reason: 'other',
        by: 'ada',
      });

describe('papers', () => {
  test.each(pairs)('that are %s: %s', (status, command) => {
    const isAllowed = allowed.some(([from, what]) => from === status && what === command);
    expect(decide(status, command)).toMatchObject(
      isAllowed ? { kind: command === 'submit' ? 'submit' : 'decide' } : { kind: 'not_allowed', status },
    );
  });

  test('sent again are the same, and so is a decision of the same admin for the same reason', () => {
    expect(decideSubmission(papers('submitted'), 'ver_1')).toEqual({ kind: 'repeat' });
    const same = { outcome: 'rejected', reason: 'seen', by: 'eve' } as const;
    const rejected = papers('rejected');
    expect(decideOutcome(rejected, same)).toEqual({ kind: 'repeat', current: rejected });
    for (const other of [
      { ...same, outcome: 'verified' as const },
      { ...same, by: 'ada' },
      { ...same, reason: undefined },
    ])
      expect(decideOutcome(rejected, other)).toEqual({ kind: 'not_allowed', status: 'rejected' });
  });

  test('that came after those that the admin saw are not decided on', () => {
    const wanted = { outcome: 'verified', by: 'eve' } as const;
    const decision = decideOutcome(papers('submitted'), { ...wanted, submissionId: 'ver_0' });
    expect(decision).toEqual({ kind: 'other_submission' });
    expect(decideOutcome(papers('submitted'), { ...wanted, submissionId: 'ver_1' }).kind).toBe('decide');
  });
});

describe('that a truck is verified', () => {
  const verified = { at, subject: { name: 'La Carreta', home } };
  const truck = { name: 'La Carreta', home: { ...home }, verified };

  test('is seen with its instant only', () => {
    expect(publicVerified(truck)).toEqual({ verified: { at } });
    expect(publicVerified({ ...truck, verified: undefined })).toEqual({});
  });

  test.each([
    ['another name', { name: 'La Carreta 2' }],
    ['a home in another town', { home: { ...home, city: 'Turda' } }],
    ['a home elsewhere', { home: { ...home, lat: 46.78 } }],
    ['a home as far elsewhere', { home: { ...home, lon: 23.63 } }],
  ])('is not seen with %s', (_, fields) => {
    expect(publicVerified({ ...truck, ...fields })).toEqual({});
  });
});
