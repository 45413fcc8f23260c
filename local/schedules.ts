import { randomUUID } from 'node:crypto';
import { Cron } from 'croner';
import { account, arnOf } from './account.ts';
import { pauseUntil } from './backoff.ts';
import { asMessage, isSchedule } from './event-bus.ts';
import type { Invocation } from './lambda.ts';
import { functionNameOf } from './task-handlers.ts';
import type { Resource } from './template.ts';

export interface ScheduleParts {
  /** Puts a message into the queue of this ARN. */
  readonly sendMessage: (queueArn: string, body: string) => void;
  readonly invoke: (functionName: string, event: unknown) => Promise<Invocation>;
  readonly log: (line: string) => void;
}

/** Next time after an instant, in epoch milliseconds; undefined when there is none any more. */
export type NextTime = (afterMs: number) => number | undefined;

interface Target {
  readonly arn: string;
  /** JSON that it gets in place of the event. */
  readonly input?: string;
}

interface Schedule {
  readonly name: string;
  readonly expression: string;
  readonly enabled: boolean;
  readonly next: NextTime;
  readonly targets: readonly Target[];
}

export interface Delivery {
  readonly target: string;
  readonly delivered: boolean;
  readonly message?: string;
}

/** Scheduled rules (`rate(…)`, `cron(…)`, UTC) whose targets are functions and queues. */
export class Schedules {
  private readonly schedules: ReadonlyMap<string, Schedule>;
  private readonly parts: ScheduleParts;

  /** @throws Error naming the rule, for an expression or target that is not supported here. */
  constructor(resources: readonly Resource[], parts: ScheduleParts) {
    this.parts = parts;
    const known = new Set(
      resources
        .filter(({ type }) => type === 'AWS::Lambda::Function' || type === 'AWS::SQS::Queue')
        .map(({ name }) => nameOf(name)),
    );
    this.schedules = new Map(
      resources
        .filter(({ type, properties }) => type === 'AWS::Events::Rule' && isSchedule(properties))
        .map(({ name, properties }) => [name, scheduleOf(name, properties, known)]),
    );
  }

  /** Delivers each schedule at its times, until the signal. */
  async run(signal: AbortSignal): Promise<void> {
    await Promise.all(
      [...this.schedules.values()]
        .filter(({ enabled }) => enabled)
        .map((schedule) => this.repeat(schedule, signal)),
    );
  }

  /** What there is, with the next time of each after now. */
  list() {
    return [...this.schedules.values()].map(({ name, expression, enabled, next, targets }) => {
      const time = enabled ? next(Date.now()) : undefined;
      return {
        rule: name,
        expression,
        enabled,
        ...(time !== undefined && { next: new Date(time).toISOString() }),
        targets: targets.map(({ arn }) => arn),
      };
    });
  }

  /** Delivers a schedule at once, also a disabled one; undefined when there is no rule of that name. */
  async trigger(rule: string): Promise<readonly Delivery[] | undefined> {
    const schedule = this.schedules.get(rule);
    return schedule === undefined ? undefined : this.deliver(schedule, Date.now());
  }

  private async repeat(schedule: Schedule, signal: AbortSignal): Promise<void> {
    const running = new Set<Promise<unknown>>();
    let last = Date.now();
    while (!signal.aborted) {
      const time = schedule.next(last);
      if (time === undefined) break;
      await pauseUntil(time, signal);
      if (signal.aborted) break;
      // Times that passed while the machine slept are not made up for.
      last = Math.max(time, Date.now());
      const delivery = this.deliver(schedule, time).finally(() => running.delete(delivery));
      running.add(delivery);
    }
    await Promise.all(running);
  }

  private deliver({ name, targets }: Schedule, time: number): Promise<readonly Delivery[]> {
    const event = {
      version: '0',
      id: randomUUID(),
      'detail-type': 'Scheduled Event',
      source: 'aws.events',
      account: account.accountId,
      time: new Date(time).toISOString().replace(/\.\d+Z$/, 'Z'),
      region: account.region,
      resources: [arnOf('events', `rule/${name}`)],
      detail: {},
    };
    return Promise.all(
      targets.map(async ({ arn, input }): Promise<Delivery> => {
        const given: unknown = input === undefined ? event : JSON.parse(input);
        if (arn.startsWith('arn:aws:sqs:')) {
          this.parts.sendMessage(arn, asMessage(given));
          return { target: arn, delivered: true };
        }
        const result = await this.parts.invoke(functionNameOf(arn), given);
        if (result.ok) return { target: arn, delivered: true };
        this.parts.log(`${name}: ${arn} failed: ${result.message}`);
        return { target: arn, delivered: false, message: result.message };
      }),
    );
  }
}

const nameOf = (arnOrUrl: string): string => arnOrUrl.split(/[/:]/).at(-1) ?? '';

const scheduleOf = (
  name: string,
  properties: Resource['properties'],
  known: ReadonlySet<string>,
): Schedule => ({
  name,
  expression: properties['ScheduleExpression'],
  enabled: (properties['State'] ?? 'ENABLED') === 'ENABLED',
  next: parseSchedule(properties['ScheduleExpression'], name),
  targets: (properties['Targets'] ?? []).map((target: Record<string, string>) => {
    const { Arn: arn = '', Input: input } = target;
    const unknown = Object.keys(target).filter(
      (key) => !['Arn', 'Id', 'Input', 'DeadLetterConfig', 'RetryPolicy'].includes(key),
    );
    if (unknown.length > 0) throw new Error(`${name}: targets with ${unknown} are not supported here`);
    if (!/^arn:aws:(lambda|sqs):/.test(arn) || !known.has(nameOf(arn)))
      throw new Error(`${name}: the target ${arn} is no function and no queue of the template`);
    return { arn, ...(input !== undefined && { input }) };
  }),
});

const unitMs = { minute: 60_000, hour: 3_600_000, day: 86_400_000 } as const;

/**
 * The times of a schedule expression (EventBridge User Guide, "Schedule expressions"). A rate counts from
 * the start of this process.
 * @throws Error naming the rule, for anything else.
 */
export const parseSchedule = (expression: string, place: string): NextTime => {
  const rate = /^rate\((\d+) (minute|hour|day)(s?)\)$/.exec(expression);
  if (rate !== null) {
    const [, count, unit, plural] = rate;
    if (Number(count) < 1 || (Number(count) === 1) !== (plural === ''))
      throw new Error(`${place}: ${expression} is no rate`);
    const every = Number(count) * unitMs[unit as keyof typeof unitMs];
    const start = Date.now();
    return (after) => start + (Math.floor(Math.max(after - start, 0) / every) + 1) * every;
  }
  const fields = /^cron\((.+)\)$/.exec(expression)?.[1]?.trim().split(/\s+/);
  if (fields === undefined || fields.length !== 6)
    throw new Error(`${place}: ${expression} is neither rate(…) nor cron(…) of six fields`);
  const [, , dayOfMonth, , dayOfWeek] = fields;
  if ((dayOfMonth === '?') === (dayOfWeek === '?'))
    throw new Error(`${place}: one of day of month and day of week of ${expression} must be ?`);
  try {
    const cron = new Cron(`0 ${asCroner(fields)}`, { timezone: 'UTC', mode: '7-part', paused: true });
    return (after) => cron.nextRun(new Date(after))?.getTime();
  } catch (error) {
    throw new Error(`${place}: ${expression}: ${(error as Error).message}`, { cause: error });
  }
};

/** Last value of each field: `2/5` is a step from 2 to it. */
const lastOfField = [59, 23, 31, 12, 7, 2199];

/** EventBridge counts the days of the week from 1 for Sunday, the library from 0. */
const asCroner = (fields: readonly string[]): string =>
  fields
    .map((field, index) =>
      field.replace(
        /(^|,)(\d+)\//g,
        (_, before: string, from: string) => `${before}${from}-${lastOfField[index]}/`,
      ),
    )
    .map((field, index) =>
      index === 4
        ? field
            .replace(/^L$/, '7')
            .replace(/(^|[,-])(\d)/g, (_, before: string, day: string) => before + (Number(day) - 1))
        : field,
    )
    .join(' ');
