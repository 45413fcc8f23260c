/**
 * List prices in dollars a million unless said otherwise: us-east-1, first tier, without free tiers, as they stood
 * on `asOf`. They change: look them up on the page named before you rely on them.
 */
export const asOf = '2026-11-21';
export const region = 'us-east-1';

interface Price {
  readonly dollars: number;
  readonly unit: string;
  /** The service’s price page. */
  readonly page: string;
}

export const prices = {
  gatewayRequest: {
    dollars: 3.5,
    unit: 'requests of a REST API',
    page: 'https://aws.amazon.com/api-gateway/pricing/',
  },
  lambdaRequest: { dollars: 0.2, unit: 'requests', page: 'https://aws.amazon.com/lambda/pricing/' },
  /** $0.0000133334 a GB-second. */
  lambdaGbMs: { dollars: 0.0133334, unit: 'GB-ms on arm64', page: 'https://aws.amazon.com/lambda/pricing/' },
  writeUnit: {
    dollars: 0.625,
    unit: 'write units, on demand',
    page: 'https://aws.amazon.com/dynamodb/pricing/on-demand/',
  },
  readUnit: {
    dollars: 0.125,
    unit: 'read units, on demand',
    page: 'https://aws.amazon.com/dynamodb/pricing/on-demand/',
  },
  transition: {
    dollars: 25,
    unit: 'state transitions of standard machines',
    page: 'https://aws.amazon.com/step-functions/pricing/',
  },
  event: { dollars: 1, unit: 'custom events', page: 'https://aws.amazon.com/eventbridge/pricing/' },
  sqsRequest: {
    dollars: 0.4,
    unit: 'requests of standard queues',
    page: 'https://aws.amazon.com/sqs/pricing/',
  },
  /** $0.15 for ten thousand. */
  signature: { dollars: 15, unit: 'signatures by an ECC key', page: 'https://aws.amazon.com/kms/pricing/' },
  /** $0.50 a gigabyte. */
  logMb: { dollars: 500, unit: 'MB of logs', page: 'https://aws.amazon.com/cloudwatch/pricing/' },
  mail: { dollars: 100, unit: 'mails', page: 'https://aws.amazon.com/ses/pricing/' },
} as const satisfies Readonly<Record<string, Price>>;
