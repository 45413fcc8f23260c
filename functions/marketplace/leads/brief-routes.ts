import * as z from 'zod';
import { idOf } from '../../platform/id-schema.ts';
import { policy, route } from '../../platform/route.ts';
import { instant } from '../../platform/time.ts';
import { briefFields, briefId, newBrief } from './brief.ts';

const id = (prefix: string) => `${prefix}_5zr1v9n6q0w8c4t2m7k3x1y9ab`;
const at = '2026-11-20T18:00:00.000Z';

export const briefParams = z.strictObject({ briefId });

const brief = z
  .strictObject({
    id: briefId,
    organizationId: idOf('org'),
    ...briefFields,
    timeZone: z.string(),
    createdAt: instant,
    updatedAt: instant,
  })
  .meta({ id: 'Brief' });

const body: z.input<typeof newBrief> = {
  name: 'Company picnic',
  venue: { city: 'Cluj-Napoca', lat: 46.7712, lon: 23.6236 },
  startsAt: '2027-06-12T10:00:00Z',
  endsAt: '2027-06-12T14:00:00Z',
  guests: 200,
  budget: { amount: 900_000, currency: 'RON' },
  contact: { name: 'Ana Pop', email: 'ana@example.com', phone: '+40 722 000 000' },
};
export const briefExample: z.input<typeof brief> = {
  id: id('brf'),
  organizationId: id('org'),
  ...body,
  timeZone: 'Europe/Bucharest',
  createdAt: at,
  updatedAt: at,
};

export const createBrief = route({
  operationId: 'createBrief',
  method: 'POST',
  path: '/briefs',
  function: 'leads-commands',
  tags: ['Leads'],
  summary: 'Say what food is looked for',
  description: 'When, where and for how many guests. Trucks are asked about it by POST /leads.',
  access: policy('CreateBrief', { kind: 'organization', from: 'body.organizationId' }),
  creates: true,
  body: newBrief.safeExtend({
    organizationId: idOf('org')
      .optional()
      .meta({ description: 'May be left out by a caller of exactly one organization.' }),
  }),
  requestExample: body,
  responses: { 201: { description: 'The brief.', schema: brief, example: briefExample } },
});
