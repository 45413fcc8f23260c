import { expect, test } from 'vitest';
import { EventBus } from '../../local/event-bus.ts';
import { openExecutionStore } from '../../local/execution-store.ts';
import { declaredMachines, StateMachines } from '../../local/state-machines.ts';
import { Usage } from '../../local/usage.ts';

const relay = { name: 'relay', memoryMb: 512 };

test('invocations are counted by function, with their records and their time', () => {
  const usage = new Usage();
  usage.invoked(relay, { Records: [{}, {}, {}] }, 4);
  usage.invoked(relay, { Records: [{}] }, 2.5);
  usage.invoked({ name: 'api', memoryMb: 1_024 }, { httpMethod: 'GET' }, 1);
  usage.invoked({ name: 'tick', memoryMb: 512 }, undefined, 1);
  expect(usage.report().functions).toEqual({
    api: { memoryMb: 1_024, invocations: 1, records: 1, ms: 1 },
    relay: { memoryMb: 512, invocations: 2, records: 4, ms: 6.5 },
    tick: { memoryMb: 512, invocations: 1, records: 1, ms: 1 },
  });
});

test('calls are counted by service and operation', () => {
  const usage = new Usage();
  usage.called('kms', 'Sign');
  usage.called('ses', 'SendEmail');
  usage.called('kms', 'Sign');
  expect(usage.report().calls).toEqual({ 'kms Sign': 2, 'ses SendEmail': 1 });
});

test('a bus counts the events that it took, and the queues that got them', () => {
  const usage = new Usage();
  const rule = (name: string, type: string, targets: readonly string[]) => ({
    name,
    type: 'AWS::Events::Rule',
    properties: {
      EventBusName: 'bus',
      EventPattern: { 'detail-type': [type] },
      Targets: targets.map((Arn) => ({ Id: Arn, Arn })),
    },
  });
  const bus = new EventBus(
    [
      { name: 'bus', type: 'AWS::Events::EventBus', properties: {} },
      rule('one', 'SOLD', ['mail']),
      rule('two', 'SOLD', ['money', 'log']),
    ],
    () => undefined,
    usage,
  );
  const entry = (DetailType: string, EventBusName = 'bus') => ({
    EventBusName,
    Source: 'test',
    DetailType,
    Detail: '{}',
  });
  bus.putEvents({ Entries: [entry('SOLD'), entry('HELD'), entry('SOLD', 'nowhere')] });
  expect(usage.report()).toMatchObject({ events: 2, deliveries: 3 });
});

test('a machine counts a transition into each state and one out of the last', async () => {
  const usage = new Usage();
  const [machine] = declaredMachines([
    {
      name: 'arn:aws:states:eu-central-1:000000000000:stateMachine:two',
      type: 'AWS::StepFunctions::StateMachine',
      properties: {
        DefinitionString: JSON.stringify({
          StartAt: 'First',
          States: { First: { Type: 'Pass', Next: 'Last' }, Last: { Type: 'Pass', End: true } },
        }),
      },
    },
  ]);
  if (machine === undefined) throw new Error('There is no machine');
  const store = openExecutionStore();
  const machines = new StateMachines(
    [machine],
    { store, functionOf: () => undefined, sqs: {} as never, log: () => undefined },
    usage,
  );
  machines.start(machine, 'once', '{}');
  await expect.poll(() => store.list(machine.arn, 'SUCCEEDED', 1).items.length).toBe(1);
  expect(usage.report().transitions).toBe(3);
  await machines.close();
  store.close();
});
