import { copyObject, deleteObject, presignDownload } from '../../platform/objects.ts';
import { fileEndingOf } from '../../platform/upload-kinds.ts';
import { uploadedFacts, uploadKey } from '../../platform/uploads.ts';
import type { Attachment, Message } from './thread.ts';

/** How long a link to an attachment works. */
export const attachmentLinkSeconds = 5 * 60;

/** Of which message; each has keys of its own, so that none loses what another let go. */
type OfMessage = Pick<Message, 'leadId' | 'messageId'>;

const attachmentKey = ({ leadId, messageId }: OfMessage, attachmentId: string): string =>
  `attachments/${leadId}/${messageId}/${attachmentId}`;

export type Kept =
  | { readonly kind: 'kept'; readonly attachments: readonly Attachment[] }
  /** Nothing was uploaded under these ids, by their place in the list. */
  | { readonly kind: 'missing'; readonly indexes: readonly number[] };

/**
 * Keeps uploads of an organization as attachments, beyond the day that an upload lives. Who dies before the message is
 * written leaves copies that nobody finds; a repeat of the message takes them up.
 */
export const keepAttachments = async (
  bucket: string,
  organizationId: string,
  message: OfMessage,
  uploadIds: readonly string[],
): Promise<Kept> => {
  const uploads = await Promise.all(
    uploadIds.map(async (attachmentId) => {
      const key = uploadKey(organizationId, 'message_attachment', attachmentId);
      return { attachmentId, key, facts: await uploadedFacts(bucket, 'message_attachment', key) };
    }),
  );
  const kept = await Promise.all(
    uploads.map(
      async ({ attachmentId, key, facts }): Promise<Attachment | undefined> =>
        facts !== undefined && (await copyObject(bucket, key, attachmentKey(message, attachmentId)))
          ? { attachmentId, ...facts }
          : undefined,
    ),
  );
  const indexes = kept.flatMap((attachment, index) => (attachment === undefined ? [index] : []));
  if (indexes.length > 0) {
    await dropAttachments(bucket, message, uploadIds);
    return { kind: 'missing', indexes };
  }
  return { kind: 'kept', attachments: kept.filter((attachment) => attachment !== undefined) };
};

/** Forgets attachments of a message that was not taken. */
export const dropAttachments = async (
  bucket: string,
  message: OfMessage,
  ids: readonly string[],
): Promise<void> => {
  await Promise.all(ids.map((id) => deleteObject(bucket, attachmentKey(message, id))));
};

/** A link that saves an attachment as a file. */
export const attachmentLink = (
  bucket: string,
  message: OfMessage,
  { attachmentId, contentType }: Attachment,
): Promise<string> =>
  presignDownload(
    bucket,
    attachmentKey(message, attachmentId),
    `${attachmentId}.${fileEndingOf(contentType)}`,
    attachmentLinkSeconds,
  );
