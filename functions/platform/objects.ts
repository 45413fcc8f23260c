/**
 * Objects in S3. The client is loaded on first use, since most requests need none.
 */
const loadS3 = async () => {
  const [{ S3Client, ...commands }, { clientSettings, withoutFrills }] = await Promise.all([
    import('@aws-sdk/client-s3'),
    import('./aws-client.ts'),
  ]);
  const client = withoutFrills(
    new S3Client({
      ...clientSettings('s3'),
      // Emulators serve buckets by path; AWS takes both.
      forcePathStyle: true,
      // A presigned PUT cannot carry the checksum of a body that the client has yet to send.
      requestChecksumCalculation: 'WHEN_REQUIRED',
    }),
  );
  return { client, ...commands };
};
let loaded: ReturnType<typeof loadS3> | undefined;
const s3 = (): ReturnType<typeof loadS3> => {
  loaded ??= loadS3();
  return loaded;
};

/** What is said of an object without reading it. */
export interface ObjectFacts {
  readonly contentType: string;
  readonly bytes: number;
}

/** How an object is kept beside its content. */
export interface ObjectHeaders {
  readonly contentType: string;
  readonly cacheControl?: string;
}

/** S3 names a missing object in one way when it is read, and in another when it is asked about. */
const unlessMissing = async <T>(read: Promise<T>): Promise<T | undefined> => {
  try {
    return await read;
  } catch (error) {
    if (error instanceof Error && (error.name === 'NoSuchKey' || error.name === 'NotFound')) return undefined;
    throw error;
  }
};

export const putObject = async (
  bucket: string,
  key: string,
  body: string | Uint8Array,
  { contentType, cacheControl }: ObjectHeaders,
): Promise<void> => {
  const { client, PutObjectCommand } = await s3();
  await client.send(
    new PutObjectCommand({
      Bucket: bucket,
      Key: key,
      Body: body,
      ContentType: contentType,
      ...(cacheControl !== undefined && { CacheControl: cacheControl }),
    }),
  );
};

/** An object as text; undefined when there is none. */
export const getText = async (bucket: string, key: string): Promise<string | undefined> => {
  const { client, GetObjectCommand } = await s3();
  const object = await unlessMissing(client.send(new GetObjectCommand({ Bucket: bucket, Key: key })));
  return object?.Body?.transformToString('utf-8');
};

/** An object’s bytes; undefined when there is none. */
export const getBytes = async (bucket: string, key: string): Promise<Uint8Array | undefined> => {
  const { client, GetObjectCommand } = await s3();
  const object = await unlessMissing(client.send(new GetObjectCommand({ Bucket: bucket, Key: key })));
  return object?.Body?.transformToByteArray();
};

/** Type and size of an object; undefined when there is none. */
export const factsOf = async (bucket: string, key: string): Promise<ObjectFacts | undefined> => {
  const { client, HeadObjectCommand } = await s3();
  const head = await unlessMissing(client.send(new HeadObjectCommand({ Bucket: bucket, Key: key })));
  return head && { contentType: head.ContentType ?? '', bytes: head.ContentLength ?? 0 };
};

/**
 * Copies an object within its bucket, as it is and with its type.
 * @returns whether there was one to copy.
 */
export const copyObject = async (bucket: string, from: string, to: string): Promise<boolean> => {
  const { client, CopyObjectCommand } = await s3();
  const copied = await unlessMissing(
    client.send(new CopyObjectCommand({ Bucket: bucket, CopySource: `${bucket}/${from}`, Key: to })),
  );
  return copied !== undefined;
};

/** Deletes an object; that there is none is fine. */
export const deleteObject = async (bucket: string, key: string): Promise<void> => {
  const { client, DeleteObjectCommand } = await s3();
  await client.send(new DeleteObjectCommand({ Bucket: bucket, Key: key }));
};

/** A URL that takes one PUT of exactly this type and length. */
export const presignPut = async (
  bucket: string,
  key: string,
  { contentType, bytes }: ObjectFacts,
  expiresInSeconds: number,
): Promise<string> => {
  const [{ client, PutObjectCommand }, { getSignedUrl }] = await Promise.all([
    s3(),
    import('@aws-sdk/s3-request-presigner'),
  ]);
  return getSignedUrl(
    client as never,
    new PutObjectCommand({
      Bucket: bucket,
      Key: key,
      ContentType: contentType,
      ContentLength: bytes,
    }) as never,
    { expiresIn: expiresInSeconds, signableHeaders: new Set(['content-type', 'content-length']) },
  );
};

/** A URL that gives an object as a file to save: nothing in it runs in a browser. */
export const presignDownload = async (
  bucket: string,
  key: string,
  fileName: string,
  expiresInSeconds: number,
): Promise<string> => {
  const [{ client, GetObjectCommand }, { getSignedUrl }] = await Promise.all([
    s3(),
    import('@aws-sdk/s3-request-presigner'),
  ]);
  return getSignedUrl(
    client as never,
    new GetObjectCommand({
      Bucket: bucket,
      Key: key,
      ResponseContentDisposition: `attachment; filename="${fileName}"`,
    }) as never,
    { expiresIn: expiresInSeconds },
  );
};
