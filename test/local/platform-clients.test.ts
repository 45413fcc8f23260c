import { KMSClient, SignCommand } from '@aws-sdk/client-kms';
import { SESv2Client, SendEmailCommand } from '@aws-sdk/client-sesv2';
import { ListStateMachinesCommand, SFNClient } from '@aws-sdk/client-sfn';
import { afterEach, expect, test, vi } from 'vitest';
import { clientSettings, withoutFrills } from '../../functions/platform/aws-client.ts';
import { openExecutionStore } from '../../local/execution-store.ts';
import { openKms } from '../../local/kms.ts';
import { openMailbox } from '../../local/mailbox.ts';
import { openState } from '../../local/state.ts';
import { StateMachines } from '../../local/state-machines.ts';
import { stepFunctions } from '../../local/step-functions-api.ts';
import { openAwsDoor } from './aws-door.ts';

afterEach(() => {
  vi.unstubAllEnvs();
});

/** The clients of functions do not sign here: the door must know the service all the same. */
test('the clients of functions reach Step Functions, KMS and SES', async () => {
  const store = openExecutionStore();
  const machines = new StateMachines([], {
    store,
    functionOf: () => undefined,
    sqs: undefined as never,
    log: () => undefined,
  });
  const key = {
    name: 'tickets',
    type: 'AWS::KMS::Key',
    properties: { KeySpec: 'ECC_NIST_P256', KeyUsage: 'SIGN_VERIFY' },
  };
  const mailbox = openMailbox();
  const door = await openAwsDoor(
    { states: stepFunctions(machines, store), kms: openKms([key], openState()) },
    mailbox,
  );
  vi.stubEnv('AWS_ENDPOINT_URL', door.settings.endpoint);
  vi.stubEnv('AWS_REGION', door.settings.region);
  vi.stubEnv('AWS_ACCESS_KEY_ID', 'local');
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'local');

  const sfn = withoutFrills(new SFNClient(clientSettings('states')));
  expect((await sfn.send(new ListStateMachinesCommand({}))).stateMachines).toEqual([]);
  const kms = withoutFrills(new KMSClient(clientSettings('kms')));
  const signed = await kms.send(
    new SignCommand({ KeyId: 'tickets', Message: Buffer.from('x'), SigningAlgorithm: 'ECDSA_SHA_256' }),
  );
  expect(signed.Signature?.length).toBeGreaterThan(60);
  const ses = withoutFrills(new SESv2Client(clientSettings('ses')));
  await ses.send(
    new SendEmailCommand({
      FromEmailAddress: 'a@example.com',
      Destination: { ToAddresses: ['b@example.com'] },
      Content: { Simple: { Subject: { Data: 'Hello' }, Body: { Text: { Data: 'x' } } } },
    }),
  );
  expect(mailbox.list(undefined, 10).map(({ subject }) => subject)).toEqual(['Hello']);
  for (const client of [sfn, kms, ses]) client.destroy();
  await door.close();
});
