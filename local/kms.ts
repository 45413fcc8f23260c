import {
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  type KeyObject,
  sign,
  verify,
} from 'node:crypto';
import { account, arnOf } from './account.ts';
import { type AwsAnswer, answered, type JsonService, refused } from './aws-answer.ts';
import { signDigest, verifyDigest } from './ecdsa-of-digests.ts';
import type { State } from './state.ts';
import type { Resource } from './template.ts';

interface Key {
  readonly id: string;
  readonly arn: string;
  readonly description: string;
  /** Of keys that sign; a symmetric one is only named. */
  readonly privateKey?: KeyObject;
}

const algorithm = 'ECDSA_SHA_256';

/** Longest message of type RAW, in bytes (KMS quota). */
const maxRawBytes = 4_096;

/**
 * KMS as far as the template needs it: ECC_NIST_P256 keys that sign. Keys are made once and kept.
 * @throws Error naming the key, for one of another kind that is not the symmetric default.
 */
export const openKms = (resources: readonly Resource[], state: State): JsonService => {
  const keys = new Map<string, Key>();
  for (const { type, name, properties } of resources) {
    if (type === 'AWS::KMS::Key') keys.set(name, openKey(name, properties, state));
  }
  for (const { type, name, properties } of resources) {
    if (type !== 'AWS::KMS::Alias') continue;
    const key = keys.get(keyIdOf(properties['TargetKeyId']));
    if (key === undefined) throw new Error(`${name}: there is no key ${properties['TargetKeyId']}`);
    for (const alias of [name, properties['AliasName']]) keys.set(alias, key);
  }

  const withKey = (keyId: unknown, act: (key: Key) => AwsAnswer): AwsAnswer => {
    const key = keys.get(keyIdOf(String(keyId)));
    return key === undefined
      ? refused('NotFoundException', `Key '${String(keyId)}' does not exist`)
      : act(key);
  };
  const withSigningKey = (keyId: unknown, act: (key: Required<Key>) => AwsAnswer): AwsAnswer =>
    withKey(keyId, ({ privateKey, ...key }) =>
      privateKey === undefined
        ? refused('InvalidKeyUsageException', `${key.arn} key usage is ENCRYPT_DECRYPT`)
        : act({ ...key, privateKey }),
    );

  const actions: Readonly<Record<string, (input: Parameters<JsonService>[1]) => AwsAnswer>> = {
    Sign: ({ KeyId, Message, MessageType = 'RAW', SigningAlgorithm }) =>
      withSigningKey(KeyId, ({ arn, privateKey }) => {
        const message = messageOf(Message, MessageType, SigningAlgorithm);
        if ('status' in message) return message;
        const signature =
          MessageType === 'DIGEST' ? signDigest(message, privateKey) : sign('sha256', message, privateKey);
        return answered({
          KeyId: arn,
          Signature: signature.toString('base64'),
          SigningAlgorithm: algorithm,
        });
      }),
    Verify: ({ KeyId, Message, MessageType = 'RAW', Signature, SigningAlgorithm }) =>
      withSigningKey(KeyId, ({ arn, privateKey }) => {
        const message = messageOf(Message, MessageType, SigningAlgorithm);
        if ('status' in message) return message;
        const signature = bytesOf(Signature);
        const valid =
          MessageType === 'DIGEST'
            ? verifyDigest(message, signature, privateKey)
            : verify('sha256', message, createPublicKey(privateKey), signature);
        return valid
          ? answered({ KeyId: arn, SignatureValid: true, SigningAlgorithm: algorithm })
          : refused('KMSInvalidSignatureException', 'The signature is not valid');
      }),
    GetPublicKey: ({ KeyId }) =>
      withSigningKey(KeyId, ({ arn, privateKey }) =>
        answered({
          KeyId: arn,
          PublicKey: createPublicKey(privateKey).export({ type: 'spki', format: 'der' }).toString('base64'),
          ...kindOf(true),
          SigningAlgorithms: [algorithm],
        }),
      ),
    DescribeKey: ({ KeyId }) =>
      withKey(KeyId, ({ id, arn, description, privateKey }) =>
        answered({
          KeyMetadata: {
            AWSAccountId: account.accountId,
            KeyId: id,
            Arn: arn,
            Description: description,
            Enabled: true,
            KeyState: 'Enabled',
            KeyManager: 'CUSTOMER',
            Origin: 'AWS_KMS',
            MultiRegion: false,
            ...kindOf(privateKey !== undefined),
            ...(privateKey === undefined
              ? { EncryptionAlgorithms: ['SYMMETRIC_DEFAULT'] }
              : { SigningAlgorithms: [algorithm] }),
          },
        }),
      ),
  };
  return (operation, input) => actions[operation]?.(input);
};

const kindOf = (signs: boolean) => {
  const spec = signs ? 'ECC_NIST_P256' : 'SYMMETRIC_DEFAULT';
  return { KeySpec: spec, CustomerMasterKeySpec: spec, KeyUsage: signs ? 'SIGN_VERIFY' : 'ENCRYPT_DECRYPT' };
};

const openKey = (name: string, properties: Resource['properties'], state: State): Key => {
  const { KeySpec = 'SYMMETRIC_DEFAULT', KeyUsage = 'ENCRYPT_DECRYPT', Description = '' } = properties;
  const key = { id: name, arn: arnOf('kms', `key/${name}`), description: Description };
  if (KeySpec === 'SYMMETRIC_DEFAULT' && KeyUsage === 'ENCRYPT_DECRYPT') return key;
  if (KeySpec !== 'ECC_NIST_P256' || KeyUsage !== 'SIGN_VERIFY')
    throw new Error(`${name}: a key ${KeySpec} for ${KeyUsage} is not supported here`);
  const known = state.get('kms-key', name);
  const pem =
    known ??
    generateKeyPairSync('ec', { namedCurve: 'prime256v1' })
      .privateKey.export({ type: 'pkcs8', format: 'pem' })
      .toString();
  if (known === undefined) state.set('kms-key', name, pem);
  return { ...key, privateKey: createPrivateKey(pem) };
};

/** Id of a key or name of an alias, from itself or its ARN. */
const keyIdOf = (idOrArn: string): string =>
  idOrArn.startsWith('arn:') ? (idOrArn.split(':').at(-1) ?? '').replace(/^key\//, '') : idOrArn;

const bytesOf = (base64: unknown): Buffer => Buffer.from(String(base64 ?? ''), 'base64');

const messageOf = (message: unknown, type: unknown, wanted: unknown): Buffer | AwsAnswer => {
  if (wanted !== algorithm)
    return refused('ValidationException', `The key signs by ${algorithm}, not ${String(wanted)}`);
  if (type !== 'RAW' && type !== 'DIGEST')
    return refused('ValidationException', `The message type ${String(type)} is not RAW or DIGEST`);
  const bytes = bytesOf(message);
  if (type === 'DIGEST' ? bytes.length !== 32 : bytes.length < 1 || bytes.length > maxRawBytes)
    return refused(
      'ValidationException',
      `A message of type ${type} has ${type === 'DIGEST' ? '32' : `1 to ${maxRawBytes}`} bytes`,
    );
  return bytes;
};
