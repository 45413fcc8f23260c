import type { Layout } from './layout.ts';

/**
 * Plan documents in the bucket, under keys that follow from their content: writing one twice is writing
 * the same. The S3 client is loaded on first use, since most requests need none.
 */
const loadS3 = async () => {
  const [{ S3Client, ...commands }, { clientSettings }] = await Promise.all([
    import('@aws-sdk/client-s3'),
    import('../platform/aws-client.ts'),
  ]);
  const client = new S3Client({
    ...clientSettings('s3'),
    // Emulators serve buckets by path; AWS takes both.
    forcePathStyle: true,
    // A presigned PUT cannot carry the checksum of a body that the client has yet to send.
    requestChecksumCalculation: 'WHEN_REQUIRED',
  });
  return { client, ...commands };
};
let loaded: ReturnType<typeof loadS3> | undefined;
const s3 = (): ReturnType<typeof loadS3> => {
  loaded ??= loadS3();
  return loaded;
};

const layoutKey = (venueId: string, planVersion: string): string =>
  `plans/${venueId}/${planVersion}/layout.json`;
const planKey = (venueId: string, planVersion: string): string => `plans/${venueId}/${planVersion}/plan.json`;
const uploadKey = (organizationId: string, uploadId: string): string =>
  `uploads/${organizationId}/${uploadId}`;

export const uploadSeconds = 15 * 60;

const putJson = async (bucket: string, key: string, body: string): Promise<void> => {
  const { client, PutObjectCommand } = await s3();
  await client.send(
    new PutObjectCommand({ Bucket: bucket, Key: key, Body: body, ContentType: 'application/json' }),
  );
};

const getText = async (bucket: string, key: string): Promise<string | undefined> => {
  const { client, GetObjectCommand } = await s3();
  try {
    const object = await client.send(new GetObjectCommand({ Bucket: bucket, Key: key }));
    return await object.Body?.transformToString('utf-8');
  } catch (error) {
    if (error instanceof Error && error.name === 'NoSuchKey') return undefined;
    throw error;
  }
};

/** Stores a plan as it was imported and its layout. */
export const writePlan = async (bucket: string, layout: Layout, plan: unknown): Promise<void> => {
  const { venueId, planVersion } = layout;
  await putJson(bucket, planKey(venueId, planVersion), JSON.stringify(plan));
  await putJson(bucket, layoutKey(venueId, planVersion), JSON.stringify(layout));
};

/** The layout of a plan version that a session is pinned to. */
export const readLayout = async (bucket: string, venueId: string, planVersion: string): Promise<Layout> => {
  const text = await getText(bucket, layoutKey(venueId, planVersion));
  if (text === undefined) throw new Error(`The layout of ${planVersion} is gone`);
  return JSON.parse(text) as Layout;
};

/** What was uploaded under an id of this organization; undefined when nothing was. */
export const readUpload = (
  bucket: string,
  organizationId: string,
  uploadId: string,
): Promise<string | undefined> => getText(bucket, uploadKey(organizationId, uploadId));

/** A URL that takes one PUT of exactly this type and length, for fifteen minutes. */
export const presignUpload = async (
  bucket: string,
  organizationId: string,
  uploadId: string,
  contentType: string,
  bytes: number,
): Promise<string> => {
  const [{ client, PutObjectCommand }, { getSignedUrl }] = await Promise.all([
    s3(),
    import('@aws-sdk/s3-request-presigner'),
  ]);
  return getSignedUrl(
    client as never,
    new PutObjectCommand({
      Bucket: bucket,
      Key: uploadKey(organizationId, uploadId),
      ContentType: contentType,
      ContentLength: bytes,
    }) as never,
    { expiresIn: uploadSeconds, signableHeaders: new Set(['content-type', 'content-length']) },
  );
};
