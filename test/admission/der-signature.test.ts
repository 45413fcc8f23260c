import { generateKeyPairSync, randomBytes, sign } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { joseSignature } from '../../functions/admission/der-signature.ts';

const hex = (text: string): Uint8Array => Buffer.from(text.replaceAll(' ', ''), 'hex');
const ones = (bytes: number): string => '11'.repeat(bytes);

describe('DER to JOSE', () => {
  test.for([
    ['full halves', `30 44 0220 ${ones(32)} 0220 ${ones(32)}`, ones(32) + ones(32)],
    [
      'a half whose first bit is one has a zero byte before it',
      `30 45 0221 00ff${ones(31)} 0220 ${ones(32)}`,
      `ff${ones(31)}${ones(32)}`,
    ],
    ['a short half is filled up', `30 43 021f ${ones(31)} 0220 ${ones(32)}`, `00${ones(31)}${ones(32)}`],
    ['the shortest there is', '30 06 0201 01 0201 02', `${'00'.repeat(31)}01${'00'.repeat(31)}02`],
  ] as const)('%s', ([, der, jose]) => {
    expect(Buffer.from(joseSignature(hex(der))).toString('hex')).toBe(jose);
  });

  test.for([
    ['nothing', ''],
    ['no sequence', `31 44 0220 ${ones(32)} 0220 ${ones(32)}`],
    ['another length', `30 45 0220 ${ones(32)} 0220 ${ones(32)}`],
    ['no integer', `30 44 0320 ${ones(32)} 0220 ${ones(32)}`],
    ['one integer', `30 22 0220 ${ones(32)}`],
    ['an empty integer', `30 24 0200 0220 ${ones(32)}`],
    ['an integer of another curve', `30 64 0230 ${ones(48)} 0230 ${ones(48)}`],
    ['more behind it', `30 45 0220 ${ones(32)} 0220 ${ones(32)} 00`],
    ['an integer that goes on beyond the end', `30 44 0220 ${ones(32)} 0221 ${ones(32)}`],
  ] as const)('%s is refused', ([, der]) => {
    expect(() => joseSignature(hex(der))).toThrow('Not a DER signature over P-256');
  });

  test('a thousand signatures verify in both forms', () => {
    const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    const message = randomBytes(40);
    const { subtle } = globalThis.crypto;
    return subtle
      .importKey('jwk', publicKey.export({ format: 'jwk' }), { name: 'ECDSA', namedCurve: 'P-256' }, false, [
        'verify',
      ])
      .then(async (key) => {
        for (let count = 0; count < 1_000; count += 1) {
          const signature = joseSignature(sign('sha256', message, privateKey));
          const verified = await subtle.verify(
            { name: 'ECDSA', hash: 'SHA-256' },
            key,
            Uint8Array.from(signature),
            message,
          );
          if (!verified)
            throw new Error(`Signature ${Buffer.from(signature).toString('hex')} does not verify`);
        }
      });
  });
});
