import { describe, expect, test } from 'vitest';
import type { LeadStatus } from '../../../functions/marketplace/leads/lead.ts';
import type { Party } from '../../../functions/marketplace/leads/quote.ts';
import { shownTo } from '../../../functions/marketplace/leads/reading.ts';

const written = 'Call 0722 123 456';
const masked = 'Call •••';

const both = ['organizer', 'truck'] as const;
type Case = readonly [sides: readonly Party[], by: Party, status: LeadStatus, reads: string];
const open = ['new', 'contacted', 'quoted', 'accepted', 'expired', 'declined'] as const;
const booked = ['booked', 'completed', 'cancelled'] as const;
const cases: readonly Case[] = both.flatMap((by) => [
  ...open.flatMap((status): readonly Case[] => [
    [[by], by, status, written],
    [both.filter((side) => side !== by), by, status, masked],
    [both, by, status, written],
  ]),
  ...booked.flatMap((status): readonly Case[] => [
    [both.filter((side) => side !== by), by, status, written],
    [both, by, status, written],
  ]),
]);

describe('a text of a lead', () => {
  test.each(cases)(
    'read by %j, written by the %s, of a lead that is %s: %s',
    async (sides, by, status, reads) => {
      const shown = await shownTo({ sides, masksContacts: true }, { status });
      expect(shown(by, written)).toBe(reads);
    },
  );

  test.each(open)('is as written where the stage masks none, of a lead that is %s', async (status) => {
    const shown = await shownTo({ sides: ['organizer'], masksContacts: false }, { status });
    expect(shown('truck', written)).toBe(written);
  });
});
