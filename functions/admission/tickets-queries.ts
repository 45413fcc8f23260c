import type { SessionFactsOf } from '../catalog/contracts.ts';
import { ok, problem, type Success } from '../platform/answer.ts';
import { decodeCursor, encodeCursor } from '../platform/cursor.ts';
import { invalidCursor } from '../platform/request.ts';
import type { Handlers } from '../platform/route.ts';
import { admissionsOf } from './check-in.ts';
import type { AdmissionLoaders } from './loaders.ts';
import { readManifest, signManifest } from './manifest.ts';
import type { Refusals } from './refusals.ts';
import type { admissionQueryRoutes } from './routes.ts';
import { decodeSessionCursor, firstPass } from './session-cursor.ts';
import { conflictsAmong, type SessionPictures, summaryOf } from './session-picture.ts';
import type { SigningKeys } from './signing-keys.ts';
import { readTicketId } from './ticket.ts';
import type { TicketCodes } from './ticket-code.ts';
import type { Tickets } from './ticket-store.ts';
import { admissionView, type TicketView, ticketView } from './views.ts';

type Queries = Handlers<typeof admissionQueryRoutes, AdmissionLoaders>;

/** Clients keep the key set for so long; a `kid` that they do not know is reason to look again. */
const keysCache = 'public, max-age=300';

/** Reads of the admission context. Libraries that draw are loaded when somebody wants a drawing. */
export const admissionQueries = (
  tickets: Tickets,
  keys: SigningKeys,
  codes: TicketCodes,
  factsOf: SessionFactsOf,
  pictureOf: SessionPictures,
  refusals: Pick<Refusals, 'ofSession'>,
): Queries => {
  const read = async (ticketId: string): Promise<TicketView | undefined> => {
    const { serial, secret } = readTicketId(ticketId);
    const ticket = await tickets.get(serial);
    if (ticket === undefined || ticket.secret !== secret) return undefined;
    const [facts, code] = await Promise.all([factsOf(ticket.sessionId), codes.codeOf(ticket)]);
    if (facts === undefined) throw new Error(`Ticket ${serial} is of no session`);
    return ticketView(ticket, code, facts);
  };

  /** A handler that answers a ticket drawn in some way, under a name for who saves it. */
  const drawn =
    <Drawing extends string | Uint8Array>(
      fileName: string,
      draw: (ticket: TicketView, now: Date) => Promise<Drawing>,
    ) =>
    async ({ params, now }: { readonly params: { readonly ticketId: string }; readonly now: Date }) => {
      const ticket = await read(params.ticketId);
      if (ticket === undefined) return problem('NOT_FOUND');
      const headers = { 'Content-Disposition': `inline; filename="${fileName}"` };
      return ok(200, await draw(ticket, now), { headers }) as Success<200, Drawing>;
    };

  return {
    async getTicket({ params }) {
      const ticket = await read(params.ticketId);
      return ticket === undefined ? problem('NOT_FOUND') : ok(200, ticket);
    },

    getTicketQrSvg: drawn('ticket.svg', async ({ code }) => (await import('./ticket-qr.ts')).qrSvg(code)),
    getTicketQrPng: drawn('ticket.png', async ({ code }) => (await import('./ticket-qr.ts')).qrPng(code)),
    getTicketPdf: drawn('ticket.pdf', async (ticket) => (await import('./ticket-pdf.ts')).ticketPdf(ticket)),
    getTicketCalendar: drawn('ticket.ics', async (ticket, now) =>
      (await import('./ticket-calendar.ts')).ticketCalendar(ticket, now),
    ),

    async getTicketKeys() {
      return ok(200, await keys.jwks(), { cacheControl: keysCache }) as never;
    },

    async getManifest({ params: { sessionId }, query, resource: { entity: facts }, now }) {
      const cursor =
        query.cursor === undefined ? firstPass(sessionId) : decodeSessionCursor(query.cursor, sessionId);
      if (cursor === undefined) return invalidCursor();
      const { keys: publicKeys } = await keys.jwks();
      return ok(200, await signManifest(keys, await readManifest(tickets, facts, publicKeys, cursor, now)));
    },

    async listConflicts({ params: { sessionId }, query: { limit, cursor } }) {
      const decoded = decodeCursor(cursor, { session: sessionId }, { serial: '' });
      if (!decoded.ok) return invalidCursor();
      const after = String(decoded.from?.['serial'] ?? '');
      const { tickets: all } = await pictureOf(sessionId);
      const rest = conflictsAmong(all).filter(({ serial }) => serial > after);
      const page = rest.slice(0, limit);
      const nextCursor =
        rest.length > limit ? encodeCursor({ session: sessionId, serial: page.at(-1)?.serial }) : undefined;
      return ok(200, {
        items: page.map((ticket) => ({
          serial: ticket.serial,
          place: ticket.place,
          ticketType: ticket.ticketTypeName,
          admissions: admissionsOf(ticket).map(admissionView),
        })),
        ...(nextCursor !== undefined && { nextCursor }),
      });
    },

    async getCheckInSummary({ params: { sessionId } }) {
      const [{ asOf, tickets: all }, refused] = await Promise.all([
        pictureOf(sessionId),
        refusals.ofSession(sessionId),
      ]);
      return ok(200, { asOf: asOf.toISOString(), ...summaryOf(all, refused) });
    },
  };
};
