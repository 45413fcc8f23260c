import { SQSClient } from '@aws-sdk/client-sqs';
import type { Context } from 'aws-lambda';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import type { Lead } from '../../../functions/marketplace/leads/lead.ts';
import { leadMachine } from '../../../functions/marketplace/leads/lead-machine.ts';
import { openLeads } from '../../../functions/marketplace/leads/lead-store.ts';
import { leadMachines } from '../../../functions/marketplace/leads/start-machines.ts';
import { localClient } from '../../../local/account.ts';
import { openExecutionStore } from '../../../local/execution-store.ts';
import type { LambdaFunction } from '../../../local/lambda.ts';
import { declaredMachines, type Machine, StateMachines } from '../../../local/state-machines.ts';
import { type LeadTable, quoteWith, startLeadTable } from '../../support/lead.ts';

/** The machine as the embedded cloud runs it, with the function that it calls on the engine, by the real clock. */
let world: LeadTable;
let machines: StateMachines;
let machine: Machine;
const failures: string[] = [];
const undo: (() => unknown)[] = [];

beforeAll(async () => {
  world = await startLeadTable();
  Object.assign(process.env, {
    STAGE: 'test',
    AWS_REGION: 'eu-central-1',
    AWS_ACCESS_KEY_ID: 'local',
    AWS_SECRET_ACCESS_KEY: 'local',
    AWS_ENDPOINT_URL: world.endpoint,
    MARKETPLACE_TABLE: 'marketplace',
    PAYMENT_PROVIDERS: 'test',
  });
  const { handler } = await import('../../../functions/marketplace/leads/machine.ts');
  const invoke = async (event: unknown) => {
    try {
      const outcome = await handler(event, { awsRequestId: 'task' } as Context);
      return { ok: true, payload: JSON.stringify(outcome) };
    } catch (error) {
      const { name, message } = error as Error;
      failures.push(message);
      return { ok: false, reason: 'error', message, thrown: { name, message } };
    }
  };
  const store = openExecutionStore(undefined);
  const sqs = new SQSClient(localClient('http://127.0.0.1:1'));
  const arn = 'arn:aws:states:eu-central-1:000000000000:stateMachine:leads';
  machines = new StateMachines(
    declaredMachines([
      { name: 'leads-machine', type: 'AWS::Lambda::Function', properties: {} },
      {
        name: arn,
        type: 'AWS::StepFunctions::StateMachine',
        properties: {
          DefinitionString: JSON.stringify(
            leadMachine('arn:aws:lambda:eu-central-1:000000000000:function:leads-machine'),
          ),
        },
      },
    ]),
    { store, functionOf: () => ({ invoke }) as unknown as LambdaFunction, sqs, log: () => undefined },
  );
  machine = machines.machines.get(arn) as Machine;
  undo.push(
    () => machines.close(),
    () => store.close(),
    () => sqs.destroy(),
    () => world.stop(),
  );
});
afterAll(async () => {
  for (const step of undo) await step();
});

const inSeconds = (from: number): number => Math.floor(Date.now() / 1_000) + from;
const iso = (seconds: number): string => new Date(seconds * 1_000).toISOString();

/** Starts what the relay starts for a lead that has just come to its stage, twice. */
const startFor = (lead: Lead): readonly string[] => {
  const after = { pk: `LEAD#${lead.leadId}`, sk: 'LEAD', ...lead };
  const change = { kind: 'INSERT', before: undefined, after, expired: false, seenAt: new Date() } as const;
  const [start] = leadMachines(machine.arn)(change);
  if (start === undefined) throw new Error(`Nothing waits for ${lead.leadId}`);
  const input = JSON.stringify(start.input);
  return [
    machines.start(machine, start.name, input).kind,
    machines.start(machine, start.name, JSON.stringify({ ...JSON.parse(input), again: true })).kind,
  ];
};
const becomes = (lead: Lead, status: Lead['status']): Promise<void> =>
  vi.waitFor(async () => expect((await openLeads(world.table).get(lead.leadId))?.status).toBe(status), {
    timeout: 15_000,
    interval: 50,
  });

test('an offer, a deposit and an event that end in a second are ended by it, each once', async () => {
  const end = inSeconds(1);
  const later = { from: inSeconds(3_600), to: inSeconds(7_200) };
  const quote = quoteWith({ expiresAt: iso(end) });
  const quoted = await world.lead({ status: 'quoted', stage: 3, quote, window: later });
  const accepted = await world.lead({
    status: 'accepted',
    stage: 4,
    quote,
    depositBy: end - 1,
    window: later,
  });
  const booked = await world.lead({ status: 'booked', stage: 5, window: { from: end - 600, to: end } });
  expect([quoted, accepted, booked].map(startFor)).toEqual(Array(3).fill(['started', 'exists']));
  await Promise.all([becomes(quoted, 'expired'), becomes(accepted, 'expired'), becomes(booked, 'completed')]);
  for (const { leadId } of [quoted, accepted, booked]) {
    const rows = await openLeads(world.table).history(leadId);
    expect(rows.map(({ actor }) => actor)).toEqual(['test', 'system:leads-machine']);
  }
  // Its wait was over in the very second in which the rule says so.
  expect(failures).toEqual([]);
});

test('a truck that is silent is reminded, and then its lead is over', async () => {
  const lead = await world.lead({
    since: iso(inSeconds(-24 * 3_600 + 1)),
    window: { from: inSeconds(3), to: inSeconds(600) },
  });
  startFor(lead);
  await vi.waitFor(
    async () => expect((await openLeads(world.table).get(lead.leadId))?.remindedAt).toBeDefined(),
    { timeout: 15_000, interval: 50 },
  );
  await becomes(lead, 'expired');
});
