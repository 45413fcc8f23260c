import { readTicketId, type Ticket, ticketIdOf } from '../../../functions/admission/ticket.ts';
import type { Tickets } from '../../../functions/admission/ticket-store.ts';
import type { ticketCommands } from '../../../functions/admission/tickets-api.ts';
import type { Stamp } from '../../../functions/orders/ports.ts';
import type { Coverage } from '../coverage.ts';
import { reach } from './coverage.ts';
import type { Referee } from './referee.ts';

interface Scan {
  readonly serial: string;
  readonly secret: string;
  readonly sessionId: string;
  readonly nonce: string;
  readonly device: string;
  readonly atMs: number;
  readonly isOffline: boolean;
}

/** A request for a transfer, which is repeated with the same key. */
interface TransferRequest {
  readonly name: string;
  readonly ticketId: string;
  /** What its key derives: its secret is that of the ticket afterwards. */
  readonly newTicketId: string;
}

/** A process, as visitors see it. */
interface Door {
  readonly tickets: Pick<Tickets, 'checkIn' | 'recordOffline'>;
  readonly transferTicket: ReturnType<typeof ticketCommands>['transferTicket'];
  readonly stamp: Stamp;
}

/** What visitors need of the world. */
interface Surroundings {
  readonly referee: Referee;
  readonly coverage: Coverage;
  /** Has a process answer a request. */
  readonly ask: (request: (door: Door) => Promise<void>) => void;
  readonly note: (who: string, text: () => string) => void;
  readonly draw: () => number;
  readonly nowMs: () => number;
  readonly idOf: (prefix: string, content: string) => string;
}

const mostScans = 6;
const mostTransfers = 4;

/** Those who have tickets: they show them at three gates, some without a connection, and give them to others. */
export const visitors = ({ referee, coverage, ask, note, draw, nowMs, idOf }: Surroundings) => {
  const scans: Scan[] = [];
  const transfers: TransferRequest[] = [];
  const oneOf = <T>(values: readonly T[]): T | undefined => values[draw() % values.length];
  const anyTicket = (): Ticket | undefined => oneOf([...referee.tickets().values()]);

  const tellScan = (scan: Scan): void => {
    const { serial, secret, sessionId, nonce, device, atMs, isOffline } = scan;
    const code = { serial, secret, sessionId };
    const admission = { at: new Date(atMs).toISOString(), nonce, device, by: 'staff' };
    referee.onScan(nonce, secret);
    note(device, () => `scans ${serial}${isOffline ? ', without a connection' : ''} (${nonce})`);
    ask(async (door) => {
      const instant = new Date(nowMs());
      const stamp = door.stamp('ticket.admitted');
      const verdict = isOffline
        ? await door.tickets.recordOffline(code, admission, instant, stamp)
        : (await door.tickets.checkIn(code, admission, instant, stamp)).verdict;
      note(device, () => `is answered ${verdict.kind} (${nonce})`);
      if (verdict.kind === 'refused') {
        if (verdict.reason === 'revoked') reach(coverage, 'old code refused');
        return;
      }
      reach(coverage, verdict.kind === 'conflict' ? 'admitted on two devices' : 'admitted');
      referee.onAdmitted(serial, nonce, device, isOffline);
    });
  };

  /** Of a ticket that changed hands, now and then with a code of before. */
  const secretOf = ({ secret, holders }: Ticket): string =>
    (draw() % 3 === 0 ? oneOf(holders)?.transfer?.secret : undefined) ?? secret;

  const scan = (): boolean => {
    const old = oneOf(scans);
    if (old !== undefined && draw() % 3 === 0) {
      tellScan(old);
      return true;
    }
    const ticket = anyTicket();
    if (ticket === undefined || scans.length >= mostScans) return false;
    const isOffline = draw() % 2 === 0;
    const fresh: Scan = {
      serial: ticket.serial,
      secret: secretOf(ticket),
      sessionId: ticket.sessionId,
      nonce: `scan-${scans.length}`,
      device: `gate-${draw() % 3}`,
      atMs: isOffline ? nowMs() - (draw() % 5_000) : nowMs(),
      isOffline,
    };
    scans.push(fresh);
    tellScan(fresh);
    return true;
  };

  const askTransfer = ({ name, ticketId, newTicketId }: TransferRequest): void => {
    const { serial, secret: shown } = readTicketId(ticketId);
    const { secret } = readTicketId(newTicketId);
    referee.onTransfer(shown, secret);
    note('visitor', () => `gives ${serial} away (${name})`);
    ask(async (door) => {
      const answer = await door.transferTicket({
        params: { ticketId },
        body: { name: 'Friend', email: 'friend@example.com' },
        now: new Date(nowMs()),
        newId: () => newTicketId,
        idempotency: { key: name, requestHash: name },
        requestId: name,
      } as unknown as Parameters<Door['transferTicket']>[0]);
      note(
        'visitor',
        () => `is answered ${answer.kind === 'problem' ? answer.code : 'transferred'} (${name})`,
      );
      if (answer.kind === 'problem') {
        if (answer.code === 'IDEMPOTENCY_KEY_REUSED') report(`${name} is answered ${answer.code}`);
        return;
      }
      reach(coverage, 'transferred');
      const isTrue = referee
        .tickets()
        .get(serial)
        ?.holders.some(({ transfer }) => transfer?.secret === secret);
      if (isTrue !== true) report(`${name} was told of a transfer that was not made`);
    });
  };
  const report = (text: string): void => referee.report('honest', text);

  const transfer = (): boolean => {
    const ticket = anyTicket();
    if (ticket === undefined || transfers.length >= mostTransfers) return false;
    const name = `transfer-${transfers.length}`;
    const request = { name, ticketId: ticketIdOf(ticket), newTicketId: idOf('tkt', name) };
    transfers.push(request);
    askTransfer(request);
    return true;
  };

  const transferAgain = (): boolean => {
    const request = oneOf(transfers);
    if (request === undefined) return false;
    askTransfer(request);
    return true;
  };

  return { scan, transfer, transferAgain };
};
