/** The AWS account that the embedded cloud plays. */
export const account = {
  accountId: '000000000000',
  region: 'eu-central-1',
  partition: 'aws',
  credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
} as const;

/** ARN of a thing in the account. */
export const arnOf = (service: string, resource: string): string =>
  `arn:${account.partition}:${service}:${account.region}:${account.accountId}:${resource}`;

/** Settings of a client of a service that runs here. */
export const localClient = (endpoint: string) => ({
  endpoint,
  region: account.region,
  credentials: account.credentials,
});
