import { App, Duration, Stack } from 'aws-cdk-lib';
import { Rule, Schedule } from 'aws-cdk-lib/aws-events';
import { LambdaFunction as FunctionTarget, SqsQueue } from 'aws-cdk-lib/aws-events-targets';
import { Key, KeySpec, KeyUsage } from 'aws-cdk-lib/aws-kms';
import { Function as CdkFunction, Code, Runtime } from 'aws-cdk-lib/aws-lambda';
import { ConfigurationSet, EmailIdentity, Identity } from 'aws-cdk-lib/aws-ses';
import { Queue } from 'aws-cdk-lib/aws-sqs';
import {
  DefinitionBody,
  Errors,
  IntegrationPattern,
  JsonPath,
  StateMachine,
  TaskInput,
  Timeout,
  Wait,
  WaitTime,
} from 'aws-cdk-lib/aws-stepfunctions';
import { LambdaInvoke, SqsSendMessage } from 'aws-cdk-lib/aws-stepfunctions-tasks';
import { expect, test } from 'vitest';
import { EventBus } from '../../local/event-bus.ts';
import { openExecutionStore } from '../../local/execution-store.ts';
import { openKms } from '../../local/kms.ts';
import type { LambdaFunction } from '../../local/lambda.ts';
import {
  createQueuesAndBuckets,
  queueNameOf,
  startQueuesAndBuckets,
} from '../../local/queues-and-buckets.ts';
import { referencesWith } from '../../local/resource-types.ts';
import { Schedules } from '../../local/schedules.ts';
import { openState } from '../../local/state.ts';
import { declaredMachines, StateMachines } from '../../local/state-machines.ts';
import { resolveStacks } from '../../local/template.ts';

/** What CDK makes of a machine, a schedule, a key and a sender, the embedded cloud must be able to run. */
const synthesized = () => {
  const app = new App({ analyticsReporting: false });
  const stack = new Stack(app, 'App');
  const lambda = new CdkFunction(stack, 'Work', {
    runtime: Runtime.NODEJS_22_X,
    handler: 'index.handler',
    code: Code.fromInline('export const handler = () => {}'),
  });
  const queue = new Queue(stack, 'Queue');
  const told = new SqsSendMessage(stack, 'Tell', {
    queue,
    messageBody: TaskInput.fromObject({ order: JsonPath.stringAt('$$.Execution.Name') }),
    resultPath: JsonPath.DISCARD,
  });
  const paid = new LambdaInvoke(stack, 'AwaitPayment', {
    lambdaFunction: lambda,
    integrationPattern: IntegrationPattern.WAIT_FOR_TASK_TOKEN,
    payload: TaskInput.fromObject({ token: JsonPath.taskToken, order: JsonPath.executionName }),
    taskTimeout: Timeout.at('$.seconds'),
    resultPath: JsonPath.DISCARD,
  });
  const timeOut = new LambdaInvoke(stack, 'TimeOut', { lambdaFunction: lambda, payloadResponseOnly: true });
  new StateMachine(stack, 'Machine', {
    definitionBody: DefinitionBody.fromChainable(
      paid
        .addCatch(timeOut.next(told), { errors: [Errors.TIMEOUT], resultPath: '$.error' })
        .next(new Wait(stack, 'Pause', { time: WaitTime.duration(Duration.seconds(0)) })),
    ),
    tracingEnabled: true,
    timeout: Duration.days(40),
  });
  new Rule(stack, 'Nightly', {
    schedule: Schedule.cron({ minute: '0', hour: '3' }),
    targets: [new FunctionTarget(lambda, { retryAttempts: 2 }), new SqsQueue(queue)],
  });
  new Key(stack, 'Key', { keySpec: KeySpec.ECC_NIST_P256, keyUsage: KeyUsage.SIGN_VERIFY, alias: 'tickets' });
  new EmailIdentity(stack, 'Sender', {
    identity: Identity.email('tickets@example.com'),
    configurationSet: new ConfigurationSet(stack, 'Mails'),
  });
  const { stacks } = app.synth();
  return stacks.map(({ stackName, template }) => ({ name: stackName, template }));
};

test('a template that CDK made runs: machine, schedule, key and sender', async () => {
  const queues = await startQueuesAndBuckets();
  const resources = resolveStacks(
    synthesized(),
    referencesWith({ queueUrlBase: `${queues.endpoint}/000000000000/` }),
  );
  await createQueuesAndBuckets(queues, resources);
  const store = openExecutionStore();
  const invoked: unknown[] = [];
  const machines = new StateMachines(declaredMachines(resources), {
    store,
    functionOf: (name) =>
      ({
        invoke: async (event: unknown) => {
          invoked.push([name, event]);
          return { ok: true, payload: '{"done":true}' };
        },
      }) as unknown as LambdaFunction,
    sqs: queues.sqs,
    log: () => undefined,
  });
  const [machine] = machines.machines.values();
  if (machine === undefined) throw new Error('The template has no machine');
  const started = machines.start(machine, 'order-1', '{"seconds":1}');
  if (started.kind !== 'started') throw new Error('It did not start');
  await expect.poll(() => store.get(started.execution.arn)?.status, { timeout: 10_000 }).toBe('SUCCEEDED');
  const name = expect.stringMatching(/^App-Work/);
  expect(invoked).toEqual([
    [name, { token: expect.any(String), order: 'order-1' }],
    [name, { seconds: 1, error: { Error: 'States.Timeout', Cause: 'Not done within 1 s' } }],
  ]);
  const queueUrl = resources.find(({ type }) => type === 'AWS::SQS::Queue')?.name ?? '';
  const [message] = queues.server.inspectQueue(queueNameOf(queueUrl))?.messages.ready ?? [];
  expect(JSON.parse(message?.body ?? '')).toEqual({ order: 'order-1' });

  expect(() => new EventBus(resources, () => undefined)).not.toThrow();
  const sent: unknown[] = [];
  const schedules = new Schedules(resources, {
    sendMessage: (arn) => sent.push(arn),
    invoke: async (target) => {
      sent.push(target);
      return { ok: true, payload: undefined };
    },
    log: () => undefined,
  });
  const [schedule] = schedules.list();
  expect(schedule).toMatchObject({ expression: 'cron(0 3 * * ? *)', enabled: true });
  expect(await schedules.trigger(schedule?.rule ?? '')).toMatchObject([
    { delivered: true },
    { delivered: true },
  ]);
  expect(sent).toEqual([name, expect.stringMatching(/^arn:aws:sqs:eu-central-1:000000000000:App-Queue/)]);

  expect(await openKms(resources, openState())('DescribeKey', { KeyId: 'alias/tickets' })).toMatchObject({
    status: 200,
    body: { KeyMetadata: { KeySpec: 'ECC_NIST_P256' } },
  });
  await machines.close();
  store.close();
  await queues.stop();
});
