import { afterEach, describe, expect, test, vi } from 'vitest';
import type { Invocation } from '../../local/lambda.ts';
import { parseSchedule, Schedules } from '../../local/schedules.ts';
import type { Resource } from '../../local/template.ts';

const lambdaArn = 'arn:aws:lambda:eu-central-1:000000000000:function:sweep';
const queueArn = 'arn:aws:sqs:eu-central-1:000000000000:work';
const known: readonly Resource[] = [
  { name: 'sweep', type: 'AWS::Lambda::Function', properties: {} },
  { name: 'http://127.0.0.1:9/000000000000/work', type: 'AWS::SQS::Queue', properties: {} },
];
const rule = (properties: Resource['properties'], name = 'nightly'): Resource => ({
  name,
  type: 'AWS::Events::Rule',
  properties: { ScheduleExpression: 'rate(1 day)', State: 'ENABLED', ...properties },
});
const schedulesOf = (rules: readonly Resource[], answer: Invocation = { ok: true, payload: 'null' }) => {
  const sent: [string, unknown][] = [];
  const schedules = new Schedules([...known, ...rules], {
    sendMessage: (arn, body) => sent.push([arn, JSON.parse(body)]),
    invoke: async (name, event) => {
      sent.push([name, event]);
      return answer;
    },
    log: () => undefined,
  });
  return { schedules, sent };
};

afterEach(() => {
  vi.useRealTimers();
});

describe('the next time', () => {
  test.for([
    ['cron(0 3 * * ? *)', '2026-03-04T05:06:07Z', '2026-03-05T03:00:00.000Z'],
    ['cron(0/15 8-17 ? * MON-FRI *)', '2026-03-06T17:50:00Z', '2026-03-09T08:00:00.000Z'],
    ['cron(30 10 ? * 2 *)', '2026-03-04T00:00:00Z', '2026-03-09T10:30:00.000Z'],
    ['cron(15 10 ? * 6L *)', '2026-03-04T00:00:00Z', '2026-03-27T10:15:00.000Z'],
    ['cron(0 18 ? * 6#3 *)', '2026-03-04T00:00:00Z', '2026-03-20T18:00:00.000Z'],
    ['cron(0 10 L * ? *)', '2026-02-04T00:00:00Z', '2026-02-28T10:00:00.000Z'],
    ['cron(0 0 1 1 ? 2030)', '2026-02-04T00:00:00Z', '2030-01-01T00:00:00.000Z'],
    ['cron(0 0 1 1 ? 2025)', '2026-02-04T00:00:00Z', undefined],
  ] as const)('%s after %s is %s', ([expression, after, expected]) => {
    const time = parseSchedule(expression, 'rule')(Date.parse(after));
    expect(time === undefined ? undefined : new Date(time).toISOString()).toBe(expected);
  });

  test('of a rate counts from the start', () => {
    vi.useFakeTimers({ now: 1_000 });
    const next = parseSchedule('rate(5 minutes)', 'rule');
    expect(next(1_000)).toBe(301_000);
    expect(next(300_999)).toBe(301_000);
    expect(next(301_000)).toBe(601_000);
    expect(parseSchedule('rate(1 hour)', 'rule')(1_000)).toBe(3_601_000);
  });

  test.for([
    'rate(0 minutes)',
    'rate(1 minutes)',
    'rate(5 minute)',
    'rate(5 weeks)',
    'cron(0 3 * * * *)',
    'cron(0 3 ? * ? *)',
    'cron(0 3 * * ?)',
    'cron(61 3 * * ? *)',
    'at(2026-01-01T00:00:00)',
  ])('%s is refused with the name of the rule', (expression) => {
    expect(() => parseSchedule(expression, 'App-Nightly')).toThrow('App-Nightly');
  });
});

test('each target gets the event at the time, a given input instead of it', async () => {
  vi.useFakeTimers({ now: Date.parse('2026-03-04T05:06:07.250Z') });
  const { schedules, sent } = schedulesOf([
    rule({
      ScheduleExpression: 'cron(8 5 * * ? *)',
      Targets: [
        { Id: '0', Arn: lambdaArn },
        { Id: '1', Arn: queueArn, Input: '{"sweep":"all"}' },
      ],
    }),
    rule(
      { ScheduleExpression: 'cron(8 5 * * ? *)', State: 'DISABLED', Targets: [{ Id: '0', Arn: lambdaArn }] },
      'off',
    ),
  ]);
  const stop = new AbortController();
  const running = schedules.run(stop.signal);
  await vi.advanceTimersByTimeAsync(112_000);
  expect(sent).toEqual([]);
  await vi.advanceTimersByTimeAsync(1_000);
  expect(sent).toEqual([
    [
      'sweep',
      {
        version: '0',
        id: expect.any(String),
        'detail-type': 'Scheduled Event',
        source: 'aws.events',
        account: '000000000000',
        time: '2026-03-04T05:08:00Z',
        region: 'eu-central-1',
        resources: ['arn:aws:events:eu-central-1:000000000000:rule/nightly'],
        detail: {},
      },
    ],
    [queueArn, { sweep: 'all' }],
  ]);
  await vi.advanceTimersByTimeAsync(86_400_000);
  expect(sent).toHaveLength(4);
  stop.abort();
  await running;
  await vi.advanceTimersByTimeAsync(2 * 86_400_000);
  expect(sent).toHaveLength(4);
});

test('a test can deliver a schedule at once, and learns whether it worked', async () => {
  const rules = [rule({ Targets: [{ Id: '0', Arn: lambdaArn }] })];
  const good = schedulesOf(rules);
  expect(await good.schedules.trigger('nightly')).toEqual([{ target: lambdaArn, delivered: true }]);
  expect(good.sent.map(([name]) => name)).toEqual(['sweep']);
  expect(await good.schedules.trigger('nobody')).toBeUndefined();
  expect(good.schedules.list()).toEqual([
    {
      rule: 'nightly',
      expression: 'rate(1 day)',
      enabled: true,
      next: expect.any(String),
      targets: [lambdaArn],
    },
  ]);
  const bad = schedulesOf(rules, { ok: false, reason: 'error', message: 'no' });
  expect(await bad.schedules.trigger('nightly')).toEqual([
    { target: lambdaArn, delivered: false, message: 'no' },
  ]);
});

test('other targets are refused with the name of the rule', () => {
  const refused = (target: Record<string, string>) => () => schedulesOf([rule({ Targets: [target] })]);
  expect(refused({ Id: '0', Arn: 'arn:aws:states:eu-central-1:000000000000:stateMachine:m' })).toThrow(
    'nightly: the target arn:aws:states',
  );
  expect(refused({ Id: '0', Arn: `${lambdaArn}2` })).toThrow('is no function and no queue of the template');
  expect(refused({ Id: '0', Arn: lambdaArn, InputPath: '$.detail' })).toThrow('targets with InputPath');
});
