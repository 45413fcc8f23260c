import * as z from 'zod';
import { idOf } from '../platform/id-schema.ts';
import { instant } from '../platform/time.ts';

export const role = z.enum(['owner', 'manager', 'staff']);

export const organizationId = idOf('org');

/** `sub` of a token; opaque to us, printable, no separators of our keys. */
export const subject = z
  .string()
  .min(1)
  .max(128)
  .regex(/^[\w.@:|+=-]+$/, { error: 'Letters, digits and . _ @ : | + = - only' });

export const organization = z
  .strictObject({
    id: organizationId,
    name: z.string(),
    kind: z.enum(['organizer', 'truck']),
    createdAt: instant,
    updatedAt: instant,
  })
  .meta({ id: 'Organization' });

export const member = z
  .strictObject({
    subject,
    role,
    sessionId: z.string().optional(),
    from: instant.optional(),
    until: instant.optional(),
    addedAt: instant,
  })
  .meta({ id: 'Member' });

export type Organization = z.output<typeof organization>;
export type Member = z.output<typeof member>;
export type Role = z.output<typeof role>;

/** The limits that only staff may have: one session and a window of instants. */
export interface MemberTerms {
  readonly role: Role;
  readonly sessionId?: string | undefined;
  readonly from?: string | undefined;
  readonly until?: string | undefined;
}

/** Whether terms make sense: limits are for staff only and a window must not end before it begins. */
export const termsFault = (terms: MemberTerms): { pointer: string; detail: string } | undefined => {
  if (terms.role !== 'staff') {
    const limit = (['sessionId', 'from', 'until'] as const).find((name) => terms[name] !== undefined);
    return limit && { pointer: `/${limit}`, detail: 'Only staff can be limited to a session or a window.' };
  }
  return terms.from !== undefined &&
    terms.until !== undefined &&
    Date.parse(terms.until) <= Date.parse(terms.from)
    ? { pointer: '/until', detail: 'The window ends before it begins.' }
    : undefined;
};
