import { describe, expect, test } from 'vitest';
import { compilePattern, EventBus } from '../../local/event-bus.ts';
import type { Resource } from '../../local/template.ts';

const rule = (pattern: unknown, arn: string): Resource => ({
  name: `rule-${arn}`,
  type: 'AWS::Events::Rule',
  properties: { EventBusName: 'bus', EventPattern: pattern, Targets: [{ Arn: arn, Id: 'Target0' }] },
});
const busWith = (...rules: readonly Resource[]) => {
  const delivered: [string, Record<string, unknown>][] = [];
  const bus = new EventBus(
    [{ name: 'bus', type: 'AWS::Events::EventBus', properties: {} }, ...rules],
    (arn, body) => delivered.push([arn, JSON.parse(body)]),
  );
  return { bus, delivered };
};
const entry = { EventBusName: 'bus', Source: 'shop', DetailType: 'SOLD', Detail: '{"n":1}' };

describe('PutEvents', () => {
  test('hands text beyond the basic plane on as escapes, which every queue takes', () => {
    const bodies: string[] = [];
    const queue = rule({ source: ['shop'] }, 'queue');
    const bus = new EventBus(
      [{ name: 'bus', type: 'AWS::Events::EventBus', properties: {} }, queue],
      (_arn, body) => bodies.push(body),
    );
    bus.putEvents({ Entries: [{ ...entry, Detail: '{"name":"👩‍👧 é"}' }] });
    expect(bodies[0]).toMatch(/^[\x20-\ud7ff]*$/);
    expect(JSON.parse(bodies[0] ?? '').detail).toEqual({ name: '👩‍👧 é' });
  });

  test('hands an event to every rule that matches', () => {
    const { bus, delivered } = busWith(
      rule({ source: ['shop'], 'detail-type': ['SOLD', 'LOST'] }, 'queue-a'),
      rule({ source: ['shop'], detail: { n: [2] } }, 'queue-b'),
      rule({ source: ['other'] }, 'queue-c'),
    );
    const output = bus.putEvents({ Entries: [{ ...entry, Time: 1_700_000_000 }] });
    expect(output.FailedEntryCount).toBe(0);
    expect(delivered).toEqual([
      [
        'queue-a',
        {
          version: '0',
          id: expect.any(String),
          'detail-type': 'SOLD',
          source: 'shop',
          account: '000000000000',
          time: '2023-11-14T22:13:20.000Z',
          region: 'eu-central-1',
          resources: [],
          detail: { n: 1 },
        },
      ],
    ]);
    expect(output.Entries).toEqual([{ EventId: delivered[0]?.[1]['id'] }]);
  });

  test('each entry has a result of its own, and those refused are not delivered', () => {
    const { bus, delivered } = busWith(rule({ source: ['shop'] }, 'queue'));
    const output = bus.putEvents({
      Entries: [
        { ...entry, Detail: 'no json' },
        entry,
        { ...entry, EventBusName: 'nobody' },
        { ...entry, Detail: JSON.stringify('x'.repeat(256 * 1024)) },
        { EventBusName: 'bus', Source: 'shop', Detail: '{}' },
      ],
    });
    expect(output.FailedEntryCount).toBe(4);
    expect(output.Entries.map((result) => ('ErrorCode' in result ? result.ErrorCode : 'ok'))).toEqual([
      'MalformedDetail',
      'ok',
      'InvalidArgument',
      'InvalidArgument',
      'InvalidArgument',
    ]);
    expect(delivered).toHaveLength(1);
  });

  test('takes 1 to 10 entries', () => {
    const { bus } = busWith();
    expect(() => bus.putEvents({ Entries: Array.from({ length: 11 }, () => entry) })).toThrow('1 to 10');
    expect(() => bus.putEvents({})).toThrow('1 to 10');
  });

  test('the outbox shows the last ones by type', () => {
    const { bus } = busWith();
    bus.putEvents({ Entries: [entry, { ...entry, DetailType: 'LOST' }, { ...entry, Detail: '{"n":2}' }] });
    expect(bus.recent('SOLD', 1).map(({ detail }) => detail)).toEqual([{ n: 2 }]);
    expect(bus.recent(undefined, 10)).toHaveLength(3);
  });
});

describe('patterns', () => {
  test.for([
    [{ a: ['x'] }, { a: 'x' }, true],
    [{ a: ['x'] }, { a: 'y' }, false],
    [{ a: ['x'] }, {}, false],
    [{ a: ['x', null] }, { a: null }, true],
    [{ a: { b: [1] } }, { a: { b: 1, c: 2 } }, true],
    [{ a: { b: [1] } }, { a: 'text' }, false],
    [{ a: ['x'] }, { a: ['w', 'x'] }, true],
  ] as const)('%j on %j: %s', ([pattern, event, expected]) => {
    expect(compilePattern(pattern, 'rule')(event)).toBe(expected);
  });

  test('other matchers are refused by name', () => {
    expect(() => compilePattern({ a: [{ prefix: 'x' }] }, 'Rule')).toThrow(
      'Rule/a: the pattern [{"prefix":"x"}]',
    );
    expect(() =>
      busWith({
        ...rule({ a: ['x'] }, 'q'),
        properties: { EventPattern: {}, Targets: [{ Arn: 'q', Id: '1', InputPath: '$' }] },
      }),
    ).toThrow('InputPath');
  });
});
