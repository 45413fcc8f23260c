import { ok, type Problem, problem } from '../../platform/answer.ts';
import type { Handlers } from '../../platform/route.ts';
import { isReplay } from '../../platform/serve.ts';
import type { Table } from '../../platform/table.ts';
import type { MarketplaceLoaders } from '../loaders.ts';
import type { marketplaceCommandRoutes } from '../routes.ts';
import { documentFacts, dropDocuments, keepDocuments } from './documents.ts';
import {
  decideOutcome,
  decideSubmission,
  type SubmittedDocument,
  type VerificationRefusal,
  verificationTransitions,
} from './verification.ts';
import { openVerifications, type VerificationItem } from './verification-store.ts';
import { verificationView } from './verification-view.ts';

type Commands = Handlers<typeof marketplaceCommandRoutes, MarketplaceLoaders>;

const refusal = (refused: VerificationRefusal): Problem =>
  refused.kind === 'other_submission'
    ? problem('PRECONDITION_FAILED', { detail: 'Other papers were submitted since.' })
    : problem('TRANSITION_NOT_ALLOWED', {
        members: {
          currentStatus: refused.status,
          allowed: Object.keys(verificationTransitions[refused.status]),
        },
      });

export const verificationCommands = (
  table: Table,
  bucket: string,
): Pick<Commands, 'submitVerification' | 'decideVerification'> => {
  const verifications = openVerifications(table);

  return {
    async submitVerification(request) {
      const { truckId, organizationId, name, home } = request.resource.entity;
      const submissionId = request.newId('ver');
      const replayOf = (item: VerificationItem) =>
        isReplay(item, request)
          ? ok(201, verificationView(item), { replayed: true })
          : problem('IDEMPOTENCY_KEY_REUSED');
      const before = await verifications.get(truckId);
      const decision = decideSubmission(before, submissionId);
      if (decision.kind === 'repeat') return replayOf(before as VerificationItem);
      if (decision.kind !== 'submit') return refusal(decision);

      const papers = { bucket, organizationId, truckId, submissionId };
      const found = await Promise.all(
        request.body.documents.map(async ({ uploadId: id, kind }): Promise<SubmittedDocument | undefined> => {
          const facts = await documentFacts(papers, id);
          return facts && { id, kind, ...facts };
        }),
      );
      const documents = found.filter((document) => document !== undefined);
      const missing = request.body.documents.filter(({ uploadId }) =>
        documents.every(({ id }) => id !== uploadId),
      );
      if (missing.length > 0)
        return problem('UPLOAD_NOT_FOUND', {
          members: { uploadIds: missing.map(({ uploadId }) => uploadId) },
        });
      const ids = documents.map(({ id }) => id);
      // The documents first: what the item names is there.
      if (!(await keepDocuments(papers, ids))) return problem('UPLOAD_NOT_FOUND');
      const submitted = {
        truckId,
        organizationId,
        status: 'submitted' as const,
        submissionId,
        subject: { name, home },
        documents,
        submittedAt: request.now.toISOString(),
        submittedBy: request.caller.subject,
        requestHash: request.idempotency.requestHash,
      };
      const written = await verifications.submit(before, submitted, request);
      if (written.written) return ok(201, verificationView(submitted));
      const old = written.old as VerificationItem;
      if (old.submissionId === submissionId) return replayOf(old);
      await dropDocuments(papers, ids);
      return refusal({ kind: 'not_allowed', status: old.status });
    },

    async decideVerification(request) {
      const { decision: outcome, reason, submissionId } = request.body;
      const by = request.caller.subject;
      const decide = (item: VerificationItem | undefined) =>
        decideOutcome(item, { outcome, reason, by, submissionId });

      const before = await verifications.get(request.params.truckId);
      const decision = decide(before);
      if (decision.kind === 'repeat') return ok(200, verificationView(decision.current));
      if (decision.kind !== 'decide') return refusal(decision);
      const decided = await verifications.decide(
        before as VerificationItem,
        { outcome, ...(reason !== undefined && { reason }), at: request.now.toISOString(), by },
        request,
      );
      if (decided !== undefined) return ok(200, verificationView(decided));
      // Somebody else was faster: what they left says what is allowed now.
      const after = decide(await verifications.get(request.params.truckId));
      if (after.kind === 'repeat') return ok(200, verificationView(after.current));
      return after.kind === 'decide' ? problem('PRECONDITION_FAILED') : refusal(after);
    },
  };
};
