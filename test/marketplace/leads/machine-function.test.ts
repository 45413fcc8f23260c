import type { Context } from 'aws-lambda';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openLeads } from '../../../functions/marketplace/leads/lead-store.ts';
import { type LeadTable, quoteWith, startLeadTable } from '../../support/lead.ts';
import { runReconciliation } from '../../support/reconcile.ts';

let world: LeadTable;
let handler: (event: unknown, context: Context) => Promise<unknown>;
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
  handler = (await import('../../../functions/marketplace/leads/machine.ts')).handler;
});
afterAll(() => world.stop());

const lambda = { awsRequestId: 'task-1' } as Context;
const inSeconds = (from: number): number => Math.floor(Date.now() / 1_000) + from;

test('does what is due, by the clock of the function', async () => {
  const { leadId } = await world.lead({
    status: 'booked',
    stage: 5,
    window: { from: inSeconds(-7_200), to: inSeconds(-60) },
  });
  expect(await handler({ leadId, stage: 5, timer: 'complete' }, lambda)).toEqual({ kind: 'done' });
  expect(await handler({ leadId, stage: 5, timer: 'complete' }, lambda)).toEqual({ kind: 'over' });
  const [, completed] = await openLeads(world.table).history(leadId);
  expect(completed).toMatchObject({
    from: 'booked',
    to: 'completed',
    actor: 'system:leads-machine',
    command: 'complete',
  });
});

test('throws when the machine’s clock is ahead, so that it is asked again', async () => {
  const to = inSeconds(3_600);
  const { leadId } = await world.lead({ status: 'booked', stage: 5, window: { from: to - 60, to } });
  await expect(handler({ leadId, stage: 5, timer: 'complete' }, lambda)).rejects.toThrow(
    `complete of ${leadId} is due at ${to}`,
  );
  expect((await openLeads(world.table).get(leadId))?.status).toBe('booked');
});

test('books an accepted lead whose money is there although nobody told of it', async () => {
  const truck = await world.truck({ truckId: 'trk_paid', units: 20 });
  const from = inSeconds(30 * 86_400);
  const { leadId } = await world.lead(
    {
      truckId: 'trk_paid',
      status: 'accepted',
      stage: 4,
      window: { from, to: from + 3_600 },
      quote: quoteWith(),
      depositBy: inSeconds(-5),
      deposit: { paymentId: 'pay_1', provider: 'test', status: 'created', amount: 200_000 },
    },
    { truck, as: { kind: 'hard', until: inSeconds(-5) } },
  );
  await world.table.put(
    { pk: 'TEST-PAYMENT#pay_1', sk: 'PAYMENT', paymentId: 'pay_1', payableId: leadId, status: 'authorized' },
    {},
  );
  expect(await handler({ leadId, stage: 4, timer: 'lapse' }, lambda)).toEqual({ kind: 'over' });
  expect(await openLeads(world.table).get(leadId)).toMatchObject({
    status: 'booked',
    deposit: { status: 'authorized' },
    hold: { kind: 'booking' },
  });
});

test('refuses what no machine of ours asks for', async () => {
  await expect(handler({ leadId: 'lead_1', stage: 1, timer: 'book' }, lambda)).rejects.toThrow(/timer/);
});

test('where the machine did not come the reconciliation does what is due', async () => {
  const { handler: reconciliation } = await import(
    '../../../functions/marketplace/reconciliation/reconciliation.ts'
  );
  const { leadId } = await world.lead({
    status: 'booked',
    stage: 5,
    window: { from: inSeconds(-7_200), to: inSeconds(-901) },
  });
  const run = async () => {
    const { repaired, notRepaired } = await runReconciliation(reconciliation, lambda, 64);
    return { repaired, notRepaired };
  };
  // The one that was not due yet was put into no calendar.
  const notRepaired = { lead_without_booking: 1 };
  expect(await run()).toEqual({ repaired: { lead_overdue: 1 }, notRepaired });
  const [, completed] = await openLeads(world.table).history(leadId);
  expect(completed).toMatchObject({ to: 'completed', actor: 'system:leads-reconciliation' });
  expect(await run()).toEqual({ repaired: {}, notRepaired });
});
