import { factsOf, type ObjectFacts, presignPut } from './objects.ts';
import { type UploadKindName, uploadKinds } from './upload-kinds.ts';

/** How long an upload may begin after it was asked for. */
export const uploadSeconds = 15 * 60;

/** Uploads that nothing took in are forgotten after a day: the bucket’s lifecycle rule deletes them. */
export const uploadKeptSeconds = 24 * 60 * 60;

/** Whose it is and what for are in the key: neither another organization nor another use finds it. */
export const uploadKey = (organizationId: string, kind: UploadKindName, uploadId: string): string =>
  `uploads/${organizationId}/${kind}/${uploadId}`;

/** A URL that takes one PUT of exactly this type and length, for fifteen minutes; the store checks both. */
export const presignUpload = (bucket: string, key: string, facts: ObjectFacts): Promise<string> =>
  presignPut(bucket, key, facts, uploadSeconds);

/**
 * Type and size of what was uploaded under a key; undefined when nothing was, or nothing that its kind allows:
 * S3 takes no such thing by our URLs, but emulators of it do.
 */
export const uploadedFacts = async (
  bucket: string,
  kind: UploadKindName,
  key: string,
): Promise<ObjectFacts | undefined> => {
  const facts = await factsOf(bucket, key);
  const { contentTypes, maxBytes } = uploadKinds[kind];
  const isAllowed =
    facts !== undefined &&
    (contentTypes as readonly string[]).includes(facts.contentType) &&
    facts.bytes <= maxBytes;
  return isAllowed ? facts : undefined;
};
