import { generateKeyPairSync, type KeyObject, sign } from 'node:crypto';
import { GetPublicKeyCommand, KMSClient, SignCommand } from '@aws-sdk/client-kms';
import { mockClient } from 'aws-sdk-client-mock';

export interface KeyService {
  /** How often a signature was asked for. */
  signatures(): number;
  /** The next `count` calls fail as KMS does when it is asked too often. */
  throttle(count: number): void;
}

/** KMS in memory: keys of P-256 by id, made on first use; it answers in DER as KMS does. */
export const startKeyService = (): KeyService => {
  const pairs = new Map<string, { readonly publicKey: KeyObject; readonly privateKey: KeyObject }>();
  const pairOf = (id: string) => {
    const pair = pairs.get(id) ?? generateKeyPairSync('ec', { namedCurve: 'P-256' });
    pairs.set(id, pair);
    return pair;
  };
  let signatures = 0;
  let throttled = 0;
  const orThrottle = <T>(answer: T): T => {
    if (throttled === 0) return answer;
    throttled -= 1;
    throw Object.assign(new Error('Rate exceeded'), { name: 'ThrottlingException' });
  };
  const kms = mockClient(KMSClient);
  kms
    .on(GetPublicKeyCommand)
    .callsFake(async ({ KeyId }: { KeyId: string }) =>
      orThrottle({ PublicKey: pairOf(KeyId).publicKey.export({ format: 'der', type: 'spki' }) }),
    );
  kms
    .on(SignCommand)
    .callsFake(async (input: { KeyId: string; Message: Uint8Array; MessageType: string }) => {
      if (input.MessageType !== 'RAW' || input.Message.length > 4_096)
        throw Object.assign(new Error('Member must have length less than or equal to 4096'), {
          name: 'ValidationException',
        });
      signatures += 1;
      return orThrottle({ Signature: sign('sha256', input.Message, pairOf(input.KeyId).privateKey) });
    });
  return {
    signatures: () => signatures,
    throttle(count) {
      throttled = count;
    },
  };
};
