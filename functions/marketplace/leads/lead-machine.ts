import { invoke } from '../../platform/states-language.ts';
import { type Lead, type LeadStatus, type LeadTimer, leadTimers, timersOf } from './lead.ts';

/** What the machine of one stage of a lead is started with. */
export interface LeadMachineInput {
  readonly leadId: string;
  readonly stage: number;
  readonly status: LeadStatus;
  /** When each timer of the stage is due (ISO 8601), never later than the ones after it. */
  readonly at: Readonly<Partial<Record<LeadTimer, string>>>;
}

/** Name of the machine of a stage: it starts once (1–80 characters, service limit). */
export const machineName = ({ leadId, stage }: Pick<Lead, 'leadId' | 'stage'>): string =>
  `${leadId}-${stage}`;

type TimedStatus = keyof typeof leadTimers;
const timedStatuses = Object.keys(leadTimers) as readonly TimedStatus[];

const iso = (seconds: number): string => new Date(seconds * 1_000).toISOString();

/**
 * What waits for the stage that a lead is in; undefined when nothing does. The machine waits for one timer after
 * the other, so none of them may hold up a later one: it ends with that one at the latest, and is then over.
 */
export const machineInput = (lead: Lead): LeadMachineInput | undefined => {
  const due = new Map(timersOf(lead).map(({ timer, at }) => [timer, at]));
  if (due.size === 0) return undefined;
  const at: Partial<Record<LeadTimer, string>> = {};
  let latest = Number.POSITIVE_INFINITY;
  for (const timer of leadTimers[lead.status as TimedStatus].toReversed()) {
    latest = Math.min(latest, due.get(timer) ?? latest);
    at[timer] = iso(latest);
  }
  return { leadId: lead.leadId, stage: lead.stage, status: lead.status, at };
};

const pascalCase = (word: string): string => word.charAt(0).toUpperCase() + word.slice(1);
const waitName = (status: TimedStatus, timer: LeadTimer): string =>
  `${pascalCase(status)}Until${pascalCase(timer)}`;
const taskName = (status: TimedStatus, timer: LeadTimer): string =>
  `${pascalCase(status)}${pascalCase(timer)}`;

/** The states of one status: until its first timer, that, until its next … */
const chainOf = (functionArn: string, status: TimedStatus): Readonly<Record<string, object>> => {
  const timers: readonly LeadTimer[] = leadTimers[status];
  return Object.fromEntries(
    timers.flatMap((timer, index): [string, object][] => {
      const next = timers[index + 1];
      const payload = { 'leadId.$': '$.leadId', 'stage.$': '$.stage', timer };
      return [
        [
          waitName(status, timer),
          { Type: 'Wait', TimestampPath: `$.at.${timer}`, Next: taskName(status, timer) },
        ],
        [
          taskName(status, timer),
          {
            ...invoke(functionArn, payload),
            // What is waited for next stands in what the machine was started with.
            ResultPath: null,
            ...(next === undefined ? { End: true } : { Next: waitName(status, next) }),
          },
        ],
      ];
    }),
  );
};

/**
 * The machine of a stage of a lead, in Amazon States Language, from the timers of the transition table: for each
 * status a chain that waits for its timers and has each of them done. A stage that is over is let run out: what
 * comes then does nothing.
 *
 * @param functionArn the function that does what is due, or a placeholder for its ARN.
 */
export const leadMachine = (functionArn: string) => ({
  Comment: 'What comes by itself in one stage of a lead.',
  StartAt: 'ByStatus',
  States: {
    ByStatus: {
      Type: 'Choice',
      Choices: timedStatuses.map((status) => ({
        Variable: '$.status',
        StringEquals: status,
        Next: waitName(status, leadTimers[status][0]),
      })),
    },
    ...Object.assign({}, ...timedStatuses.map((status) => chainOf(functionArn, status))),
  } as Readonly<Record<string, object>>,
});
