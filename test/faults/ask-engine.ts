import { account } from '../../local/account.ts';

/**
 * Asks the engine in its own JSON: the SDK takes longer to read what is much than the engine to send it. What comes is
 * as Lambda and the API have it.
 */
export const askEngine =
  (endpoint: string) =>
  async <T>(target: string, input: object): Promise<T> => {
    const { credentials, region } = account;
    const response = await fetch(endpoint, {
      method: 'POST',
      headers: {
        'content-type': 'application/x-amz-json-1.0',
        'x-amz-target': target,
        // The engine reads no more of it than the region.
        authorization: `AWS4-HMAC-SHA256 Credential=${credentials.accessKeyId}/20260101/${region}/dynamodb/aws4_request, SignedHeaders=host, Signature=0`,
        'x-amz-date': '20260101T000000Z',
      },
      body: JSON.stringify(input),
    });
    if (!response.ok) throw new Error(`${target} answered ${response.status}: ${await response.text()}`);
    return (await response.json()) as T;
  };
