import * as z from 'zod';
import { idOf } from '../../platform/id-schema.ts';
import { instant } from '../../platform/time.ts';
import { truckFields, truckId } from '../truck.ts';
import {
  documentKind,
  outcome,
  submissionId,
  type Verification,
  verificationStatus,
} from './verification.ts';

const document = z.strictObject({
  id: idOf('upl'),
  kind: documentKind,
  contentType: z.string(),
  bytes: z.int(),
  url: z.url().optional().meta({ description: 'Where to load it from, for five minutes.' }),
});

const decision = z.strictObject({ outcome, reason: z.string().optional(), at: instant, by: z.string() });

const submission = z.strictObject({
  submissionId,
  subject: z.strictObject({ name: truckFields.name, home: truckFields.home }),
  submittedAt: instant,
  submittedBy: z.string(),
  decision: decision.optional(),
});

/** The papers of a truck, for its organization and admins. */
export const verificationSchema = z
  .strictObject({
    status: verificationStatus,
    ...submission.partial().shape,
    documents: z.array(document),
  })
  .meta({ id: 'Verification' });

/** With all that was decided before, also on earlier papers. */
export const verificationWithDecisions = verificationSchema
  .extend({
    decisions: z
      .array(decision.extend({ submissionId }))
      .meta({ description: 'The latest hundred, the latest first.' }),
  })
  .meta({ id: 'VerificationWithDecisions' });

/** A line of the list of admins. */
export const verificationEntry = z
  .strictObject({
    truckId,
    organizationId: idOf('org'),
    status: verificationStatus,
    ...submission.shape,
    documents: z.array(z.strictObject({ id: idOf('upl'), kind: documentKind })),
  })
  .meta({ id: 'VerificationEntry' });

const submissionView = (verification: Verification) => ({
  submissionId: verification.submissionId,
  subject: verification.subject,
  submittedAt: verification.submittedAt,
  submittedBy: verification.submittedBy,
  ...(verification.decision !== undefined && { decision: verification.decision }),
});

/** @param urlOf links to documents by their ids, where the caller wants them. */
export const verificationView = (
  verification: Verification | undefined,
  urls: ReadonlyMap<string, string> = new Map(),
): z.output<typeof verificationSchema> =>
  verification === undefined
    ? { status: 'none', documents: [] }
    : {
        status: verification.status,
        ...submissionView(verification),
        documents: verification.documents.map((one) => {
          const url = urls.get(one.id);
          return { ...one, ...(url !== undefined && { url }) };
        }),
      };

export const verificationEntryView = (
  verification: Verification & { readonly truckId: string; readonly organizationId: string },
): z.output<typeof verificationEntry> => ({
  truckId: verification.truckId,
  organizationId: verification.organizationId,
  status: verification.status,
  ...submissionView(verification),
  documents: verification.documents.map(({ id, kind }) => ({ id, kind })),
});
