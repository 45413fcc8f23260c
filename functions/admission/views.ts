import type { SessionFacts } from '../catalog/contracts.ts';
import { type Admission, holderOf, type Ticket, ticketIdOf } from './ticket.ts';

/** A ticket as its holder sees it. */
export const ticketView = (ticket: Ticket, code: string, facts: SessionFacts) => ({
  id: ticketIdOf(ticket),
  serial: ticket.serial,
  status: ticket.status,
  code,
  holderName: holderOf(ticket).name,
  locale: ticket.locale ?? 'en',
  place: ticket.place,
  ticketType: ticket.ticketTypeName,
  ...(ticket.admission !== undefined && { admittedAt: ticket.admission.at }),
  session: {
    id: ticket.sessionId,
    status: facts.status,
    startsAt: facts.startsAt,
    endsAt: facts.endsAt,
    timeZone: facts.timeZone,
    doorsOpenAt: facts.doorsOpenAt,
  },
  event: facts.event,
  venue: facts.venue,
});

export type TicketView = ReturnType<typeof ticketView>;

/** A scan that let somebody in, as organizers see it; who held the scanner stays in the table. */
export const admissionView = ({ at, device, gate, dead }: Admission) => ({
  at,
  ...(dead !== undefined && { dead }),
  ...(device !== undefined && { device }),
  ...(gate !== undefined && { gate }),
});
