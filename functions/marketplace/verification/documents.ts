import { copyObject, deleteObject, presignDownload } from '../../platform/objects.ts';
import { fileEndingOf } from '../../platform/upload-kinds.ts';
import { uploadedFacts, uploadKey } from '../../platform/uploads.ts';
import { documentsKeptDays, type SubmittedDocument, type Verification } from './verification.ts';

/** How long a link to a document works. */
export const documentLinkSeconds = 5 * 60;

/** Papers of a submission. Each has keys of its own, so that no other loses what it took. */
interface Papers {
  readonly bucket: string;
  readonly organizationId: string;
  readonly truckId: string;
  readonly submissionId: string;
}

const documentKey = ({ truckId, submissionId }: Omit<Papers, 'bucket' | 'organizationId'>, id: string) =>
  `documents/${truckId}/${submissionId}/${id}`;

/** Type and size of an uploaded document; undefined when there is none. */
export const documentFacts = ({ bucket, organizationId }: Papers, uploadId: string) =>
  uploadedFacts(
    bucket,
    'verification_document',
    uploadKey(organizationId, 'verification_document', uploadId),
  );

/** Keeps uploads as documents, beyond the day that an upload lives. @returns whether all were still there. */
export const keepDocuments = async (papers: Papers, ids: readonly string[]): Promise<boolean> => {
  const kept = await Promise.all(
    ids.map((id) =>
      copyObject(
        papers.bucket,
        uploadKey(papers.organizationId, 'verification_document', id),
        documentKey(papers, id),
      ),
    ),
  );
  return kept.every(Boolean);
};

/** Forgets documents that were kept for a submission that was not taken. */
export const dropDocuments = async (papers: Papers, ids: readonly string[]): Promise<void> => {
  await Promise.all(ids.map((id) => deleteObject(papers.bucket, documentKey(papers, id))));
};

/** When the documents of a submission are deleted, in milliseconds of the epoch. */
const keptUntil = ({ submittedAt }: Pick<Verification, 'submittedAt'>): number =>
  Date.parse(submittedAt) + documentsKeptDays * 24 * 60 * 60 * 1_000;

/** A link to a document that works for five minutes; undefined when it is not kept any more. */
export const documentLink = async (
  bucket: string,
  verification: Pick<Verification, 'submissionId' | 'submittedAt'> & { readonly truckId: string },
  { id, kind, contentType }: SubmittedDocument,
  now: Date,
): Promise<string | undefined> =>
  now.getTime() < keptUntil(verification)
    ? presignDownload(
        bucket,
        documentKey(verification, id),
        `${kind}.${fileEndingOf(contentType)}`,
        documentLinkSeconds,
      )
    : undefined;
