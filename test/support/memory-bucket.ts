import {
  CopyObjectCommand,
  type CopyObjectCommandInput,
  DeleteObjectCommand,
  GetObjectCommand,
  HeadObjectCommand,
  PutObjectCommand,
  type PutObjectCommandInput,
  S3Client,
} from '@aws-sdk/client-s3';
import { mockClient } from 'aws-sdk-client-mock';

interface StoredObject {
  readonly body: Buffer;
  readonly contentType: string;
  readonly cacheControl?: string | undefined;
}

/** A bucket in memory, in the place of S3: its objects by key. */
export type MemoryBucket = Map<string, StoredObject>;

export const stored = (body: string | Uint8Array, contentType = 'application/json'): StoredObject => ({
  body: Buffer.from(body as Uint8Array),
  contentType,
});

const named = (name: string) => Object.assign(new Error(name), { name });

/** Lets every S3 client of this process work on a bucket in memory, whatever its name. */
export const memoryBucket = (): MemoryBucket => {
  const objects: MemoryBucket = new Map();
  const at = (key: string | undefined, missing: string): StoredObject => {
    const object = objects.get(key ?? '');
    if (object === undefined) throw named(missing);
    return object;
  };
  const s3 = mockClient(S3Client);
  s3.on(PutObjectCommand).callsFake(async (input: PutObjectCommandInput) => {
    const { Key = '', Body, ContentType = '', CacheControl } = input;
    objects.set(Key, { ...stored(Body as string | Uint8Array, ContentType), cacheControl: CacheControl });
    return {};
  });
  s3.on(GetObjectCommand).callsFake(async ({ Key }: { Key?: string }) => {
    const { body } = at(Key, 'NoSuchKey');
    return {
      Body: { transformToString: async () => body.toString(), transformToByteArray: async () => body },
    };
  });
  s3.on(HeadObjectCommand).callsFake(async ({ Key }: { Key?: string }) => {
    const { body, contentType } = at(Key, 'NotFound');
    return { ContentType: contentType, ContentLength: body.length };
  });
  s3.on(CopyObjectCommand).callsFake(async ({ Key = '', CopySource = '' }: CopyObjectCommandInput) => {
    objects.set(Key, at(CopySource.slice(CopySource.indexOf('/') + 1), 'NoSuchKey'));
    return {};
  });
  s3.on(DeleteObjectCommand).callsFake(async ({ Key }: { Key?: string }) => {
    objects.delete(Key ?? '');
    return {};
  });
  return objects;
};
