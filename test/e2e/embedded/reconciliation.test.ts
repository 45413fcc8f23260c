import {
  DynamoDBClient,
  GetItemCommand,
  ListTablesCommand,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb';
import { marshall, unmarshall } from '@aws-sdk/util-dynamodb';
import { expect, inject, test } from 'vitest';
import { briefBody } from '../../support/brief-body.ts';
import { anybody } from '../client.ts';
import { newLead, newOrganizer, newTruck, putOnSale } from '../scenario.ts';
import { waitFor } from '../wait-for.ts';

/** Drift is planted in the tables; the schedule, delivered at once, repairs it: as deployed, from end to end. */
const { origin } = new URL(inject('target').url);
const dynamoDb = new DynamoDBClient({
  endpoint: origin,
  region: 'eu-central-1',
  credentials: { accessKeyId: 'any', secretAccessKey: 'body' },
});

const tableNamed = async (part: string): Promise<string> => {
  const { TableNames = [] } = await dynamoDb.send(new ListTablesCommand({}));
  const name = TableNames.find((one) => one.includes(part));
  if (name === undefined) throw new Error(`There is no table ${part}`);
  return name;
};
const read = async (table: string, key: object): Promise<Record<string, unknown> | undefined> => {
  const { Item } = await dynamoDb.send(
    new GetItemCommand({ TableName: table, Key: marshall(key), ConsistentRead: true }),
  );
  return Item && unmarshall(Item);
};
const set = (table: string, key: object, update: string, names: object, values: object) =>
  dynamoDb.send(
    new UpdateItemCommand({
      TableName: table,
      Key: marshall(key),
      UpdateExpression: update,
      ExpressionAttributeNames: { ...names },
      ExpressionAttributeValues: marshall(values),
    }),
  );
const runSchedule = async (part: string): Promise<void> => {
  const { schedules } = (await (await fetch(`${origin}/_local/schedules`)).json()) as {
    readonly schedules: readonly { readonly rule: string; readonly expression: string }[];
  };
  const found = schedules.find(({ rule }) => rule.includes(part));
  expect(found?.expression).toBe('rate(5 minutes)');
  const delivered = await fetch(`${origin}/_local/schedules/${found?.rule}`, { method: 'POST' });
  expect(delivered.ok).toBe(true);
};
const hourAgo = (): number => Math.floor(Date.now() / 1_000) - 3_600;

test('an order whose capture was lost is captured, and no longer outstanding', async () => {
  const { sessionId } = await putOnSale();
  const { body: held } = await anybody().ok(201, 'createHold', {
    params: { sessionId },
    body: { seats: ['A-1'] },
  });
  const { body: order } = await anybody().ok(201, 'createOrder', {
    body: {
      holdIds: [held.id],
      customer: { name: 'Ana Pop', email: 'ana@example.com', locale: 'ro' },
      payment: { provider: 'test' },
    },
  });
  const orderId = order.id;
  const paymentIs = (status: string) =>
    waitFor(`the payment to be ${status}`, async () => {
      const { body } = await anybody().ok(200, 'getOrder', { params: { orderId } });
      return body.payment?.status === status ? body : undefined;
    });
  await anybody().ok(202, 'payOrder', { params: { orderId }, body: { method: 'card_ok' } });
  await paymentIs('captured');

  const table = await tableNamed('OrdersTable');
  const key = { pk: `ORDER#${orderId}`, sk: 'ORDER' };
  expect((await read(table, key))?.['due']).toBeUndefined();
  // As if nobody had come to capture it, an hour ago: at the provider and here.
  const payment = { pk: `TEST-PAYMENT#${order.payment?.id}`, sk: 'PAYMENT' };
  await set(table, payment, 'SET #s = :s', { '#s': 'status' }, { ':s': 'authorized' });
  await set(
    table,
    key,
    'SET #p.#s = :s, #c = :none, #d = :due, #ch.#at = :at',
    { '#p': 'payment', '#s': 'status', '#c': 'captured', '#d': 'due', '#ch': 'change', '#at': 'at' },
    {
      ':s': 'authorized',
      ':none': 0,
      ':due': orderId.slice(-2, -1),
      ':at': new Date(hourAgo() * 1_000).toISOString(),
    },
  );
  expect((await paymentIs('authorized')).status).toBe('confirmed');

  await runSchedule('OrdersReconciliation');
  await paymentIs('captured');
  expect((await read(table, payment))?.['status']).toBe('captured');
  expect((await read(table, key))?.['due']).toBeUndefined();
});

test('a hold whose end nobody announced is ended', async () => {
  const { sessionId } = await putOnSale();
  const { body: held } = await anybody().ok(201, 'createHold', {
    params: { sessionId },
    body: { seats: ['A-1'] },
  });
  const table = await tableNamed('TicketingTable');
  const key = { pk: `HOLD#${held.id}`, sk: 'HOLD' };
  await set(table, key, 'SET #u = :u', { '#u': 'until' }, { ':u': hourAgo() });
  expect((await read(table, key))?.['status']).toBe('active');
  await runSchedule('TicketingReconciliation');
  await waitFor('the hold to be ended', async () =>
    (await read(table, key))?.['status'] === 'expired' ? true : undefined,
  );
});

test('a reminder that the machine of its lead did not bring is noted', async () => {
  const both = await newOrganizer();
  const { id: truckId } = await newTruck(both);
  const { body: brief } = await both.client.ok(201, 'createBrief', {
    body: { ...briefBody, organizationId: both.organizationId },
  });
  const leadId = await newLead({ organizer: both, briefId: brief.id, truck: both, truckId });
  const table = await tableNamed('MarketplaceTable');
  const key = { pk: `LEAD#${leadId}`, sk: 'LEAD' };
  const since = new Date((hourAgo() - 86_400) * 1_000).toISOString();
  await set(
    table,
    key,
    'SET #s = :since, #d = :since',
    { '#s': 'since', '#d': 'dueAt' },
    { ':since': since },
  );
  await runSchedule('LeadsReconciliation');
  const reminded = await waitFor('the reminder', async () => {
    const lead = await read(table, key);
    return lead?.['remindedAt'] === undefined ? undefined : lead;
  });
  // What is to come next is the begin of the event.
  expect([reminded['status'], reminded['dueAt']]).toEqual([
    'new',
    new Date(Date.parse(brief.startsAt) + 900_000).toISOString(),
  ]);
});
