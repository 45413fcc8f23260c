import * as z from 'zod';
import { pageOf, pageQuery } from '../platform/cursor.ts';
import { policy, route, signedIn } from '../platform/route.ts';
import { instant } from '../platform/time.ts';
import { member, organization, organizationId, role, subject } from './membership.ts';

const tags = ['Organizations'] as const;
const organizationParams = z.strictObject({ organizationId });
const memberParams = z.strictObject({ organizationId, subject });

const organizationExample = {
  id: 'org_5zr1v9n6q0w8c4t2m7k3x1y9ab',
  name: 'Paraninfo Concerts',
  kind: 'organizer',
  createdAt: '2026-11-20T18:00:00.000Z',
  updatedAt: '2026-11-20T18:00:00.000Z',
} as const;
const memberExample = { subject: 'auth0|42', role: 'manager', addedAt: '2026-11-20T18:00:00.000Z' } as const;
const name = z.string().trim().min(1).max(120);

const termsBody = {
  role,
  sessionId: z
    .string()
    .max(64)
    .optional()
    .meta({ description: 'Staff only: the one session they may work at.' }),
  from: instant.optional().meta({ description: 'Staff only: not before this instant.' }),
  until: instant.optional().meta({ description: 'Staff only: not from this instant on.' }),
};

export const createOrganization = route({
  operationId: 'createOrganization',
  method: 'POST',
  path: '/organizations',
  function: 'identity-commands',
  tags,
  summary: 'Start an organization',
  description: 'The caller becomes its owner.',
  access: signedIn('CreateOrganization'),
  creates: true,
  body: z.strictObject({ name, kind: z.enum(['organizer', 'truck']) }),
  requestExample: { name: 'Paraninfo Concerts', kind: 'organizer' },
  responses: {
    201: { description: 'The organization.', schema: organization, example: organizationExample },
  },
});

export const listOrganizations = route({
  operationId: 'listOrganizations',
  method: 'GET',
  path: '/organizations',
  function: 'identity-queries',
  tags,
  summary: 'Organizations that the caller belongs to',
  access: signedIn('ListOrganizations'),
  responses: {
    200: {
      description: 'At most 100, with the caller’s role.',
      schema: z.strictObject({ items: z.array(organization.extend({ role })) }),
      example: { items: [{ ...organizationExample, role: 'owner' }] },
    },
  },
});

export const getOrganization = route({
  operationId: 'getOrganization',
  method: 'GET',
  path: '/organizations/{organizationId}',
  function: 'identity-queries',
  tags,
  summary: 'An organization',
  access: policy('ReadOrganization', { kind: 'organization', from: 'params.organizationId' }),
  params: organizationParams,
  responses: {
    200: { description: 'The organization.', schema: organization, example: organizationExample },
  },
});

export const updateOrganization = route({
  operationId: 'updateOrganization',
  method: 'PATCH',
  path: '/organizations/{organizationId}',
  function: 'identity-commands',
  tags,
  summary: 'Rename an organization',
  access: policy('UpdateOrganization', { kind: 'organization', from: 'params.organizationId' }),
  ifMatch: true,
  params: organizationParams,
  body: z.strictObject({ name }),
  requestExample: { name: 'Paraninfo Concerts and Theatre' },
  responses: { 200: { description: 'As it is now.', schema: organization, example: organizationExample } },
});

export const addMember = route({
  operationId: 'addMember',
  method: 'POST',
  path: '/organizations/{organizationId}/members',
  function: 'identity-commands',
  tags,
  summary: 'Make somebody a member',
  description:
    'Memberships are data of the platform, not claims of the token. Staff may be limited to a session and a window.',
  access: policy('AddMember', { kind: 'organization', from: 'params.organizationId' }),
  creates: true,
  params: organizationParams,
  body: z.strictObject({ subject, ...termsBody }),
  requestExample: { subject: 'auth0|42', role: 'manager' },
  responses: { 201: { description: 'The member.', schema: member, example: memberExample } },
  problems: ['ALREADY_A_MEMBER'],
});

export const listMembers = route({
  operationId: 'listMembers',
  method: 'GET',
  path: '/organizations/{organizationId}/members',
  function: 'identity-queries',
  tags,
  summary: 'Members of an organization',
  access: policy('ListMembers', { kind: 'organization', from: 'params.organizationId' }),
  params: organizationParams,
  query: z.strictObject(pageQuery),
  responses: { 200: { description: 'A page.', schema: pageOf(member), example: { items: [memberExample] } } },
});

export const getMember = route({
  operationId: 'getMember',
  method: 'GET',
  path: '/organizations/{organizationId}/members/{subject}',
  function: 'identity-queries',
  tags,
  summary: 'A member',
  access: policy('ListMembers', { kind: 'organization', from: 'params.organizationId' }),
  params: memberParams,
  responses: { 200: { description: 'The member.', schema: member, example: memberExample } },
});

export const updateMember = route({
  operationId: 'updateMember',
  method: 'PATCH',
  path: '/organizations/{organizationId}/members/{subject}',
  function: 'identity-commands',
  tags,
  summary: 'Give a member another role, session or window',
  description: 'The terms given replace the old ones.',
  access: policy('UpdateMember', { kind: 'organization', from: 'params.organizationId' }),
  ifMatch: true,
  params: memberParams,
  body: z.strictObject(termsBody),
  requestExample: { role: 'staff', from: '2026-11-20T16:00:00Z', until: '2026-11-20T23:00:00Z' },
  responses: { 200: { description: 'As it is now.', schema: member, example: memberExample } },
  problems: ['LAST_OWNER'],
});

export const removeMember = route({
  operationId: 'removeMember',
  method: 'DELETE',
  path: '/organizations/{organizationId}/members/{subject}',
  function: 'identity-commands',
  tags,
  summary: 'End a membership',
  access: policy('RemoveMember', { kind: 'organization', from: 'params.organizationId' }),
  params: memberParams,
  responses: { 204: { description: 'No longer a member.' } },
  problems: ['LAST_OWNER'],
});

export const getMe = route({
  operationId: 'getMe',
  method: 'GET',
  path: '/me',
  function: 'identity-queries',
  tags,
  summary: 'Who the token says the caller is',
  access: signedIn('ReadMe'),
  responses: {
    200: {
      description: 'The caller.',
      schema: z.strictObject({
        subject: z.string(),
        roles: z.array(z.string()),
        memberships: z.array(
          z.strictObject({
            organizationId: z.string(),
            role,
            sessionId: z.string().optional(),
            from: instant.optional(),
            until: instant.optional(),
          }),
        ),
      }),
      example: {
        subject: 'auth0|42',
        roles: [],
        memberships: [{ organizationId: organizationExample.id, role: 'owner' }],
      },
    },
  },
});

export const identityCommandRoutes = {
  createOrganization,
  updateOrganization,
  addMember,
  updateMember,
  removeMember,
};
export const identityQueryRoutes = { listOrganizations, getOrganization, listMembers, getMember, getMe };
