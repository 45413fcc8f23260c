import { createHash, createPublicKey, verify } from 'node:crypto';
import {
  DescribeKeyCommand,
  GetPublicKeyCommand,
  KMSClient,
  SignCommand,
  type SignCommandInput,
  VerifyCommand,
} from '@aws-sdk/client-kms';
import { afterEach, describe, expect, test } from 'vitest';
import { openKms } from '../../local/kms.ts';
import { openState, type State } from '../../local/state.ts';
import type { Resource } from '../../local/template.ts';
import { openAwsDoor } from './aws-door.ts';

const undo: (() => unknown)[] = [];
afterEach(async () => {
  for (const step of undo.splice(0).reverse()) await step();
});

const keyArn = 'arn:aws:kms:eu-central-1:000000000000:key/tickets';
const key = (properties: Resource['properties'], name = 'tickets'): Resource => ({
  name,
  type: 'AWS::KMS::Key',
  properties,
});
const signing = { KeySpec: 'ECC_NIST_P256', KeyUsage: 'SIGN_VERIFY', Description: 'Codes of tickets' };
const resources: readonly Resource[] = [
  key(signing),
  key({}, 'storage'),
  {
    name: 'alias/App-TicketsAlias',
    type: 'AWS::KMS::Alias',
    properties: { AliasName: 'alias/fairground-tickets', TargetKeyId: keyArn },
  },
];

const clientOf = async (state: State = openState()): Promise<KMSClient> => {
  const door = await openAwsDoor({ kms: openKms(resources, state) });
  const client = new KMSClient(door.settings);
  undo.push(() => door.close());
  undo.push(() => client.destroy());
  return client;
};
const publicKeyOf = async (client: KMSClient) => {
  const { PublicKey } = await client.send(new GetPublicKeyCommand({ KeyId: 'tickets' }));
  return createPublicKey({ key: Buffer.from(PublicKey ?? []), format: 'der', type: 'spki' });
};
const message = Buffer.from('ticket 42');
const raw: SignCommandInput = {
  KeyId: keyArn,
  Message: message,
  MessageType: 'RAW',
  SigningAlgorithm: 'ECDSA_SHA_256',
};

test('what it signs, raw or as a digest, the public key verifies', async () => {
  const client = await clientOf();
  const publicKey = await publicKeyOf(client);
  expect(publicKey.asymmetricKeyDetails).toEqual({ namedCurve: 'prime256v1' });
  const { Signature = new Uint8Array(), KeyId } = await client.send(new SignCommand(raw));
  expect(KeyId).toBe(keyArn);
  expect(verify('sha256', message, publicKey, Signature)).toBe(true);
  expect(verify('sha256', Buffer.from('ticket 43'), publicKey, Signature)).toBe(false);

  const digest = createHash('sha256').update(message).digest();
  // Of 50 signatures some have numbers with leading zeros and some with the highest bit set.
  for (let n = 0; n < 50; n += 1) {
    const signed = await client.send(new SignCommand({ ...raw, Message: digest, MessageType: 'DIGEST' }));
    expect(verify('sha256', message, publicKey, signed.Signature ?? new Uint8Array())).toBe(true);
    const asDigest = { ...raw, Message: digest, MessageType: 'DIGEST', Signature: signed.Signature } as const;
    expect((await client.send(new VerifyCommand(asDigest))).SignatureValid).toBe(true);
  }
});

test('Verify tells right signatures from wrong ones', async () => {
  const client = await clientOf();
  const { Signature = new Uint8Array() } = await client.send(new SignCommand(raw));
  const digestOf = (text: string) => ({
    ...raw,
    Message: createHash('sha256').update(text).digest(),
    MessageType: 'DIGEST' as const,
  });
  const wrong: Uint8Array[] = [
    new Uint8Array(),
    Buffer.from('no signature'),
    Signature.slice(0, -1),
    Buffer.from('300602010102010', 'hex'),
    Buffer.from('3006020100020101', 'hex'),
    Signature.map((byte, index) => (index === Signature.length - 1 ? byte ^ 1 : byte)),
  ];
  expect((await client.send(new VerifyCommand({ ...digestOf('ticket 42'), Signature }))).SignatureValid).toBe(
    true,
  );
  for (const input of [
    { ...digestOf('ticket 43'), Signature },
    ...wrong.map((one) => ({ ...digestOf('ticket 42'), Signature: one })),
    ...wrong.map((one) => ({ ...raw, Signature: one })),
  ])
    await expect(client.send(new VerifyCommand(input))).rejects.toMatchObject({
      name: 'KMSInvalidSignatureException',
    });
  expect((await client.send(new VerifyCommand({ ...raw, Signature }))).SignatureValid).toBe(true);
  await expect(
    client.send(new VerifyCommand({ ...raw, Message: Buffer.from('ticket 43'), Signature })),
  ).rejects.toMatchObject({ name: 'KMSInvalidSignatureException' });
});

test('a key is known by id, ARN and alias, and described', async () => {
  const client = await clientOf();
  for (const KeyId of [
    'tickets',
    keyArn,
    'alias/fairground-tickets',
    'alias/App-TicketsAlias',
    'arn:aws:kms:eu-central-1:000000000000:alias/fairground-tickets',
  ]) {
    expect((await client.send(new DescribeKeyCommand({ KeyId }))).KeyMetadata).toMatchObject({
      KeyId: 'tickets',
      Arn: keyArn,
      Description: 'Codes of tickets',
      KeySpec: 'ECC_NIST_P256',
      KeyUsage: 'SIGN_VERIFY',
      SigningAlgorithms: ['ECDSA_SHA_256'],
    });
  }
});

test('it is the same key after a restart', async () => {
  const state = openState();
  const before = await publicKeyOf(await clientOf(state));
  const after = await publicKeyOf(await clientOf(state));
  expect(after.export({ format: 'jwk' })).toEqual(before.export({ format: 'jwk' }));
});

describe('refused', () => {
  test.for<[string, Partial<SignCommandInput>, string]>([
    ['a key that is none', { KeyId: 'nobody' }, 'NotFoundException'],
    ['a key that does not sign', { KeyId: 'storage' }, 'InvalidKeyUsageException'],
    ['another algorithm', { SigningAlgorithm: 'ECDSA_SHA_384' }, 'ValidationException'],
    ['a digest that is none', { MessageType: 'DIGEST' }, 'ValidationException'],
    ['a message of more than 4096 bytes', { Message: Buffer.alloc(4097) }, 'ValidationException'],
  ])('%s', async ([, change, name]) => {
    const client = await clientOf();
    await expect(client.send(new SignCommand({ ...raw, ...change }))).rejects.toMatchObject({ name });
  });

  test('a key of another kind in the template, by name', () => {
    expect(() => openKms([key({ KeySpec: 'RSA_2048', KeyUsage: 'SIGN_VERIFY' })], openState())).toThrow(
      'tickets: a key RSA_2048 for SIGN_VERIFY',
    );
    const alias = { name: 'alias/a', type: 'AWS::KMS::Alias', properties: { TargetKeyId: 'nobody' } };
    expect(() => openKms([alias], openState())).toThrow('alias/a: there is no key nobody');
  });
});
