import type { Membership } from '../platform/guard.ts';
import type { Change } from '../platform/lifecycle-event.ts';
import { absent, atRevision, type Expression, type Item, type Page, type Table } from '../platform/table.ts';
import type { MemberTerms, Role } from './membership.ts';

export interface OrganizationItem extends Item {
  readonly organizationId: string;
  readonly name: string;
  readonly kind: 'organizer' | 'truck';
  /** Owners there are: the last one can neither leave nor step down. */
  readonly owners: number;
  readonly revision: number;
  readonly createdAt: string;
  readonly updatedAt: string;
  readonly requestHash: string;
}

export interface MemberItem extends Item {
  readonly organizationId: string;
  readonly subject: string;
  readonly role: Role;
  readonly sessionId?: string;
  readonly from?: string;
  readonly until?: string;
  readonly addedAt: string;
  readonly revision: number;
  readonly requestHash: string;
}

const organizationKey = (id: string) => ({ pk: `ORG#${id}`, sk: 'ORG' });
const memberKey = (id: string, subject: string) => ({ pk: `ORG#${id}`, sk: `MEMBER#${subject}` });
const membershipKey = (id: string, subject: string) => ({ pk: `SUBJECT#${subject}`, sk: `ORG#${id}` });

/** Memberships in one page: nearly everybody has far fewer, so that one read tells all. */
const membershipsPerPage = 1_000;

/** Most keys that one read takes (service limit). */
const maxOrganizations = 100;

const toMembership = ({ organizationId, role, sessionId, from, until }: Membership): Membership => ({
  organizationId,
  role,
  ...(sessionId !== undefined && { sessionId }),
  ...(from !== undefined && { from }),
  ...(until !== undefined && { until }),
});

type Add = { readonly added: true } | { readonly added: false; readonly old: Item };
type AddMember = Add | { readonly added: false; readonly old: undefined };
type Changed = 'changed' | 'missing' | 'last_owner';

/**
 * Organizations and who belongs to them. A membership is kept twice, by organization and by subject, and
 * both rows are always written in one transaction.
 */
export const openMemberships = (table: Table) => {
  const memberItems = (organizationId: string, subject: string, terms: MemberTerms, rest: object) => {
    const { role, sessionId, from, until } = terms;
    const fields = { organizationId, subject, role, sessionId, from, until };
    return {
      member: { ...memberKey(organizationId, subject), ...fields, ...rest },
      membership: { ...membershipKey(organizationId, subject), ...fields },
    };
  };

  /** Keeps the count of owners right, and refuses to take the last one. */
  const ownersBy = (organizationId: string, difference: number, change: Change) => ({
    update: organizationKey(organizationId),
    by: {
      update: 'SET #owners = #owners + :difference, #revision = #revision + :one, #change = :change',
      condition: difference < 0 ? '#owners > :one' : 'attribute_exists(pk)',
      names: { '#owners': 'owners', '#revision': 'revision', '#change': 'change' },
      values: { ':difference': difference, ':one': 1, ':change': change },
    },
  });

  return {
    async create(
      organization: {
        id: string;
        name: string;
        kind: 'organizer' | 'truck';
        owner: string;
        at: string;
        requestHash: string;
      },
      change: Change,
    ): Promise<Add> {
      const { id, name, kind, owner, at, requestHash } = organization;
      const { member, membership } = memberItems(
        id,
        owner,
        { role: 'owner' },
        { addedAt: at, revision: 1, requestHash, change },
      );
      const result = await table.transact([
        {
          put: {
            ...organizationKey(id),
            organizationId: id,
            name,
            kind,
            owners: 1,
            revision: 1,
            createdAt: at,
            updatedAt: at,
            requestHash,
            change,
          },
          when: absent,
        },
        { put: member, when: absent },
        { put: membership, when: absent },
      ]);
      if (result.written) return { added: true };
      const old = result.refusals.find((refusal) => refusal.index === 0)?.old;
      if (old === undefined) throw new Error('A membership exists without its organization');
      return { added: false, old };
    },

    get: (id: string) => table.get<OrganizationItem>(organizationKey(id), { consistent: true }),

    async rename(id: string, revision: number, name: string, at: string, change: Change) {
      const expected = atRevision(revision);
      return table.update<OrganizationItem>(organizationKey(id), {
        update: 'SET #name = :name, #revision = #revision + :one, #updatedAt = :at, #change = :change',
        condition: `attribute_exists(pk) AND ${expected.condition}`,
        names: { ...expected.names, '#name': 'name', '#updatedAt': 'updatedAt', '#change': 'change' },
        values: { ...expected.values, ':name': name, ':one': 1, ':at': at, ':change': change },
      });
    },

    async addMember(
      organizationId: string,
      subject: string,
      terms: MemberTerms,
      rest: { addedAt: string; requestHash: string },
      change: Change,
    ): Promise<AddMember> {
      const { member, membership } = memberItems(organizationId, subject, terms, {
        ...rest,
        revision: 1,
        change,
      });
      const result = await table.transact([
        { put: member, when: absent },
        { put: membership, when: absent },
        terms.role === 'owner'
          ? ownersBy(organizationId, 1, change)
          : { check: organizationKey(organizationId), when: { condition: 'attribute_exists(pk)' } },
      ]);
      if (result.written) return { added: true };
      const old = result.refusals.find((refusal) => refusal.index === 0)?.old;
      const isOrphan = old === undefined && result.refusals.some((refusal) => refusal.index === 1);
      if (isOrphan) throw new Error('A membership row exists without its member');
      return { added: false, old };
    },

    getMember: (organizationId: string, subject: string) =>
      table.get<MemberItem>(memberKey(organizationId, subject), { consistent: true }),

    /**
     * Gives a member new terms, or removes them (`terms` undefined); refuses to take the last owner.
     * `missing`: the member is no longer as `current` says.
     */
    async changeMember(
      current: MemberItem,
      terms: MemberTerms | undefined,
      change: Change,
    ): Promise<Changed> {
      const { organizationId, subject } = current;
      const unchanged: Expression = atRevision(current.revision);
      const difference = Number(terms?.role === 'owner') - Number(current.role === 'owner');
      const owners = difference === 0 ? [] : [ownersBy(organizationId, difference, change)];
      const exists: Expression = { condition: 'attribute_exists(pk)' };
      const { member, membership } = memberItems(organizationId, subject, terms ?? current, {
        addedAt: current.addedAt,
        requestHash: current.requestHash,
        revision: current.revision + 1,
        change,
      });
      const result = await table.transact(
        terms === undefined
          ? [
              { delete: memberKey(organizationId, subject), when: unchanged },
              { delete: membershipKey(organizationId, subject), when: exists },
              ...owners,
            ]
          : [{ put: member, when: unchanged }, { put: membership, when: exists }, ...owners],
      );
      if (result.written) return 'changed';
      return result.refusals.every((refusal) => refusal.index === 2) ? 'last_owner' : 'missing';
    },

    members: (
      organizationId: string,
      limit: number,
      from?: Record<string, unknown>,
    ): Promise<Page<MemberItem>> =>
      table.query<MemberItem>({
        pk: `ORG#${organizationId}`,
        skPrefix: 'MEMBER#',
        limit,
        ...(from && { from }),
      }),

    /** All memberships of a subject, read strongly consistent: a removed member is out at once. */
    async of(subject: string): Promise<readonly Membership[]> {
      const memberships: Membership[] = [];
      let from: Readonly<Record<string, unknown>> | undefined;
      do {
        const page = await table.query<Item & Membership>({
          pk: `SUBJECT#${subject}`,
          skPrefix: 'ORG#',
          limit: membershipsPerPage,
          consistent: true,
          ...(from && { from }),
        });
        memberships.push(...page.items.map(toMembership));
        from = page.next;
      } while (from !== undefined);
      return memberships;
    },

    /** Organizations of these ids, at most the first hundred. */
    organizations: (ids: readonly string[]) =>
      ids.length === 0
        ? Promise.resolve([])
        : table.batchGet<OrganizationItem>(ids.slice(0, maxOrganizations).map(organizationKey), {
            consistent: true,
          }),
  };
};

export type Memberships = ReturnType<typeof openMemberships>;
