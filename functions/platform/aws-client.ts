import { NodeHttpHandler } from '@smithy/node-http-handler';
import type { HttpRequest } from '@smithy/types';

/**
 * Settings shared by every AWS client: each call has a timeout and at most three tries with jitter
 * (the SDK’s standard mode). Clients are made once per process, outside the handler.
 */
export const clientSettings = (service: 'dynamodb' | 'events' | 'sqs' | 's3' | 'secretsmanager' | 'kms') => ({
  maxAttempts: 3,
  requestHandler: new NodeHttpHandler({
    connectionTimeout: 1_000,
    requestTimeout: 3_000,
    throwOnRequestTimeout: true,
  }),
  // The chain of a command’s middleware is put together once, not for each call.
  cacheMiddleware: true,
  ...localSigner(service),
});

/**
 * Takes out of a client what costs a fifth of the CPU of a call and does nothing for it: a log of each call
 * for a logger that is not set, and the description of this program for AWS’s statistics.
 */
export const withoutFrills = <Client extends { readonly middlewareStack: { remove(name: string): boolean } }>(
  client: Client,
): Client => {
  for (const name of ['loggerMiddleware', 'getUserAgentMiddleware']) {
    if (!client.middlewareStack.remove(name)) throw new Error(`The SDK has no ${name} any more`);
  }
  return client;
};

const loopback = /^https?:\/\/(127\.0\.0\.1|localhost|\[::1\])[:/]/;

/**
 * Signing is nearly half of the CPU of a call and an endpoint on this machine checks no signature:
 * there the header only carries the credential scope, which emulators read the region and service from.
 */
const localSigner = (service: string) => {
  const endpoint =
    process.env[`AWS_ENDPOINT_URL_${service.toUpperCase()}`] ?? process.env['AWS_ENDPOINT_URL'];
  if (endpoint === undefined || !loopback.test(`${endpoint}/`)) return {};
  const region = process.env['AWS_REGION'] ?? 'us-east-1';
  const key = process.env['AWS_ACCESS_KEY_ID'] ?? 'local';
  const authorization = `AWS4-HMAC-SHA256 Credential=${key}/20260101/${region}/${service}/aws4_request, SignedHeaders=host, Signature=0`;
  return {
    signer: {
      sign: async (request: HttpRequest) => {
        request.headers['authorization'] = authorization;
        request.headers['x-amz-date'] = '20260101T000000Z';
        return request;
      },
    },
  };
};
