import type { Context, SQSEvent, SQSRecord } from 'aws-lambda';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import {
  leadBooked,
  leadContacted,
  leadCreated,
  leadExpired,
} from '../../../functions/marketplace/leads/lead-lifecycle.ts';
import { messageSent } from '../../../functions/marketplace/messages/talk-lifecycle.ts';
import { type FactsItem, factsKey } from '../../../functions/marketplace/truck-facts/truck-facts-store.ts';
import { type LifecycleEvent, lifecycleEvent } from '../../../functions/platform/lifecycle-event.ts';
import type { Table } from '../../../functions/platform/table.ts';
import { type Engine, startEngine } from '../../support/dynoxide.ts';

let engine: Engine;
let table: Table;
let deliver: (events: readonly LifecycleEvent[]) => Promise<readonly string[]>;
beforeAll(async () => {
  engine = await startEngine();
  Object.assign(process.env, {
    STAGE: 'test',
    AWS_REGION: 'eu-central-1',
    AWS_ACCESS_KEY_ID: 'local',
    AWS_SECRET_ACCESS_KEY: 'local',
    AWS_ENDPOINT_URL: engine.endpoint,
    MARKETPLACE_TABLE: 'marketplace',
  });
  table = await engine.createTable('marketplace');
  const { handler } = await import('../../../functions/marketplace/truck-facts/truck-facts-consumer.ts');
  deliver = async (events) => {
    const records = events.map((detail, index) => ({
      messageId: `m${index}`,
      body: JSON.stringify({ detail }),
      attributes: { ApproximateReceiveCount: '1' },
    }));
    const event: SQSEvent = { Records: records as SQSRecord[] };
    const { batchItemFailures } = await handler(event, { awsRequestId: 'r' } as Context);
    return batchItemFailures.map(({ itemIdentifier }) => itemIdentifier);
  };
});
afterAll(() => engine.stop());

const createdAt = '2026-11-20T18:00:00.000Z';
const after = (minutes: number): string => new Date(Date.parse(createdAt) + minutes * 60_000).toISOString();
const seconds = (iso: string): number => Date.parse(iso) / 1_000;

const factsOf = (truckId: string) => {
  const of = (leadId: string, minutes: number, sequence: number) => ({
    aggregateId: leadId,
    sequence,
    change: { what: 'made', by: 'ann', requestId: 'r', at: after(minutes) },
  });
  const lead = (leadId: string, status: 'new' | 'contacted' | 'booked' | 'expired') => ({
    leadId,
    briefId: 'brf_1',
    truckId,
    truckOrganizationId: 'org_truck',
    status,
    stage: 1,
    window: { from: after(1_000), to: after(2_000) },
    leadCreatedAt: createdAt,
  });
  const message = (messageId: string, leadId: string, by: 'truck' | 'organizer') => ({
    messageId,
    leadId,
    truckId,
    by,
    attachments: 0,
    ofSide: 1,
    leadCreatedAt: createdAt,
  });
  return [
    lifecycleEvent(leadCreated, { ...of('lead_a', 0, 1), data: lead('lead_a', 'new') }),
    lifecycleEvent(messageSent, { ...of('lead_a', 5, 1), data: message('msg_1', 'lead_a', 'organizer') }),
    lifecycleEvent(messageSent, { ...of('lead_a', 8, 2), data: message('msg_2', 'lead_a', 'truck') }),
    lifecycleEvent(leadContacted, { ...of('lead_a', 12, 2), data: lead('lead_a', 'contacted') }),
    lifecycleEvent(leadBooked, { ...of('lead_a', 90, 5), data: lead('lead_a', 'booked') }),
    lifecycleEvent(leadCreated, { ...of('lead_b', 0, 1), data: lead('lead_b', 'new') }),
    lifecycleEvent(leadExpired, { ...of('lead_b', 1_000, 2), data: lead('lead_b', 'expired') }),
  ];
};

test('a truck’s facts are the same in whatever order its events come, and however often', async () => {
  let trucks = 0;
  await fc.assert(
    fc.asyncProperty(fc.infiniteStream(fc.nat()), async (numbers) => {
      trucks += 1;
      const truckId = `trk_${trucks}`;
      const facts = factsOf(truckId);
      const twice = [...facts, ...facts]
        .map((event) => ({ event, at: numbers.next().value }))
        .sort((one, other) => one.at - other.at)
        .map(({ event }) => event);
      expect(await deliver(twice)).toEqual([]);
      const kept = await table.get<FactsItem>(factsKey(truckId), { consistent: true });
      expect(kept?.leads).toEqual({
        lead_a: { createdAt: seconds(createdAt), answeredAt: seconds(after(8)), end: 'booked' },
        lead_b: { createdAt: seconds(createdAt), end: 'unbooked' },
      });
    }),
    { numRuns: 15 },
  );
});
