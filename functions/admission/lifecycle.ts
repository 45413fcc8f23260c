import * as z from 'zod';
import {
  type Change,
  defineLifecycleEvent,
  type LifecycleEvent,
  lifecycleEvent,
} from '../platform/lifecycle-event.ts';
import type { StreamChange } from '../platform/relay.ts';
import { admissionsOf, deadCode } from './check-in.ts';
import { type Ticket, ticketIdOf, ticketStatus } from './ticket.ts';
import { admissionView } from './views.ts';

const id = (prefix: string) => `${prefix}_5zr1v9n6q0w8c4t2m7k3x1y9ab`;

/** Neither names nor addresses: events are kept for a year. Who needs them reads the ticket. */
const ticketFields = {
  ticketId: z.string().meta({ description: 'As it is now: a transfer changes it, `serial` stays.' }),
  serial: z.string(),
  orderId: z.string(),
  eventId: z.string(),
  sessionId: z.string(),
  place: z.string(),
  ticketTypeId: z.string(),
};
const admission = z.object({
  at: z.string(),
  device: z.string().optional(),
  gate: z.string().optional(),
  dead: deadCode.optional(),
});

const fieldsExample = {
  ticketId: id('tkt'),
  serial: '5zr1v9n6q0w8c',
  orderId: id('ord'),
  eventId: id('evt'),
  sessionId: id('ses'),
  place: 'stalls-A-1',
  ticketTypeId: id('tt'),
};
const admissionExample = { at: '2026-11-20T17:05:00.000Z', device: 'scanner-1', gate: 'north' };

const ticketEvent = <const Type extends string, const Fields extends z.ZodRawShape>(
  type: Type,
  description: string,
  fields: Fields,
  example: z.input<z.ZodObject<Fields>>,
) =>
  defineLifecycleEvent({
    type,
    version: 1,
    description,
    aggregate: 'ticket',
    data: z.object({ ...ticketFields, ...fields }),
    example: { ...fieldsExample, ...example } as never,
  });

export const ticketIssued = ticketEvent(
  'TICKET-ISSUED',
  'Its order was confirmed: there is a ticket.',
  {},
  {},
);
export const ticketTransferred = ticketEvent(
  'TICKET-TRANSFERRED',
  'It has another holder and a new id; the old one and its code are dead.',
  { transfers: z.int().meta({ description: 'How often it has changed hands.' }) },
  { transfers: 1 },
);
export const ticketAdmitted = ticketEvent(
  'TICKET-ADMITTED',
  'It let its holder in. Told again when an earlier scan of the same device becomes known.',
  { admission },
  { admission: admissionExample },
);
export const ticketAdmissionConflict = ticketEvent(
  'TICKET-ADMISSION-CONFLICT',
  'Several devices let somebody in with it, or one did with a dead code: the organizer should know.',
  { admissions: z.array(admission).meta({ description: 'One a device, earliest first.' }) },
  {
    admissions: [admissionExample, { at: '2026-11-20T17:07:00.000Z', device: 'scanner-2', gate: 'south' }],
  },
);
export const ticketEnded = ticketEvent(
  'TICKET-ENDED',
  'It was refunded or cancelled: it lets nobody in any more.',
  { status: ticketStatus },
  { status: 'refunded' },
);

export const admissionLifecycleEvents = [
  ticketIssued,
  ticketTransferred,
  ticketAdmitted,
  ticketAdmissionConflict,
  ticketEnded,
] as const;

/** The lifecycle events that a change of the admission table means. */
export const admissionLifecycle = ({ before, after }: StreamChange): readonly LifecycleEvent[] => {
  if (after?.sk !== 'TICKET') return [];
  const ticket = after as unknown as Ticket & { readonly change: Change };
  const earlier = before as unknown as Ticket | undefined;
  const fact = {
    aggregateId: ticket.serial,
    sequence: ticket.revision,
    change: ticket.change,
    organizationId: ticket.organizationId,
  };
  const fields = {
    ticketId: ticketIdOf(ticket),
    serial: ticket.serial,
    orderId: ticket.orderId,
    eventId: ticket.eventId,
    sessionId: ticket.sessionId,
    place: ticket.place,
    ticketTypeId: ticket.ticketTypeId,
  };
  if (earlier === undefined) return [lifecycleEvent(ticketIssued, { ...fact, data: fields })];
  if (ticket.status !== earlier.status)
    return [lifecycleEvent(ticketEnded, { ...fact, data: { ...fields, status: ticket.status } })];
  if (ticket.secret !== earlier.secret) {
    const transfers = ticket.holders.length - 1;
    return [lifecycleEvent(ticketTransferred, { ...fact, data: { ...fields, transfers } })];
  }
  const admissions = admissionsOf(ticket);
  if ((ticket.conflicts ?? []).length > 0) {
    const data = { ...fields, admissions: admissions.map(admissionView) };
    return [lifecycleEvent(ticketAdmissionConflict, { ...fact, data })];
  }
  const { admission: first } = ticket;
  if (first === undefined || first.nonce === earlier.admission?.nonce) return [];
  return [lifecycleEvent(ticketAdmitted, { ...fact, data: { ...fields, admission: admissionView(first) } })];
};
