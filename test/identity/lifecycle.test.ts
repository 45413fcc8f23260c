import { describe, expect, test } from 'vitest';
import { identityLifecycle } from '../../functions/identity/lifecycle.ts';
import type { Item } from '../../functions/platform/table.ts';

const change = { what: 'x', by: 'ann', requestId: 'r', at: '2026-11-21T10:00:00.000Z', key: 'k' };
const organization = (more: object = {}): Item => ({
  pk: 'ORG#org_1',
  sk: 'ORG',
  organizationId: 'org_1',
  name: 'Paraninfo',
  kind: 'organizer',
  owners: 1,
  revision: 1,
  change,
  ...more,
});
const member = (more: object = {}): Item => ({
  pk: 'ORG#org_1',
  sk: 'MEMBER#bob',
  organizationId: 'org_1',
  subject: 'bob',
  role: 'staff',
  revision: 1,
  change,
  ...more,
});
const seenAt = new Date('2026-11-22T10:00:00Z');
const told = (kind: 'INSERT' | 'MODIFY' | 'REMOVE', before?: Item, after?: Item) =>
  identityLifecycle({ kind, before, after, expired: false, seenAt });

describe('what a change of the identity table means', () => {
  test.each([
    ['an organization begins', told('INSERT', undefined, organization()), 'ORGANIZATION-CREATED', 'org_1', 1],
    [
      'renamed',
      told('MODIFY', organization(), organization({ name: 'B', revision: 2 })),
      'ORGANIZATION-UPDATED',
      'org_1',
      2,
    ],
    ['a member is added', told('INSERT', undefined, member()), 'MEMBER-ADDED', 'org_1/bob', 1],
    [
      'gets another role',
      told('MODIFY', member(), member({ role: 'owner', revision: 2 })),
      'MEMBER-UPDATED',
      'org_1/bob',
      2,
    ],
    ['is removed', told('REMOVE', member({ revision: 2 })), 'MEMBER-REMOVED', 'org_1/bob', 3],
  ])('%s', (_, events, type, id, sequence) => {
    expect(events).toHaveLength(1);
    expect(events[0]).toMatchObject({ type, organizationId: 'org_1', aggregate: { id, sequence } });
  });

  test('the second row of a membership, and an organization that is gone, are told by nobody', () => {
    const second: Item = { pk: 'SUBJECT#bob', sk: 'ORG#org_1', role: 'staff' };
    expect(told('INSERT', undefined, second)).toEqual([]);
    expect(told('REMOVE', second)).toEqual([]);
    expect(told('REMOVE', organization())).toEqual([]);
  });

  test('a removal is dated when the service saw it; who it was, not their limits, is told', () => {
    expect(told('REMOVE', member({ sessionId: 'ses_1' }))[0]).toMatchObject({
      occurredAt: '2026-11-22T10:00:00.000Z',
      data: { organizationId: 'org_1', subject: 'bob', role: 'staff' },
    });
  });
});
