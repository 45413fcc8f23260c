import { Effect, PolicyStatement } from 'aws-cdk-lib/aws-iam';

/**
 * What functions may do, action by action. Every statement names its resource; a query function holds
 * only those whose name begins with `read`.
 */

const readActions = ['dynamodb:GetItem', 'dynamodb:BatchGetItem', 'dynamodb:Query'];
const writeActions = [
  'dynamodb:PutItem',
  'dynamodb:UpdateItem',
  'dynamodb:DeleteItem',
  // The check of an item in a transaction that does not change it.
  'dynamodb:ConditionCheckItem',
];

const allow = (actions: readonly string[], resources: readonly string[]): PolicyStatement =>
  new PolicyStatement({ actions: [...actions], resources: [...resources] });

/** A table and the indexes of it that are read. */
export interface TableGrant {
  readonly table: { readonly tableArn: string };
  readonly indexes?: readonly string[];
}

const arnsOf = ({ table, indexes = [] }: TableGrant): readonly string[] => [
  table.tableArn,
  ...indexes.map((index) => `${table.tableArn}/index/${index}`),
];

export const readTable = (grant: TableGrant) => allow(readActions, arnsOf(grant));

export const readWriteTable = (grant: TableGrant) => allow([...readActions, ...writeActions], arnsOf(grant));

/** Partitions of the marketplace that only grow: what became of leads, what was said about them, what admins decided. */
const appendOnlyPartitions = ['LEAD-HISTORY#*', 'LEAD-MESSAGES#*', 'VERIFICATION-DECISIONS#*'] as const;

/**
 * Reading and writing the marketplace, but for what was written once: whatever the code says, it is neither updated nor
 * deleted, alone or in a transaction (which wants the same actions).
 */
export const readWriteMarketplace = (grant: TableGrant): PolicyStatement[] => [
  readWriteTable(grant),
  new PolicyStatement({
    effect: Effect.DENY,
    actions: ['dynamodb:UpdateItem', 'dynamodb:DeleteItem'],
    resources: [grant.table.tableArn],
    conditions: { 'ForAnyValue:StringLike': { 'dynamodb:LeadingKeys': [...appendOnlyPartitions] } },
  }),
];

/** Working through a whole table: for what compares all that is in it. */
export const scanTable = (table: { readonly tableArn: string }) => allow(['dynamodb:Scan'], [table.tableArn]);

/** Folders of the plans bucket: documents for good, and uploads that wait to be imported. */
export const bucketFolders = ['plans', 'uploads'] as const;

const objectsOf = (bucketArn: string) => bucketFolders.map((folder) => `${bucketArn}/${folder}/*`);

/** Reading wants ListBucket too: without it S3 answers 403 instead of 404 for an object that is not there. */
export const readBucket = (bucketArn: string): PolicyStatement[] => [
  allow(['s3:GetObject'], objectsOf(bucketArn)),
  allow(['s3:ListBucket'], [bucketArn]),
];

/** Presigned URLs carry the rights of the function that signed them, so this also covers uploads. */
export const readWriteBucket = (bucketArn: string): PolicyStatement[] => [
  allow(['s3:GetObject', 's3:PutObject'], objectsOf(bucketArn)),
  allow(['s3:ListBucket'], [bucketArn]),
];

/** Objects of a folder, read or asked about. */
export const readFolder = (bucketArn: string, folder: string): PolicyStatement[] => [
  allow(['s3:GetObject'], [`${bucketArn}/${folder}/*`]),
  allow(['s3:ListBucket'], [bucketArn]),
];

export const writeFolder = (bucketArn: string, folder: string) =>
  allow(['s3:PutObject', 's3:DeleteObject'], [`${bucketArn}/${folder}/*`]);

export const useSecret = (secret: { readonly secretArn: string }) =>
  allow(['secretsmanager:GetSecretValue'], [secret.secretArn]);

/** Public keys of tickets, and signatures by the newest: KMS gives out no private key. */
export const signTickets = (keys: readonly { readonly keyArn: string }[]): PolicyStatement[] => {
  const arns = keys.map(({ keyArn }) => keyArn);
  return [allow(['kms:GetPublicKey'], arns), allow(['kms:Sign'], arns.slice(0, 1))];
};

/** Mail from an identity, through its configuration set. */
export const sendMail = (sender: { readonly arns: readonly string[] }) =>
  allow(['ses:SendEmail'], sender.arns);

export const putEvents = (bus: { readonly eventBusArn: string }) =>
  allow(['events:PutEvents'], [bus.eventBusArn]);

export const sendMessages = (queue: { readonly queueArn: string }) =>
  allow(['sqs:SendMessage'], [queue.queueArn]);

export const startExecutions = (machine: { readonly stateMachineArn: string }) =>
  allow(['states:StartExecution'], [machine.stateMachineArn]);

/** Answers of waiting tasks of a machine. The token in the call says which. */
export const answerTasks = (machineArn: string) => allow(['states:SendTaskSuccess'], [machineArn]);

export const receiveMessages = (queue: { readonly queueArn: string }) =>
  allow(
    ['sqs:ReceiveMessage', 'sqs:DeleteMessage', 'sqs:ChangeMessageVisibility', 'sqs:GetQueueAttributes'],
    [queue.queueArn],
  );

/** ListStreams knows no resource but `*`; it gives names only, and Lambda’s poller insists on it. */
export const readStream = (streamArn: string): PolicyStatement[] => [
  allow(['dynamodb:DescribeStream', 'dynamodb:GetRecords', 'dynamodb:GetShardIterator'], [streamArn]),
  allow(['dynamodb:ListStreams'], ['*']),
];
