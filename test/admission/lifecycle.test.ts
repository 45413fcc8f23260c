import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Ticket, ticketIdOf } from '../../functions/admission/contracts.ts';
import { admissionLifecycle, admissionLifecycleEvents } from '../../functions/admission/lifecycle.ts';
import type { LifecycleEvent } from '../../functions/platform/lifecycle-event.ts';
import { envelopeOf } from '../../functions/platform/lifecycle-event.ts';
import { type Admission, changeNow, freshKey, organizationId, startAdmission } from './harness.ts';

let admission: Admission;
beforeAll(async () => {
  admission = await startAdmission();
});
afterAll(() => admission.stop());

const told = (events: readonly LifecycleEvent[]) =>
  events.map(({ type, aggregate }) => [type, aggregate.sequence]);

const passesItsSchema = (event: LifecycleEvent): void => {
  const definition = admissionLifecycleEvents.find(({ type }) => type === event.type);
  if (definition === undefined) throw new Error(`${event.type} is not declared`);
  expect(envelopeOf(definition).strict().safeParse(event).error?.message).toBeUndefined();
};

test('the life of a ticket, as others are told of it', async () => {
  const sessionId = await admission.session({ startsInMinutes: -30 });
  const [ticket] = (await admission.issue(sessionId)) as [Ticket];
  const issued = await admission.settle();
  expect(told(issued)).toEqual([['TICKET-ISSUED', 1]]);
  expect(issued[0]).toMatchObject({
    aggregate: { kind: 'ticket', id: ticket.serial },
    organizationId,
    actor: 'system:orders-commands',
    data: {
      ticketId: ticketIdOf(ticket),
      serial: ticket.serial,
      orderId: ticket.orderId,
      eventId: ticket.eventId,
      sessionId,
      place: 'parter-A-1',
      ticketTypeId: ticket.ticketTypeId,
    },
  });

  const { body: moved } = await admission.call('transferTicket', {
    params: { ticketId: ticketIdOf(ticket) },
    body: { email: 'ana@example.com', name: 'Ana' },
  });
  const transferred = await admission.settle();
  expect(told(transferred)).toEqual([['TICKET-TRANSFERRED', 2]]);
  expect(transferred[0]?.data).toMatchObject({ ticketId: moved.id, serial: ticket.serial, transfers: 1 });

  const nonce = freshKey();
  const scan = { code: moved.code, nonce, device: 'one', gate: 'north' };
  const first = await admission.call('checkIn', { params: { sessionId }, body: scan });
  await admission.call('checkIn', { params: { sessionId }, body: scan });
  const admitted = await admission.settle();
  expect(told(admitted)).toEqual([['TICKET-ADMITTED', 3]]);
  expect(admitted[0]).toMatchObject({
    actor: 'ann',
    idempotencyKey: nonce,
    data: { admission: { at: first.body.admittedAt, device: 'one', gate: 'north' } },
  });

  const at = new Date(Date.now() - 60_000).toISOString();
  const scans = [{ code: moved.code, nonce: freshKey(), at, device: 'two' }];
  await admission.call('uploadScans', { params: { sessionId }, body: { scans } });
  await admission.call('uploadScans', { params: { sessionId }, body: { scans } });
  const conflict = await admission.settle();
  expect(told(conflict)).toEqual([['TICKET-ADMISSION-CONFLICT', 4]]);
  expect(conflict[0]?.data).toMatchObject({
    admissions: [
      { at, device: 'two' },
      { at: first.body.admittedAt, device: 'one', gate: 'north' },
    ],
  });

  await admission.end(ticket, 'refunded');
  const ended = await admission.settle();
  expect(told(ended)).toEqual([['TICKET-ENDED', 5]]);
  expect(ended[0]?.data).toMatchObject({ status: 'refunded' });

  const all = [...issued, ...transferred, ...admitted, ...conflict, ...ended];
  for (const event of all) passesItsSchema(event);
  for (const text of ['Țepeș', 'Ana', '@example.com']) expect(JSON.stringify(all)).not.toContain(text);
});

test('an earlier scan of the same device corrects the admission', async () => {
  const sessionId = await admission.session({ startsInMinutes: -30 });
  const [ticket] = (await admission.issue(sessionId)) as [Ticket];
  const code = await admission.codeOf(ticket);
  const upload = async (minutes: number) => {
    const at = new Date(Date.now() + minutes * 60_000).toISOString();
    const scans = [{ code, nonce: freshKey(), at, device: 'one' }];
    await admission.call('uploadScans', { params: { sessionId }, body: { scans } });
    return at;
  };
  await upload(-5);
  const earlier = await upload(-10);
  await upload(-1);
  const events = await admission.settle();
  expect(told(events)).toEqual([
    ['TICKET-ISSUED', 1],
    ['TICKET-ADMITTED', 2],
    ['TICKET-ADMITTED', 3],
  ]);
  expect(events[2]?.data).toMatchObject({ admission: { at: earlier, device: 'one' } });
});

test('a removal, or an item of another kind, is told to nobody', () => {
  const item = { pk: 'TICKET#1', sk: 'TICKET', change: changeNow('ticket.issued') };
  const change = {
    kind: 'REMOVE',
    before: item,
    after: undefined,
    expired: false,
    seenAt: new Date(),
  } as const;
  expect(admissionLifecycle(change)).toEqual([]);
  expect(
    admissionLifecycle({ ...change, kind: 'INSERT', before: undefined, after: { ...item, sk: 'OTHER' } }),
  ).toEqual([]);
});
