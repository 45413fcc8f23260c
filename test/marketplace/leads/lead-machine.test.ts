import { describe, expect, test } from 'vitest';
import { leadStatus, leadTimer, leadTimers } from '../../../functions/marketplace/leads/lead.ts';
import { leadMachine, machineInput, machineName } from '../../../functions/marketplace/leads/lead-machine.ts';
import { leadMachines } from '../../../functions/marketplace/leads/start-machines.ts';
import type { StreamChange } from '../../../functions/platform/relay.ts';
import { prepareMachine } from '../../../local/machine-definition.ts';
import { leadWith, quoteWith, seconds } from '../../support/lead.ts';

interface State {
  readonly Type: string;
  readonly Next?: string;
  readonly End?: boolean;
  readonly TimestampPath?: string;
  readonly Parameters?: { readonly Payload: { readonly timer: string } };
}
const machine = leadMachine('the function');
const states = machine.States as Readonly<Record<string, State>>;
const choices = (machine.States['ByStatus'] as { Choices: { StringEquals: string; Next: string }[] }).Choices;

/** Names of the states that are gone through from one on. */
const pathFrom = (name: string): readonly string[] => {
  const next = states[name]?.Next;
  return [name, ...(next === undefined ? [] : pathFrom(next))];
};
const retry = [
  { ErrorEquals: ['States.ALL'], IntervalSeconds: 1, BackoffRate: 2, MaxAttempts: 9, JitterStrategy: 'FULL' },
];
const task = (timer: string) => ({
  Type: 'Task',
  Resource: 'arn:aws:states:::lambda:invoke',
  Parameters: {
    FunctionName: 'the function',
    Payload: { 'leadId.$': '$.leadId', 'stage.$': '$.stage', timer },
  },
  Retry: retry,
  ResultPath: null,
});

describe('the machine', () => {
  test('of a lead that is new, written out', () => {
    expect(choices[0]).toEqual({ Variable: '$.status', StringEquals: 'new', Next: 'NewUntilRemind' });
    expect(Object.fromEntries(pathFrom('NewUntilRemind').map((name) => [name, states[name]]))).toEqual({
      NewUntilRemind: { Type: 'Wait', TimestampPath: '$.at.remind', Next: 'NewRemind' },
      NewRemind: { ...task('remind'), Next: 'NewUntilLapse' },
      NewUntilLapse: { Type: 'Wait', TimestampPath: '$.at.lapse', Next: 'NewLapse' },
      NewLapse: { ...task('lapse'), End: true },
    });
  });

  test('every status with timers has its chain, and no other', () => {
    expect(choices.map(({ StringEquals }) => StringEquals)).toEqual(
      leadStatus.options.filter((status) => status in leadTimers),
    );
  });

  test.each(choices)(
    '$StringEquals goes through all its timers, and nothing else',
    ({ StringEquals: status, Next }) => {
      const path = pathFrom(Next).map((name) => states[name] as State);
      const timers = leadTimers[status as keyof typeof leadTimers];
      expect(path.map(({ Type }) => Type)).toEqual(timers.flatMap(() => ['Wait', 'Task']));
      expect(path.flatMap(({ TimestampPath }) => TimestampPath ?? [])).toEqual(
        timers.map((timer) => `$.at.${timer}`),
      );
      expect(path.flatMap(({ Parameters }) => Parameters?.Payload.timer ?? [])).toEqual(timers);
      expect(path.map(({ End }) => End === true)).toEqual([...path.slice(1).map(() => false), true]);
    },
  );

  test('nothing else is in it', () => {
    expect(Object.keys(states).sort()).toEqual(
      ['ByStatus', ...choices.flatMap(({ Next }) => pathFrom(Next))].sort(),
    );
    expect(Object.values(leadTimers).flat().sort()).toEqual(expect.arrayContaining(leadTimer.options));
  });

  test('the embedded cloud has all that it uses', () => {
    const { work } = prepareMachine(machine as never, 'leads');
    expect(work.size).toBe(14);
  });

  test('its name is that of the lead’s stage, within what Step Functions takes', () => {
    expect(machineName(leadWith({ stage: 12 }))).toBe('lead_5zr1v9n6q0w8c4t2m7k3x1y9ab-12');
    expect(machineName(leadWith({ stage: 102 }))).toMatch(/^[0-9A-Za-z_-]{1,80}$/);
  });
});

describe('what it is started with', () => {
  const atOf = (fields: Parameters<typeof leadWith>[0]) => machineInput(leadWith(fields))?.at;

  test('lead, stage, status and instants', () => {
    expect(machineInput(leadWith({ status: 'contacted', stage: 2 }))).toEqual({
      leadId: 'lead_5zr1v9n6q0w8c4t2m7k3x1y9ab',
      stage: 2,
      status: 'contacted',
      at: { remind: '2027-03-04T10:00:00.000Z', lapse: '2027-03-06T10:00:00.000Z' },
    });
  });

  test('a reminder holds up nothing that comes before it', () => {
    expect(atOf({ since: '2027-03-06T07:00:00.000Z' })).toEqual({
      remind: '2027-03-06T10:00:00.000Z',
      lapse: '2027-03-06T10:00:00.000Z',
    });
  });

  test('the end of an offer, of the time to pay, of the event', () => {
    expect(atOf({ status: 'quoted', quote: quoteWith() })).toEqual({ expire: '2027-03-05T12:00:00.000Z' });
    // It may be paid in the last second too.
    expect(atOf({ status: 'accepted', depositBy: seconds('2027-03-04T08:00:00Z') })).toEqual({
      lapse: '2027-03-04T08:00:01.000Z',
    });
    expect(atOf({ status: 'booked' })).toEqual({ complete: '2027-03-06T14:00:00.000Z' });
  });

  test.each(['completed', 'expired', 'declined', 'cancelled'] as const)('nothing when %s', (status) => {
    expect(machineInput(leadWith({ status }))).toBeUndefined();
  });
});

describe('the relay starts one', () => {
  const startsOf = leadMachines('the machine');
  const item = (fields: Parameters<typeof leadWith>[0], sk = 'LEAD') => ({
    pk: 'LEAD#lead_5zr1v9n6q0w8c4t2m7k3x1y9ab',
    sk,
    ...leadWith(fields),
  });
  const change = (before: StreamChange['before'], after: StreamChange['after']): StreamChange => ({
    kind: before === undefined ? 'INSERT' : 'MODIFY',
    before,
    after,
    expired: false,
    seenAt: new Date('2027-03-03T10:00:01Z'),
  });

  test('for a new lead and for each stage, by its name', () => {
    const asked = item({});
    const contacted = item({ status: 'contacted', stage: 2, revision: 3 });
    expect([
      ...startsOf(change(undefined, asked)),
      ...startsOf(change({ ...asked, remindedAt: '2027-03-04T10:00:00.000Z', revision: 2 }, contacted)),
    ]).toEqual([
      {
        machineArn: 'the machine',
        name: 'lead_5zr1v9n6q0w8c4t2m7k3x1y9ab-1',
        input: machineInput(leadWith()),
      },
      {
        machineArn: 'the machine',
        name: 'lead_5zr1v9n6q0w8c4t2m7k3x1y9ab-2',
        input: machineInput(leadWith({ status: 'contacted', stage: 2 })),
      },
    ]);
  });

  test('for another offer', () => {
    const before = item({ status: 'quoted', stage: 3, quote: quoteWith() });
    const after = item({
      status: 'quoted',
      stage: 4,
      quote: quoteWith({ version: 2, by: 'organizer', expiresAt: '2027-03-04T12:00:00Z' }),
    });
    expect(startsOf(change(before, after)).map(({ name }) => name)).toEqual([
      'lead_5zr1v9n6q0w8c4t2m7k3x1y9ab-4',
    ]);
  });

  test('for nothing else: notes, ends, other items, deletions', () => {
    const booked = item({ status: 'booked', stage: 5 });
    expect([
      ...startsOf(change(booked, { ...booked, captured: 200_000, revision: 2 })),
      ...startsOf(change(booked, item({ status: 'cancelled', stage: 6 }))),
      ...startsOf(change(undefined, item({}, 'HOLD'))),
      ...startsOf({ ...change(booked, undefined), kind: 'REMOVE' }),
    ]).toEqual([]);
  });
});
