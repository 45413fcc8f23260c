import { createPublicKey } from 'node:crypto';
import type { JSONWebKeySet, JWK } from 'jose';
import { clientSettings, withoutFrills } from '../platform/aws-client.ts';
import { contentId } from '../platform/ids.ts';
import { joseSignature } from './der-signature.ts';

/** A public key of ours, with the short name that signatures carry. */
export type VerificationKey = JWK & { readonly kid: string };

export interface SigningKeys {
  /** Public keys of all versions, newest first: each verifies, the newest signs. */
  jwks(): Promise<JSONWebKeySet & { readonly keys: VerificationKey[] }>;
  /** Compact JWS (RFC 7515 §7.1) over a payload of at most three kilobytes, signed by the newest key. */
  sign(payload: object, header?: { readonly typ: string }): Promise<string>;
}

/** The SDK’s client is loaded on first use: a function whose tickets are all in memory needs none. */
const kms = async () => {
  const { KMSClient, ...commands } = await import('@aws-sdk/client-kms');
  client ??= withoutFrills(new KMSClient(clientSettings('kms')));
  return { client, ...commands };
};
let client: import('@aws-sdk/client-kms').KMSClient | undefined;

/** Eight characters that follow from the key alone: a QR code has no room for an ARN. */
const kidOf = (spki: Uint8Array): string => contentId('', spki).slice(1, 9);

const fetchKey = async (keyId: string): Promise<VerificationKey> => {
  const { client, GetPublicKeyCommand } = await kms();
  const { PublicKey } = await client.send(new GetPublicKeyCommand({ KeyId: keyId }));
  if (PublicKey === undefined) throw new Error(`KMS has no public key of ${keyId}`);
  const { kty, crv, x, y } = createPublicKey({
    key: Buffer.from(PublicKey),
    format: 'der',
    type: 'spki',
  }).export({ format: 'jwk' }) as { kty: string; crv: string; x: string; y: string };
  return { kty, crv, x, y, use: 'sig', alg: 'ES256', kid: kidOf(PublicKey) };
};

const encode = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');

/** Keys in KMS (ECC_NIST_P256, SIGN_VERIFY), newest first. Public keys are fetched once per process. */
export const openSigningKeys = (keyIds: readonly string[]): SigningKeys => {
  let fetched: Promise<VerificationKey[]> | undefined;
  const publicKeys = (): Promise<VerificationKey[]> => {
    fetched ??= Promise.all(keyIds.map(fetchKey)).catch((error: unknown) => {
      fetched = undefined;
      throw error;
    });
    return fetched;
  };
  return {
    jwks: async () => ({ keys: await publicKeys() }),

    async sign(payload, header) {
      const [keyId] = keyIds;
      const [newest] = await publicKeys();
      if (newest === undefined || keyId === undefined) throw new Error('There is no signing key');
      const input = `${encode({ alg: 'ES256', kid: newest.kid, ...header })}.${encode(payload)}`;
      const { client, SignCommand } = await kms();
      const { Signature } = await client.send(
        new SignCommand({
          KeyId: keyId,
          Message: Buffer.from(input),
          MessageType: 'RAW',
          SigningAlgorithm: 'ECDSA_SHA_256',
        }),
      );
      if (Signature === undefined) throw new Error('KMS gave no signature');
      return `${input}.${Buffer.from(joseSignature(Signature)).toString('base64url')}`;
    },
  };
};
