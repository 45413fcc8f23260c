import { expect, test } from 'vitest';
import { failureOf } from '../../functions/payments/stripe-failure.ts';

const type = 'StripeInvalidRequestError';
const unavailable = { ok: false, reason: 'unavailable', retryAfterSeconds: 2 };
const refused = (code: string) => ({ ok: false, reason: 'refused', code });

test.for([
  [{ type: 'StripeConnectionError' }, unavailable],
  [{ type, statusCode: 400, code: 'amount_too_large' }, refused('amount_too_large')],
  [{ type, statusCode: 400 }, refused('StripeInvalidRequestError')],
  [{ type, statusCode: 400, code: 'lock_timeout' }, unavailable],
  [{ type, statusCode: 400, code: 'rate_limit' }, unavailable],
  [{ type, statusCode: 401 }, unavailable],
  [
    { type: 'StripeCardError', statusCode: 402, code: 'card_declined', decline_code: 'lost_card' },
    refused('lost_card'),
  ],
  [
    { type: 'StripeCardError', statusCode: 402, code: 'charge_expired_for_capture' },
    refused('charge_expired_for_capture'),
  ],
  [{ type, statusCode: 403 }, unavailable],
  [{ type, statusCode: 404, code: 'resource_missing' }, refused('resource_missing')],
  [{ type: 'StripeAPIError', statusCode: 409, code: 'idempotency_key_in_use' }, unavailable],
  [{ type, statusCode: 429, code: 'lock_timeout' }, unavailable],
  [
    { type, statusCode: 429, headers: { 'retry-after': '9' } },
    { ...unavailable, retryAfterSeconds: 9 },
  ],
  [{ type, statusCode: 429, headers: { 'retry-after': '0' } }, unavailable],
  [{ type: 'StripeAPIError', statusCode: 500 }, unavailable],
  [{ type: 'StripeAPIError', statusCode: 503 }, unavailable],
] as const)('%j is %j', ([failure, expected]) => {
  expect(failureOf(failure)).toEqual(expected);
});
