import type { SessionFactsOf } from '../catalog/contracts.ts';
import { ok, problem } from '../platform/answer.ts';
import { stamp } from '../platform/lifecycle-event.ts';
import type { Handlers } from '../platform/route.ts';
import { isReplay } from '../platform/serve.ts';
import type { AdmissionLoaders } from './loaders.ts';
import type { admissionCommandRoutes } from './routes.ts';
import { type Holder, maxTransfers, readTicketId, type Ticket, ticketIdOf } from './ticket.ts';
import type { TicketCodes } from './ticket-code.ts';
import type { Tickets } from './ticket-store.ts';

type Commands = Handlers<typeof admissionCommandRoutes, AdmissionLoaders>;

/** Why a ticket stays with its holder. */
type Bound = 'admitted' | 'refunded' | 'cancelled' | 'session_cancelled' | 'session_over';

const notTransferable = (currentStatus: Bound) =>
  problem('TICKET_NOT_TRANSFERABLE', {
    detail: {
      admitted: 'It let somebody in already.',
      refunded: 'It was refunded.',
      cancelled: 'It was cancelled.',
      session_cancelled: 'Its session was cancelled.',
      session_over: 'Its session is over.',
    }[currentStatus],
    members: { currentStatus },
  });

export const ticketCommands = (
  tickets: Tickets,
  codes: TicketCodes,
  factsOf: SessionFactsOf,
): Pick<Commands, 'transferTicket'> => ({
  async transferTicket(request) {
    const { body, params, now } = request;
    const given = readTicketId(params.ticketId);
    // The same request derives the same secret: that is what its repeat is known by.
    const { secret } = readTicketId(request.newId('tkt'));
    const { requestHash } = request.idempotency;

    const answer = async (ticket: Ticket, holder: Holder, replayed: boolean) => {
      const moved = { ...ticket, secret };
      return ok(
        201,
        { id: ticketIdOf(moved), code: await codes.codeOf(moved), holderName: holder.name },
        { replayed },
      );
    };
    /** What the request means for a ticket that refuses the transfer, or is known not to allow it. */
    const refuse = (ticket: Ticket | undefined, sessionBound: Bound | undefined) => {
      const made = ticket?.holders.find(({ transfer }) => transfer?.secret === secret);
      if (ticket !== undefined && made !== undefined) {
        return isReplay(made.transfer, request)
          ? answer(ticket, made, true)
          : problem('IDEMPOTENCY_KEY_REUSED');
      }
      if (ticket === undefined || ticket.secret !== given.secret) return problem('NOT_FOUND');
      if (ticket.status !== 'valid') return notTransferable(ticket.status);
      if (ticket.admission !== undefined) return notTransferable('admitted');
      if (sessionBound !== undefined) return notTransferable(sessionBound);
      return problem('TRANSFER_LIMIT_REACHED', { members: { limit: maxTransfers } });
    };

    const ticket = await tickets.get(given.serial);
    const facts = ticket && (await factsOf(ticket.sessionId));
    if (ticket === undefined || facts === undefined) return problem('NOT_FOUND');
    const isOver = Date.parse(facts.endsAt) <= now.getTime();
    const sessionBound =
      facts.status === 'cancelled' ? 'session_cancelled' : isOver ? 'session_over' : undefined;
    if (sessionBound !== undefined) return refuse(ticket, sessionBound);

    const holder = { ...body, since: now.toISOString(), transfer: { secret, requestHash } };
    const moved = await tickets.transfer(given, holder, now, stamp('ticket.transferred', request));
    return moved.kind === 'transferred'
      ? answer(moved.ticket, holder, false)
      : refuse(moved.ticket, undefined);
  },
});
