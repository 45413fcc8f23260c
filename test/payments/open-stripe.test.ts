import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { paymentsEnvironment } from '../../functions/payments/environment.ts';
import { openStripe } from '../../functions/payments/open-stripe.ts';
import { readEnvironment } from '../../functions/platform/environment.ts';

const api = 'https://api.stripe.com';

describe('payments of a function', () => {
  test.for([
    [
      { PAYMENT_PROVIDERS: 'test' },
      { PAYMENT_PROVIDERS: ['test'], STRIPE_SECRET_ARN: '', STRIPE_API_ORIGIN: api },
    ],
    [
      { PAYMENT_PROVIDERS: 'stripe,test', STRIPE_SECRET_ARN: 'arn:1' },
      { PAYMENT_PROVIDERS: ['stripe', 'test'], STRIPE_SECRET_ARN: 'arn:1', STRIPE_API_ORIGIN: api },
    ],
  ] as const)('%j is read as %j', ([given, expected]) => {
    expect(readEnvironment(paymentsEnvironment, given)).toEqual(expected);
  });

  test.for([{}, { PAYMENT_PROVIDERS: '' }, { PAYMENT_PROVIDERS: 'paypal' }])(
    '%j stops the function',
    (given) => {
      expect(() => readEnvironment(paymentsEnvironment, given)).toThrow('PAYMENT_PROVIDERS');
    },
  );
});

describe('Stripe of a function', () => {
  /** Secrets Manager is a port where nobody listens. */
  beforeAll(() => {
    vi.stubEnv('AWS_ENDPOINT_URL', 'http://127.0.0.1:1');
    vi.stubEnv('AWS_REGION', 'eu-central-1');
    vi.stubEnv('AWS_ACCESS_KEY_ID', 'local');
    vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'local');
  });
  afterAll(() => vi.unstubAllEnvs());

  test('is not there where the stage does not offer it', () => {
    expect(openStripe('', api)).toBeUndefined();
  });

  test('reads its keys when it is first called, and says when that fails', async () => {
    const stripe = openStripe('arn:aws:secretsmanager:eu-central-1:1:secret:Stripe', api);
    expect(stripe?.provider.name).toBe('stripe');
    await expect(stripe?.provider.read('pi_1')).rejects.toMatchObject({ code: 'ECONNREFUSED' });
  });
});
