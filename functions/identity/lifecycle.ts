import * as z from 'zod';
import {
  type Change,
  defineLifecycleEvent,
  type LifecycleEvent,
  lifecycleEvent,
} from '../platform/lifecycle-event.ts';
import type { StreamChange } from '../platform/relay.ts';
import { role } from './membership.ts';
import type { MemberItem, OrganizationItem } from './membership-store.ts';

const organizationData = z.object({
  organizationId: z.string(),
  name: z.string(),
  kind: z.enum(['organizer', 'truck']),
});
const organizationExample = {
  organizationId: 'org_5zr1v9n6q0w8c4t2m7k3x1y9ab',
  name: 'Paraninfo',
  kind: 'organizer',
} as const;

const organizationCreated = defineLifecycleEvent({
  type: 'ORGANIZATION-CREATED',
  version: 1,
  description: 'An organization began; its creator is its owner.',
  aggregate: 'organization',
  data: organizationData,
  example: organizationExample,
});
const organizationUpdated = defineLifecycleEvent({
  type: 'ORGANIZATION-UPDATED',
  version: 1,
  description: 'An organization was renamed, or who owns it changed.',
  aggregate: 'organization',
  data: organizationData,
  example: organizationExample,
});

const memberData = z.object({ organizationId: z.string(), subject: z.string(), role });
const memberExample = {
  organizationId: organizationExample.organizationId,
  subject: 'auth0|42',
  role: 'manager',
} as const;

const memberAdded = defineLifecycleEvent({
  type: 'MEMBER-ADDED',
  version: 1,
  description: 'Somebody became a member of an organization.',
  aggregate: 'member',
  data: memberData,
  example: memberExample,
});
const memberUpdated = defineLifecycleEvent({
  type: 'MEMBER-UPDATED',
  version: 1,
  description: 'A member got another role, session or window.',
  aggregate: 'member',
  data: memberData,
  example: memberExample,
});
const memberRemoved = defineLifecycleEvent({
  type: 'MEMBER-REMOVED',
  version: 1,
  description: 'Somebody is no longer a member.',
  aggregate: 'member',
  data: memberData,
  example: memberExample,
});

export const identityLifecycleEvents = [
  organizationCreated,
  organizationUpdated,
  memberAdded,
  memberUpdated,
  memberRemoved,
] as const;

/** The lifecycle events that a change of the identity table means. */
export const identityLifecycle = ({
  kind,
  before,
  after,
  seenAt,
}: StreamChange): readonly LifecycleEvent[] => {
  const item = after ?? before;
  if (item?.sk === 'ORG' && after !== undefined) {
    const {
      organizationId,
      name,
      kind: organizationKind,
      revision,
      change,
    } = after as OrganizationItem & { change: Change };
    const fact = {
      aggregateId: organizationId,
      sequence: revision,
      change,
      organizationId,
      data: { organizationId, name, kind: organizationKind },
    };
    return [lifecycleEvent(kind === 'INSERT' ? organizationCreated : organizationUpdated, fact)];
  }
  if (item?.sk.startsWith('MEMBER#')) {
    const {
      organizationId,
      subject,
      role: memberRole,
      revision,
      change,
    } = item as MemberItem & { change: Change };
    const fact = {
      aggregateId: `${organizationId}/${subject}`,
      // A removal leaves no item to carry its own revision and stamp.
      sequence: kind === 'REMOVE' ? revision + 1 : revision,
      change: kind === 'REMOVE' ? { ...change, what: 'member.removed', at: seenAt.toISOString() } : change,
      organizationId,
      data: { organizationId, subject, role: memberRole },
    };
    const definition = { INSERT: memberAdded, MODIFY: memberUpdated, REMOVE: memberRemoved }[kind];
    return [lifecycleEvent(definition, fact)];
  }
  return [];
};
