import { noContent, ok, problem } from '../platform/answer.ts';
import { decodeCursor, encodeCursor } from '../platform/cursor.ts';
import { etagOf } from '../platform/etag.ts';
import { stamp } from '../platform/lifecycle-event.ts';
import { invalidCursor, validationProblem } from '../platform/request.ts';
import type { Handlers } from '../platform/route.ts';
import { isReplay } from '../platform/serve.ts';
import { type Member, type MemberTerms, type Organization, termsFault } from './membership.ts';
import type { MemberItem, Memberships, OrganizationItem } from './membership-store.ts';
import type { identityCommandRoutes, identityQueryRoutes } from './routes.ts';

const toOrganization = (item: OrganizationItem): Organization => ({
  id: item.organizationId,
  name: item.name,
  kind: item.kind,
  createdAt: item.createdAt,
  updatedAt: item.updatedAt,
});

const toMember = (item: MemberItem): Member => ({
  subject: item.subject,
  role: item.role,
  ...(item.sessionId !== undefined && { sessionId: item.sessionId }),
  ...(item.from !== undefined && { from: item.from }),
  ...(item.until !== undefined && { until: item.until }),
  addedAt: item.addedAt,
});

const termsProblem = (terms: MemberTerms) => {
  const fault = termsFault(terms);
  return fault && validationProblem([{ in: 'body', code: 'INVALID_TERMS', ...fault }]);
};

export const organizationCommands = (memberships: Memberships): Handlers<typeof identityCommandRoutes> => ({
  async createOrganization(request) {
    const id = request.newId('org');
    const { requestHash } = request.idempotency;
    const at = request.now.toISOString();
    const result = await memberships.create(
      { id, ...request.body, owner: request.caller.subject, at, requestHash },
      stamp('organization.created', request),
    );
    if (result.added) {
      return ok(201, { id, ...request.body, createdAt: at, updatedAt: at }, { etag: etagOf(1) });
    }
    const old = result.old as OrganizationItem;
    return isReplay(old, request)
      ? ok(201, toOrganization(old), { etag: etagOf(old.revision), replayed: true })
      : problem('IDEMPOTENCY_KEY_REUSED');
  },

  async updateOrganization(request) {
    const { organizationId } = request.params;
    const at = request.now.toISOString();
    const result = await memberships.rename(
      organizationId,
      request.ifMatchRevision,
      request.body.name,
      at,
      stamp('organization.renamed', request),
    );
    if (!result.written) return problem(result.old === undefined ? 'NOT_FOUND' : 'PRECONDITION_FAILED');
    return ok(200, toOrganization(result.item), { etag: etagOf(result.item.revision) });
  },

  async addMember(request) {
    const { subject, ...terms } = request.body;
    const fault = termsProblem(terms);
    if (fault !== undefined) return fault;
    const { requestHash } = request.idempotency;
    const addedAt = request.now.toISOString();
    const change = stamp('member.added', request);
    const result = await memberships.addMember(
      request.params.organizationId,
      subject,
      terms,
      { addedAt, requestHash },
      change,
    );
    if (result.added) return ok(201, { subject, ...terms, addedAt }, { etag: etagOf(1) });
    // Only an operator gets as far as an organization that does not exist.
    if (result.old === undefined) return problem('NOT_FOUND');
    const old = result.old as MemberItem;
    return isReplay(old, request)
      ? ok(201, toMember(old), { etag: etagOf(old.revision), replayed: true })
      : problem('ALREADY_A_MEMBER', {
          errors: [
            { in: 'body', pointer: '/subject', code: 'ALREADY_A_MEMBER', detail: `Is ${old.role} already.` },
          ],
        });
  },

  async updateMember(request) {
    const fault = termsProblem(request.body);
    if (fault !== undefined) return fault;
    const current = await memberships.getMember(request.params.organizationId, request.params.subject);
    if (current === undefined) return problem('NOT_FOUND');
    if (current.revision !== request.ifMatchRevision) return problem('PRECONDITION_FAILED');
    const changed = await memberships.changeMember(current, request.body, stamp('member.updated', request));
    if (changed === 'last_owner') return problem('LAST_OWNER');
    if (changed === 'missing') return problem('PRECONDITION_FAILED');
    return ok(
      200,
      { subject: current.subject, ...request.body, addedAt: current.addedAt },
      { etag: etagOf(current.revision + 1) },
    );
  },

  async removeMember(request) {
    const { organizationId, subject } = request.params;
    const current = await memberships.getMember(organizationId, subject);
    if (current === undefined) return noContent();
    const changed = await memberships.changeMember(current, undefined, stamp('member.removed', request));
    if (changed === 'last_owner') return problem('LAST_OWNER');
    const isGone = changed === 'changed' || !(await memberships.getMember(organizationId, subject));
    return isGone
      ? noContent()
      : problem('PRECONDITION_FAILED', { detail: 'The member changed just now; try again.' });
  },
});

export const organizationQueries = (memberships: Memberships): Handlers<typeof identityQueryRoutes> => ({
  async listOrganizations({ caller }) {
    const own = await memberships.of(caller.subject);
    const items = await memberships.organizations(own.map((membership) => membership.organizationId));
    const roles = new Map(own.map((membership) => [membership.organizationId, membership.role]));
    return ok(200, {
      items: items
        .map((item) => ({ ...toOrganization(item), role: roles.get(item.organizationId) ?? 'staff' }))
        .sort((a, b) => a.createdAt.localeCompare(b.createdAt)),
    });
  },

  async getOrganization({ params }) {
    const item = await memberships.get(params.organizationId);
    return item === undefined
      ? problem('NOT_FOUND')
      : ok(200, toOrganization(item), { etag: etagOf(item.revision) });
  },

  async listMembers({ params, query }) {
    const cursor = decodeCursor(query.cursor, { pk: `ORG#${params.organizationId}` }, { sk: 'MEMBER#' });
    if (!cursor.ok) return invalidCursor();
    const page = await memberships.members(params.organizationId, query.limit, cursor.from);
    const nextCursor = encodeCursor(page.next);
    return ok(200, { items: page.items.map(toMember), ...(nextCursor !== undefined && { nextCursor }) });
  },

  async getMember({ params }) {
    const item = await memberships.getMember(params.organizationId, params.subject);
    return item === undefined
      ? problem('NOT_FOUND')
      : ok(200, toMember(item), { etag: etagOf(item.revision) });
  },

  async getMe({ caller }) {
    return ok(200, {
      subject: caller.subject,
      roles: [...caller.roles],
      memberships: await memberships.of(caller.subject),
    });
  },
});
