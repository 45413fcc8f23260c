import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import {
  DescribeExecutionCommand,
  DescribeStateMachineCommand,
  GetExecutionHistoryCommand,
  ListExecutionsCommand,
  ListStateMachinesCommand,
  SendTaskFailureCommand,
  SendTaskHeartbeatCommand,
  SendTaskSuccessCommand,
  SFNClient,
  StartExecutionCommand,
  StopExecutionCommand,
} from '@aws-sdk/client-sfn';
import { SQSClient } from '@aws-sdk/client-sqs';
import { afterEach, describe, expect, test } from 'vitest';
import { localClient } from '../../local/account.ts';
import { openExecutionStore } from '../../local/execution-store.ts';
import type { Invocation, LambdaFunction } from '../../local/lambda.ts';
import { createQueuesAndBuckets, startQueuesAndBuckets } from '../../local/queues-and-buckets.ts';
import { declaredMachines, StateMachines } from '../../local/state-machines.ts';
import { stepFunctions } from '../../local/step-functions-api.ts';
import type { Resource } from '../../local/template.ts';
import { openAwsDoor } from './aws-door.ts';

// biome-ignore lint/suspicious/noExplicitAny: states and what they get are JSON.
type Json = any;

const undo: (() => unknown)[] = [];
afterEach(async () => {
  for (const step of undo.splice(0).reverse()) await step();
});

const machineArn = 'arn:aws:states:eu-central-1:000000000000:stateMachine:orders';
const functionArn = (name: string) => `arn:aws:lambda:eu-central-1:000000000000:function:${name}`;

const resourcesOf = (definition: unknown): readonly Resource[] => [
  { name: 'work', type: 'AWS::Lambda::Function', properties: {} },
  {
    name: machineArn,
    type: 'AWS::StepFunctions::StateMachine',
    properties: {
      DefinitionString: JSON.stringify(definition),
      DefinitionSubstitutions: { Work: functionArn('work') },
      RoleArn: 'arn:aws:iam::000000000000:role/orders',
      LoggingConfiguration: { Level: 'ERROR' },
      TracingConfiguration: { Enabled: true },
    },
  },
];

const ok = (value: unknown): Invocation => ({ ok: true, payload: JSON.stringify(value) });
const thrown = (name: string, message: string): Invocation => ({
  ok: false,
  reason: 'error',
  message: `${name}: ${message}`,
  thrown: { name, message },
});

/** A platform with one machine and one function, `work`. */
const platformWith = async (
  definition: unknown,
  work: (event: Json) => Invocation | Promise<Invocation> = () => ok({}),
  { file, sqs }: { readonly file?: string; readonly sqs?: SQSClient } = {},
) => {
  const store = openExecutionStore(file);
  undo.push(() => store.close());
  const unused = new SQSClient(localClient('http://127.0.0.1:1'));
  undo.push(() => unused.destroy());
  const machines = new StateMachines(declaredMachines(resourcesOf(definition)), {
    store,
    functionOf: () => ({ invoke: async (event: unknown) => work(event) }) as unknown as LambdaFunction,
    sqs: sqs ?? unused,
    log: () => undefined,
  });
  undo.push(() => machines.close());
  const door = await openAwsDoor({ states: stepFunctions(machines, store) });
  const sfn = new SFNClient(door.settings);
  undo.push(() => door.close());
  undo.push(() => sfn.destroy());
  const start = async (input: unknown = {}, name?: string): Promise<string> => {
    const { executionArn = '' } = await sfn.send(
      new StartExecutionCommand({ stateMachineArn: machineArn, name, input: JSON.stringify(input) }),
    );
    return executionArn;
  };
  const described = (executionArn: string) => sfn.send(new DescribeExecutionCommand({ executionArn }));
  const outcome = async (executionArn: string) => {
    await expect
      .poll(async () => (await described(executionArn)).status, { timeout: 15_000 })
      .not.toBe('RUNNING');
    const { status, output, error, cause } = await described(executionArn);
    return { status, ...(output !== undefined && { output: JSON.parse(output) }), error, cause };
  };
  return {
    sfn,
    machines,
    start,
    described,
    outcome,
    run: async (input?: unknown) => outcome(await start(input)),
  };
};

const single = (state: Json): unknown => ({ StartAt: 'One', States: { One: { End: true, ...state } } });
const invokeTask = (more: Json = {}): Json => ({
  Type: 'Task',
  Resource: 'arn:aws:states:::lambda:invoke',
  // biome-ignore lint/suspicious/noTemplateCurlyInString: it is CloudFormation's placeholder.
  Parameters: { FunctionName: '${Work}', 'Payload.$': '$' },
  ...more,
});
const tokenTask = (more: Json = {}): Json =>
  invokeTask({
    Resource: 'arn:aws:states:::lambda:invoke.waitForTaskToken',
    Parameters: {
      // biome-ignore lint/suspicious/noTemplateCurlyInString: it is CloudFormation's placeholder.
      FunctionName: '${Work}',
      Payload: {
        'token.$': '$$.Task.Token',
        'again.$': '$$.Task.Token',
        'order.$': '$$.Execution.Name',
        'payBy.$': '$$.Execution.Input.payBy',
      },
    },
    ...more,
  });
/** The machine of an order that must be paid. */
const awaitPayment = (more: Json = {}): unknown => ({
  StartAt: 'AwaitPayment',
  States: {
    AwaitPayment: tokenTask({
      TimeoutSecondsPath: '$.seconds',
      Catch: [{ ErrorEquals: ['States.Timeout'], ResultPath: '$.why', Next: 'TimeOut' }],
      End: true,
      ...more,
    }),
    TimeOut: invokeTask({ ResultSelector: { 'told.$': '$.Payload' }, End: true }),
  },
});

describe('a task that waits for its token', () => {
  test('goes on with what SendTaskSuccess says, once', async () => {
    const given: Json[] = [];
    const { sfn, start, outcome } = await platformWith(awaitPayment(), (event) => {
      given.push(event);
      return ok('ignored');
    });
    const executionArn = await start({ seconds: 60, payBy: 'noon' }, 'order-1');
    await expect.poll(() => given.length).toBe(1);
    expect(given[0]).toEqual({
      token: expect.any(String),
      again: given[0].token,
      order: 'order-1',
      payBy: 'noon',
    });
    const taskToken: string = given[0].token;
    await sfn.send(new SendTaskHeartbeatCommand({ taskToken }));
    await sfn.send(new SendTaskSuccessCommand({ taskToken, output: '{"paid":true}' }));
    expect(await outcome(executionArn)).toEqual({ status: 'SUCCEEDED', output: { paid: true } });
    for (const command of [
      new SendTaskSuccessCommand({ taskToken, output: '{}' }),
      new SendTaskFailureCommand({ taskToken }),
      new SendTaskHeartbeatCommand({ taskToken }),
    ])
      await expect(sfn.send(command as never)).rejects.toMatchObject({ name: 'TaskTimedOut' });
  });

  test('may be answered before its function has', async () => {
    const platform = await platformWith(awaitPayment(), async ({ token }) => {
      await platform.sfn.send(new SendTaskSuccessCommand({ taskToken: token, output: '1' }));
      return ok({});
    });
    expect(await platform.run({ seconds: 60, payBy: '' })).toEqual({ status: 'SUCCEEDED', output: 1 });
  });

  test('is over at the time its path names, and the catcher learns why', async () => {
    let token = '';
    const { sfn, start, outcome } = await platformWith(awaitPayment(), (event) => {
      if (event.token !== undefined) token = event.token;
      return ok(event);
    });
    const began = Date.now();
    const executionArn = await start({ seconds: 1, payBy: '' });
    expect(await outcome(executionArn)).toEqual({
      status: 'SUCCEEDED',
      output: {
        told: { seconds: 1, payBy: '', why: { Error: 'States.Timeout', Cause: 'Not done within 1 s' } },
      },
    });
    expect(Date.now() - began).toBeGreaterThanOrEqual(999);
    await expect(
      sfn.send(new SendTaskSuccessCommand({ taskToken: token, output: '1' })),
    ).rejects.toMatchObject({
      name: 'TaskTimedOut',
    });
  });

  test('fails as SendTaskFailure says, and when its function does', async () => {
    const { sfn, start, outcome, run } = await platformWith(
      single(tokenTask()),
      async ({ payBy, token }): Promise<Invocation> => {
        if (payBy === 'never') return thrown('OrderGone', 'no such order');
        await sfn.send(
          new SendTaskFailureCommand({ taskToken: token, error: 'Declined', cause: 'no money' }),
        );
        return ok({});
      },
    );
    expect(await outcome(await start({ payBy: 'noon' }))).toEqual({
      status: 'FAILED',
      error: 'Declined',
      cause: 'no money',
    });
    expect(await run({ payBy: 'never' })).toEqual({
      status: 'FAILED',
      error: 'OrderGone',
      cause: '{"errorType":"OrderGone","errorMessage":"no such order","trace":["OrderGone: no such order"]}',
    });
  });

  test('without heartbeats it is over; each one gives it more time', async () => {
    let token = '';
    const { sfn, start, outcome, run } = await platformWith(
      single(tokenTask({ HeartbeatSeconds: 1 })),
      (event) => {
        token = event.token;
        return ok({});
      },
    );
    expect(await run({ payBy: '' })).toMatchObject({ status: 'FAILED', error: 'States.HeartbeatTimeout' });
    const before = token;
    const executionArn = await start({ payBy: '' });
    await expect.poll(() => token).not.toBe(before);
    const began = Date.now();
    const beats = setInterval(() => {
      void sfn.send(new SendTaskHeartbeatCommand({ taskToken: token }));
      if (Date.now() - began > 1_500) clearInterval(beats);
    }, 250);
    expect(await outcome(executionArn)).toMatchObject({ error: 'States.HeartbeatTimeout' });
    expect(Date.now() - began).toBeGreaterThan(2_000);
  });

  test('tokens of nobody, of a task that never was, and answers that are no JSON are refused', async () => {
    const { sfn } = await platformWith(single(tokenTask()));
    const send = (taskToken: string, output = '{}') =>
      sfn.send(new SendTaskSuccessCommand({ taskToken, output }));
    await expect(send('gibberish')).rejects.toMatchObject({ name: 'InvalidToken' });
    const unknown = Buffer.from('["arn:aws:states:eu-central-1:000000000000:execution:orders:none","x"]');
    await expect(send(unknown.toString('base64'))).rejects.toMatchObject({ name: 'TaskDoesNotExist' });
    await expect(send('gibberish', '{')).rejects.toMatchObject({ name: 'InvalidOutput' });
  });
});

describe('StartExecution', () => {
  test('of the same name is the same execution while it runs, with the same input', async () => {
    const { sfn, start, described } = await platformWith(single({ Type: 'Wait', Seconds: 600 }));
    const first = await start({ n: 1 }, 'order-1');
    expect(first).toBe('arn:aws:states:eu-central-1:000000000000:execution:orders:order-1');
    expect(await start({ n: 1 }, 'order-1')).toBe(first);
    await expect(start({ n: 2 }, 'order-1')).rejects.toMatchObject({ name: 'ExecutionAlreadyExists' });
    await sfn.send(new StopExecutionCommand({ executionArn: first, error: 'Enough', cause: 'of it' }));
    expect(await described(first)).toMatchObject({ status: 'ABORTED', error: 'Enough', cause: 'of it' });
    await expect(start({ n: 1 }, 'order-1')).rejects.toMatchObject({ name: 'ExecutionAlreadyExists' });
  });

  test('refuses a name, an input and a machine that cannot be', async () => {
    const { sfn, start } = await platformWith(single({ Type: 'Pass' }));
    const startWith = (more: Json) =>
      sfn.send(new StartExecutionCommand({ stateMachineArn: machineArn, ...more }));
    await expect(start({}, 'a b')).rejects.toMatchObject({ name: 'InvalidName' });
    await expect(start({}, 'x'.repeat(81))).rejects.toMatchObject({ name: 'InvalidName' });
    await expect(startWith({ input: '{' })).rejects.toMatchObject({ name: 'InvalidExecutionInput' });
    await expect(startWith({ input: `"${'x'.repeat(256 * 1024)}"` })).rejects.toMatchObject({
      name: 'InvalidExecutionInput',
    });
    await expect(startWith({ stateMachineArn: `${machineArn}2` })).rejects.toMatchObject({
      name: 'StateMachineDoesNotExist',
    });
  });
});

test('machines, executions and histories can be looked at', async () => {
  const definition = {
    StartAt: 'One',
    States: { One: { Type: 'Pass', Next: 'Two' }, Two: { Type: 'Succeed' } },
  };
  const { sfn, start, outcome, described } = await platformWith(definition);
  const arns: string[] = [];
  for (const n of [1, 2, 3]) {
    const executionArn = await start({ n }, `order-${n}`);
    arns.push(executionArn);
    await outcome(executionArn);
  }
  const list = (more: Json) => sfn.send(new ListExecutionsCommand({ stateMachineArn: machineArn, ...more }));
  const first = await list({ maxResults: 2 });
  expect(first.executions?.map(({ name }) => name)).toEqual(['order-3', 'order-2']);
  const second = await list({ maxResults: 2, nextToken: first.nextToken });
  expect(second.executions?.map(({ name, status }) => [name, status])).toEqual([['order-1', 'SUCCEEDED']]);
  expect((await list({ statusFilter: 'RUNNING' })).executions).toEqual([]);

  const [executionArn = ''] = arns;
  const execution = await described(executionArn);
  expect(execution).toMatchObject({
    name: 'order-1',
    stateMachineArn: machineArn,
    input: '{"n":1}',
    output: '{"n":1}',
  });
  expect(Math.abs(Date.now() - (execution.startDate?.getTime() ?? 0))).toBeLessThan(20_000);
  const { events } = await sfn.send(new GetExecutionHistoryCommand({ executionArn }));
  expect(events?.map(({ id, previousEventId, type }) => [id, previousEventId, type])).toEqual([
    [1, 0, 'ExecutionStarted'],
    [2, 1, 'PassStateEntered'],
    [3, 2, 'PassStateExited'],
    [4, 3, 'SucceedStateEntered'],
    [5, 4, 'SucceedStateExited'],
    [6, 5, 'ExecutionSucceeded'],
  ]);
  const newest = await sfn.send(
    new GetExecutionHistoryCommand({ executionArn, reverseOrder: true, maxResults: 1 }),
  );
  expect(newest.events?.[0]?.executionSucceededEventDetails?.output).toBe('{"n":1}');

  expect((await sfn.send(new ListStateMachinesCommand({}))).stateMachines?.map(({ name }) => name)).toEqual([
    'orders',
  ]);
  const machine = await sfn.send(new DescribeStateMachineCommand({ stateMachineArn: machineArn }));
  expect(JSON.parse(machine.definition ?? '')).toEqual(definition);
  await expect(described(`${executionArn}-none`)).rejects.toMatchObject({ name: 'ExecutionDoesNotExist' });
});

describe('states', () => {
  test('a task by the ARN of its function gets the input and gives the answer', async () => {
    const { run } = await platformWith(single({ Type: 'Task', Resource: functionArn('work') }), ({ n }) =>
      ok(n + 1),
    );
    expect(await run({ n: 1 })).toEqual({ status: 'SUCCEEDED', output: 2 });
  });

  test('Retry tries again, later each time, and Catch takes what remains', async () => {
    const times: number[] = [];
    const { run } = await platformWith(
      {
        StartAt: 'One',
        States: {
          One: invokeTask({
            Retry: [{ ErrorEquals: ['Busy'], IntervalSeconds: 1, MaxAttempts: 1, BackoffRate: 2 }],
            Catch: [
              { ErrorEquals: ['Other'], Next: 'Never' },
              { ErrorEquals: ['States.ALL'], Next: 'Two', ResultPath: '$' },
            ],
            Next: 'Never',
          }),
          Two: { Type: 'Pass', Parameters: { 'error.$': '$.Error' }, End: true },
          Never: { Type: 'Fail', Error: 'Wrong', Cause: 'way' },
        },
      },
      () => {
        times.push(Date.now());
        return thrown('Busy', 'later');
      },
    );
    expect(await run({})).toEqual({ status: 'SUCCEEDED', output: { error: 'Busy' } });
    expect(times).toHaveLength(2);
    expect((times[1] ?? 0) - (times[0] ?? 0)).toBeGreaterThanOrEqual(999);
  });

  test('a timeout of a task counts per attempt', async () => {
    const tokens: string[] = [];
    const { run } = await platformWith(
      single(
        tokenTask({
          TimeoutSeconds: 1,
          Retry: [{ ErrorEquals: ['States.Timeout'], IntervalSeconds: 1, MaxAttempts: 1 }],
        }),
      ),
      ({ token }) => {
        tokens.push(token);
        return ok({});
      },
    );
    expect(await run({ payBy: '' })).toMatchObject({ status: 'FAILED', error: 'States.Timeout' });
    expect(new Set(tokens).size).toBe(2);
  });

  test('Choice, Wait, Pass, Fail and Succeed', async () => {
    const soon = new Date(Date.now() + 300).toISOString();
    const { run } = await platformWith({
      StartAt: 'Which',
      States: {
        Which: {
          Type: 'Choice',
          Choices: [
            { Variable: '$.kind', IsPresent: false, Next: 'Fails' },
            { Variable: '$.kind', StringEquals: 'waits', Next: 'Waits' },
            {
              And: [
                { Variable: '$.kind', StringMatches: 'p*' },
                { Variable: '$$.Execution.Input.kind', StringEquals: 'passes' },
              ],
              Next: 'Passes',
            },
          ],
          Default: 'Done',
        },
        Waits: { Type: 'Wait', TimestampPath: '$.until', OutputPath: '$.kind', Next: 'Done' },
        Passes: { Type: 'Pass', Result: { n: 1 }, ResultPath: '$.result', Next: 'Done' },
        Fails: { Type: 'Fail', Cause: 'no kind' },
        Done: { Type: 'Succeed' },
      },
    });
    expect(await run({})).toEqual({ status: 'FAILED', cause: 'no kind' });
    expect(await run({ kind: 'waits', until: soon })).toEqual({ status: 'SUCCEEDED', output: 'waits' });
    expect(Date.now()).toBeGreaterThanOrEqual(Date.parse(soon) - 1);
    expect(await run({ kind: 'passes' })).toEqual({
      status: 'SUCCEEDED',
      output: { kind: 'passes', result: { n: 1 } },
    });
    expect(await run({ kind: 'other' })).toEqual({ status: 'SUCCEEDED', output: { kind: 'other' } });
    expect(await run({ kind: 'waits', until: 'soon' })).toMatchObject({ error: 'States.Runtime' });
  });

  test('a loop back to the same state', async () => {
    const { run } = await platformWith(
      {
        StartAt: 'Count',
        States: {
          Count: invokeTask({ OutputPath: '$.Payload', Next: 'Enough' }),
          Enough: {
            Type: 'Choice',
            Choices: [{ Variable: '$.n', NumericLessThan: 4, Next: 'Count' }],
            Default: 'Done',
          },
          Done: { Type: 'Succeed' },
        },
      },
      ({ n }) => ok({ n: n + 1 }),
    );
    expect(await run({ n: 0 })).toEqual({ status: 'SUCCEEDED', output: { n: 4 } });
  });

  test('Map and Parallel run their states, with the context of the execution', async () => {
    const { run } = await platformWith(
      {
        StartAt: 'Each',
        States: {
          Each: {
            Type: 'Map',
            ItemsPath: '$.items',
            ItemSelector: { 'n.$': '$$.Map.Item.Value', 'index.$': '$$.Map.Item.Index' },
            ItemProcessor: {
              ProcessorConfig: { Mode: 'INLINE' },
              StartAt: 'Double',
              States: { Double: invokeTask({ OutputPath: '$.Payload', End: true }) },
            },
            ResultPath: '$.doubled',
            Next: 'Both',
          },
          Both: {
            Type: 'Parallel',
            Branches: [
              {
                StartAt: 'A',
                States: {
                  A: { Type: 'Pass', Parameters: { 'all.$': '$$.Execution.Input.items' }, End: true },
                },
              },
              {
                StartAt: 'B',
                States: { B: { Type: 'Wait', Seconds: 0, OutputPath: '$.doubled', End: true } },
              },
            ],
            End: true,
          },
        },
      },
      ({ n, index }) => ok(2 * n + index),
    );
    expect(await run({ items: [5, 6] })).toEqual({
      status: 'SUCCEEDED',
      output: [{ all: [5, 6] }, [10, 13]],
    });
  });

  test('a branch that fails ends the others, and their tokens', async () => {
    let token = '';
    const { sfn, start, described } = await platformWith(
      {
        StartAt: 'Both',
        States: {
          Both: {
            Type: 'Parallel',
            Branches: [
              { StartAt: 'Waits', States: { Waits: tokenTask({ End: true }) } },
              { StartAt: 'Fails', States: { Fails: { Type: 'Fail', Error: 'Late' } } },
            ],
            Catch: [{ ErrorEquals: ['Late'], Next: 'Rest' }],
            Next: 'Rest',
          },
          Rest: { Type: 'Wait', Seconds: 600, End: true },
        },
      },
      (event) => {
        token = event.token;
        return ok({});
      },
    );
    const executionArn = await start({ payBy: '' });
    const entered = async () =>
      (await sfn.send(new GetExecutionHistoryCommand({ executionArn }))).events?.map(({ type }) => type);
    await expect.poll(entered).toContain('WaitStateEntered');
    await expect(
      sfn.send(new SendTaskSuccessCommand({ taskToken: token, output: '1' })),
    ).rejects.toMatchObject({ name: 'TaskTimedOut' });
    expect((await described(executionArn)).status).toBe('RUNNING');
  });

  test('a message to a queue', async () => {
    const queues = await startQueuesAndBuckets();
    undo.push(() => queues.stop());
    const QueueUrl = `${queues.endpoint}/000000000000/mails`;
    await createQueuesAndBuckets(queues, [{ name: QueueUrl, type: 'AWS::SQS::Queue', properties: {} }]);
    const { run } = await platformWith(
      single({
        Type: 'Task',
        Resource: 'arn:aws:states:::sqs:sendMessage',
        Parameters: { QueueUrl, MessageBody: { 'order.$': '$.id' } },
        ResultSelector: { 'sent.$': '$.MessageId' },
      }),
      undefined,
      { sqs: queues.sqs },
    );
    expect(await run({ id: 'order 👩‍👧' })).toEqual({
      status: 'SUCCEEDED',
      output: { sent: expect.any(String) },
    });
    const [message] = queues.server.inspectQueue('mails')?.messages.ready ?? [];
    expect(JSON.parse(message?.body ?? '')).toEqual({ order: 'order 👩‍👧' });
  });

  test('a machine as a whole is over after its TimeoutSeconds', async () => {
    const { run } = await platformWith({
      ...(single({ Type: 'Wait', Seconds: 600 }) as object),
      TimeoutSeconds: 1,
    });
    expect(await run({})).toEqual({ status: 'TIMED_OUT', error: 'States.Timeout' });
  });

  test('a result of more than 256 KiB ends the execution, uncaught', async () => {
    const { run } = await platformWith(
      {
        StartAt: 'One',
        States: {
          One: invokeTask({ Catch: [{ ErrorEquals: ['States.ALL'], Next: 'Two' }], End: true }),
          Two: { Type: 'Succeed' },
        },
      },
      () => ok('x'.repeat(256 * 1024)),
    );
    expect(await run({})).toMatchObject({ status: 'FAILED', error: 'States.DataLimitExceeded' });
  });
});

test('an endless loop ends with its history, at 25,000 events', async () => {
  const { run } = await platformWith({
    StartAt: 'A',
    States: { A: { Type: 'Pass', Next: 'B' }, B: { Type: 'Pass', Next: 'A' } },
  });
  expect(await run({})).toEqual({
    status: 'FAILED',
    error: 'States.Runtime',
    cause: 'The history has 25000 events',
  });
});

test('of ended executions the last ones are remembered, of those that run all', () => {
  const store = openExecutionStore(undefined, 2);
  undo.push(() => store.close());
  const names = ['a', 'b', 'c', 'd', 'e'];
  for (const name of names) {
    const execution = { arn: name, machineArn, name, input: '{}', startedAt: 0, status: 'RUNNING' } as const;
    expect(store.add(execution)).toBe(true);
    store.addEvent(name, { id: 1, previousEventId: 0, timestamp: 0, type: 'ExecutionStarted' });
    if (name !== 'b') store.update({ ...execution, status: 'SUCCEEDED', stoppedAt: 1 });
  }
  expect(names.filter((name) => store.get(name) !== undefined)).toEqual(['b', 'd', 'e']);
  expect(names.map((name) => store.lastEventId(name))).toEqual([0, 1, 0, 1, 1]);
  expect(store.running().map(({ name }) => name)).toEqual(['b']);
});

describe('what is not supported is an error that names the state', () => {
  test.for<[string, Json, string]>([
    ['a type', { Type: 'Magic' }, 'orders/One: the type Magic'],
    [
      'a resource',
      { Type: 'Task', Resource: 'arn:aws:states:::dynamodb:putItem' },
      'orders/One: the resource arn:aws:states:::dynamodb:putItem',
    ],
    [
      'a parameter',
      invokeTask({ Parameters: { FunctionName: 'work', InvocationType: 'Event' } }),
      'orders/One: the parameter InvocationType',
    ],
    [
      'a function that is none',
      invokeTask({ Parameters: { FunctionName: 'nobody' } }),
      'orders/One: there is no function nobody',
    ],
    ['a field', { Type: 'Pass', Assign: { a: 1 } }, 'orders/One: Assign'],
    ['JSONata', { Type: 'Pass', QueryLanguage: 'JSONata' }, 'orders/One: the query language JSONata'],
    ['a context path', { Type: 'Pass', Parameters: { 'x.$': '$$.State.Name' } }, 'orders/One: $$.State.Name'],
    [
      'a token without waiting',
      invokeTask({ Parameters: { FunctionName: 'work', Payload: { 't.$': '$$.Task.Token' } } }),
      'orders/One: only a task that waits for its token has one',
    ],
    ['a state that is none', { Type: 'Pass', End: undefined, Next: 'Nobody' }, 'orders/One goes to Nobody'],
    [
      'a comparison',
      { Type: 'Choice', End: undefined, Choices: [{ Variable: '$.a', IsOdd: true, Next: 'One' }] },
      'orders/One: a choice by IsOdd',
    ],
    [
      'a distributed map',
      { Type: 'Map', ItemProcessor: { ProcessorConfig: { Mode: 'DISTRIBUTED' }, StartAt: 'X', States: {} } },
      'orders/One: a distributed Map',
    ],
    [
      'TaskFailed beside a timeout',
      invokeTask({ TimeoutSeconds: 1, Retry: [{ ErrorEquals: ['States.TaskFailed'] }] }),
      'orders/One: States.TaskFailed beside a timeout',
    ],
    ['a wait for nothing', { Type: 'Wait' }, 'orders/One must say one time'],
  ])('%s', ([, state, message]) => {
    const definition = JSON.parse(JSON.stringify(single(state)));
    expect(() => declaredMachines(resourcesOf(definition))).toThrow(message);
  });

  test('an express machine', () => {
    const [lambda, machine] = resourcesOf(single({ Type: 'Pass' })) as [Resource, Resource];
    const express = { ...machine, properties: { ...machine.properties, StateMachineType: 'EXPRESS' } };
    expect(() => declaredMachines([lambda, express])).toThrow('orders: only standard machines');
  });
});

test('after kill -9 executions go on where they were: same token, time counted from the beginning', async () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'executions-'));
  undo.push(() => rmSync(folder, { recursive: true, force: true }));
  const file = path.join(folder, 'executions.sqlite');
  const definition = awaitPayment();
  const local = path.resolve(import.meta.dirname, '../../local');
  const child = spawn(
    process.execPath,
    [
      '--input-type=module',
      '-e',
      `import { openExecutionStore } from '${local}/execution-store.ts';
       import { declaredMachines, StateMachines } from '${local}/state-machines.ts';
       const machines = new StateMachines(declaredMachines(${JSON.stringify(resourcesOf(definition))}), {
         store: openExecutionStore('${file}'),
         functionOf: () => ({ invoke: async ({ order, token }) => { console.log(order, token); return { ok: true } } }),
         sqs: undefined,
         log: console.error,
       });
       const [machine] = machines.machines.values();
       machines.start(machine, 'patient', '{"seconds":600,"payBy":""}');
       machines.start(machine, 'hasty', '{"seconds":2,"payBy":""}');
       setInterval(() => {}, 1000);`,
    ],
    { stdio: ['ignore', 'pipe', 'inherit'] },
  );
  undo.push(() => child.kill('SIGKILL'));
  let printed = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    printed += text;
  });
  await expect.poll(() => printed.split('\n').length, { timeout: 15_000 }).toBe(3);
  const before = Object.fromEntries(
    printed
      .trim()
      .split('\n')
      .map((line) => line.split(' ') as [string, string]),
  );
  const exited = new Promise((resolve) => child.once('exit', resolve));
  child.kill('SIGKILL');
  await exited;
  const killedAt = Date.now();

  // Down until the deadline of the hasty one is over.
  await expect.poll(() => Date.now() - killedAt, { timeout: 5_000 }).toBeGreaterThan(2_000);

  const given: Json[] = [];
  const { sfn, machines, start, outcome } = await platformWith(
    definition,
    (event) => {
      given.push(event);
      return ok(null);
    },
    { file },
  );
  const executionOf = (name: string) => `arn:aws:states:eu-central-1:000000000000:execution:orders:${name}`;
  machines.resume();
  expect(await outcome(executionOf('hasty'))).toEqual({ status: 'SUCCEEDED', output: { told: null } });
  await expect.poll(() => given.length).toBe(2);
  // The hasty one is timed out without being asked again; the patient one is asked with the token it has.
  expect(given.toSorted((one, other) => (one.order ?? '').localeCompare(other.order ?? ''))).toEqual([
    { seconds: 2, payBy: '', why: { Error: 'States.Timeout', Cause: 'Not done within 2 s' } },
    { token: before['patient'], again: before['patient'], order: 'patient', payBy: '' },
  ]);
  expect(await start({ seconds: 600, payBy: '' }, 'patient')).toBe(executionOf('patient'));
  await sfn.send(new SendTaskSuccessCommand({ taskToken: before['patient'], output: '"paid"' }));
  expect(await outcome(executionOf('patient'))).toEqual({ status: 'SUCCEEDED', output: 'paid' });
});

test('an answer that was acknowledged is there after a restart, also before the machine has gone on', async () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'executions-'));
  undo.push(() => rmSync(folder, { recursive: true, force: true }));
  const file = path.join(folder, 'executions.sqlite');
  let token = '';
  const first = await platformWith(
    single(tokenTask()),
    (event) => {
      token = event.token;
      return ok({});
    },
    { file },
  );
  const executionArn = await first.start({ payBy: '' }, 'order-1');
  await expect.poll(() => token).not.toBe('');
  // The process ends right after the answer to SendTaskSuccess: nothing behind it has run yet.
  expect(first.machines.tokens.sendSuccess({ taskToken: token, output: '{"paid":1}' })).toEqual({
    status: 200,
    body: {},
  });
  await first.machines.close();

  let invocations = 0;
  const second = await platformWith(
    single(tokenTask()),
    () => {
      invocations += 1;
      return ok({});
    },
    { file },
  );
  expect((await second.described(executionArn)).status).toBe('RUNNING');
  second.machines.resume();
  expect(await second.outcome(executionArn)).toEqual({ status: 'SUCCEEDED', output: { paid: 1 } });
  expect(invocations).toBe(0);
});

test('an execution whose state the template no longer has fails', async () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'executions-'));
  undo.push(() => rmSync(folder, { recursive: true, force: true }));
  const file = path.join(folder, 'executions.sqlite');
  const first = await platformWith(single({ Type: 'Wait', Seconds: 600 }), undefined, { file });
  const executionArn = await first.start();
  await first.machines.close();
  const second = await platformWith({ StartAt: 'Two', States: { Two: { Type: 'Succeed' } } }, undefined, {
    file,
  });
  second.machines.resume();
  expect(await second.outcome(executionArn)).toMatchObject({ status: 'FAILED', error: 'States.Runtime' });
});
