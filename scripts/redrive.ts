import { parseArgs } from 'node:util';
import { SQSClient } from '@aws-sdk/client-sqs';
import { redrive } from './redrive-queue.ts';

/**
 * npm run redrive -- --queue URL [--endpoint URL]
 *
 * Gives the messages of a dead-letter queue back to the queue they came from. The account is that of the
 * AWS environment; --endpoint names an emulator (npm start lists its queues at /_local/queues).
 */
const { values } = parseArgs({ options: { queue: { type: 'string' }, endpoint: { type: 'string' } } });
if (values.queue === undefined) {
  console.error('npm run redrive -- --queue URL-OF-THE-DEAD-LETTER-QUEUE [--endpoint URL]');
  process.exit(2);
}
const sqs = new SQSClient(
  values.endpoint === undefined
    ? {}
    : {
        endpoint: values.endpoint,
        useQueueUrlAsEndpoint: false,
        region: process.env['AWS_REGION'] ?? 'eu-central-1',
        credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
      },
);
const outcome = await redrive(sqs, values.queue);
switch (outcome.kind) {
  case 'moved':
    console.log(`Given back to ${outcome.to}: ${outcome.messages}`);
    break;
  case 'no_source':
    console.error(
      `No queue has ${values.queue} as its dead-letter queue. That of a stream relay names stream records: docs/guides/deploy.md says how to relay them again.`,
    );
    process.exitCode = 1;
    break;
}
