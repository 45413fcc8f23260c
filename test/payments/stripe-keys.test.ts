import { describe, expect, test } from 'vitest';
import { openStripeKeys } from '../../functions/payments/stripe-keys.ts';

const arn = 'arn:aws:secretsmanager:eu-central-1:1:secret:Stripe';
const keysOf = (secretKey: string) => ({ secretKey, webhookSecrets: ['whsec_a'] });

/** Keys over a secret that holds `texts` one after the other, the last for good. */
const open = (texts: readonly (string | Error)[]) => {
  let now = 1_000;
  let reads = 0;
  const keys = openStripeKeys(
    arn,
    () => now,
    async (asked) => {
      expect(asked).toBe(arn);
      const text = texts[Math.min(reads, texts.length - 1)];
      reads += 1;
      if (text instanceof Error) throw text;
      return text ?? '';
    },
  );
  return {
    keys,
    reads: () => reads,
    pass: (seconds: number) => {
      now += seconds * 1_000;
    },
  };
};

const one = JSON.stringify(keysOf('rk_live_one'));
const two = JSON.stringify(keysOf('rk_live_two'));

describe('the keys of Stripe', () => {
  test('are read once in five minutes, also by several at once', async () => {
    const { keys, reads, pass } = open([one, two]);
    expect(await Promise.all([keys.current(), keys.current()])).toEqual([
      keysOf('rk_live_one'),
      keysOf('rk_live_one'),
    ]);
    pass(299);
    expect(await keys.current()).toEqual(keysOf('rk_live_one'));
    expect(reads()).toBe(1);
    pass(1);
    expect(await keys.current()).toEqual(keysOf('rk_live_two'));
    expect(reads()).toBe(2);
  });

  test('that Stripe refused are read again at once', async () => {
    const { keys } = open([one, two]);
    await keys.current();
    keys.forget();
    expect(await keys.current()).toEqual(keysOf('rk_live_two'));
  });

  test('that could not be read are asked for again by the next call', async () => {
    const { keys } = open([new Error('Secrets Manager is away'), one]);
    await expect(keys.current()).rejects.toThrow('Secrets Manager is away');
    expect(await keys.current()).toEqual(keysOf('rk_live_one'));
  });

  test.for([
    ['the text that the deployment made up', 'x8Jq2hidden', 'it is not JSON'],
    ['no object', '"sk_live_hidden"', 'look at the document'],
    ['a publishable key', JSON.stringify(keysOf('pk_live_hidden')), 'look at secretKey'],
    [
      'no secret of a webhook',
      JSON.stringify({ secretKey: 'sk_live_hidden', webhookSecrets: [] }),
      'look at webhookSecrets',
    ],
    [
      'a webhook secret with a space',
      JSON.stringify({ secretKey: 'sk_live_hidden', webhookSecrets: ['whsec_hidden '] }),
      'look at webhookSecrets.0',
    ],
  ] as const)('%s is no key: the error says where to look, not what is there', async ([, text, hint]) => {
    const { keys } = open([text]);
    const error = await keys.current().then(
      () => undefined,
      (reason: Error) => reason,
    );
    expect(error?.message).toContain(hint);
    expect(error?.message).toContain(arn);
    expect(`${error?.message} ${String(error?.cause)}`).not.toContain('hidden');
  });
});
