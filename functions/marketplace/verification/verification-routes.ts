import * as z from 'zod';
import { pageOf, pageQuery } from '../../platform/cursor.ts';
import { idOf } from '../../platform/id-schema.ts';
import { policy, route, signedIn } from '../../platform/route.ts';
import { truckParams } from '../truck-params.ts';
import { documentKind, maxDocuments, outcome, submissionId } from './verification.ts';
import { verificationEntry, verificationSchema, verificationWithDecisions } from './verification-view.ts';

const id = (prefix: string) => `${prefix}_5zr1v9n6q0w8c4t2m7k3x1y9ab`;
const at = '2026-11-20T18:00:00.000Z';
const ofTruck = (action: string) => policy(action, { kind: 'truck', from: 'params.truckId' });

const submission = {
  submissionId: id('ver'),
  subject: { name: 'La Carreta', home: { city: 'Cluj-Napoca', lat: 46.7712, lon: 23.6236 } },
  submittedAt: at,
  submittedBy: 'auth0|ana',
};
const paper = { id: id('upl'), kind: 'food_safety' as const };
const example: z.input<typeof verificationSchema> = {
  status: 'submitted',
  ...submission,
  documents: [{ ...paper, contentType: 'application/pdf', bytes: 81_920 }],
};

export const submitVerification = route({
  operationId: 'submitVerification',
  method: 'POST',
  path: '/trucks/{truckId}/verification',
  function: 'marketplace-commands',
  tags: ['Verification'],
  summary: 'Submit the papers of a truck',
  description:
    'Uploads of the kind `verification_document`. They are judged for the name and home that the truck has now. ' +
    'A truck that is verified stays so until its new papers are decided on.',
  access: ofTruck('ManageVerification'),
  creates: true,
  params: truckParams,
  body: z.strictObject({
    documents: z
      .array(z.strictObject({ uploadId: idOf('upl'), kind: documentKind }))
      .min(1)
      .max(maxDocuments)
      .refine((documents) => new Set(documents.map(({ uploadId }) => uploadId)).size === documents.length, {
        error: 'Each upload once',
      }),
  }),
  requestExample: { documents: [{ uploadId: paper.id, kind: paper.kind }] },
  responses: {
    201: { description: 'The papers, waiting for an admin.', schema: verificationSchema, example },
  },
  problems: ['TRANSITION_NOT_ALLOWED', 'UPLOAD_NOT_FOUND'],
});

export const getVerification = route({
  operationId: 'getVerification',
  method: 'GET',
  path: '/trucks/{truckId}/verification',
  function: 'marketplace-queries',
  tags: ['Verification'],
  summary: 'The papers of a truck and what became of them',
  description: 'For owners and managers of its organization, and admins.',
  access: ofTruck('ManageVerification'),
  params: truckParams,
  responses: {
    200: {
      description: 'The latest papers, and every decision.',
      schema: verificationWithDecisions,
      example: { ...example, decisions: [] },
    },
  },
});

export const decideVerification = route({
  operationId: 'decideVerification',
  method: 'POST',
  path: '/admin/trucks/{truckId}/verification/decision',
  function: 'marketplace-commands',
  tags: ['Verification'],
  summary: 'Decide on the papers of a truck',
  description:
    'Admins only. `withdrawn` takes back that a truck is verified; it may submit anew. With `submissionId`, nothing is ' +
    'decided unless those papers are still the latest: 412.',
  access: ofTruck('DecideVerification'),
  params: truckParams,
  body: z
    .strictObject({
      decision: outcome,
      reason: z.string().trim().min(1).max(1_000).optional(),
      submissionId: submissionId.optional(),
    })
    .refine(({ decision, reason }) => decision === 'verified' || reason !== undefined, {
      error: 'What is decided against a truck says why',
      path: ['reason'],
    }),
  requestExample: { decision: 'rejected', reason: 'The food safety certificate has expired.' },
  responses: {
    200: {
      description: 'As they are now.',
      schema: verificationSchema,
      example: {
        ...example,
        status: 'verified',
        decision: { outcome: 'verified', at, by: 'auth0|admin' },
      },
    },
  },
  problems: ['PRECONDITION_FAILED', 'TRANSITION_NOT_ALLOWED'],
});

export const listVerifications = route({
  operationId: 'listVerifications',
  method: 'GET',
  path: '/admin/trucks/verifications',
  function: 'marketplace-queries',
  tags: ['Verification'],
  summary: 'Papers that wait, or that were decided on',
  description: 'Admins only. The longest in that status first.',
  access: signedIn('ListVerifications'),
  query: z.strictObject({
    ...pageQuery,
    status: z.enum(['submitted', ...outcome.options]).default('submitted'),
  }),
  responses: {
    200: {
      description: 'A page.',
      schema: pageOf(verificationEntry),
      example: {
        items: [
          {
            truckId: id('trk'),
            organizationId: id('org'),
            status: 'submitted',
            ...submission,
            documents: [paper],
          },
        ],
      },
    },
  },
});
