import type { SessionFacts } from '../catalog/contracts.ts';
import { ok, problem } from '../platform/answer.ts';
import { stamp } from '../platform/lifecycle-event.ts';
import { logger } from '../platform/logger.ts';
import type { Handlers } from '../platform/route.ts';
import { doorAt, type ScannedCode, scanInstant, type Verdict } from './check-in.ts';
import type { AdmissionLoaders } from './loaders.ts';
import type { Refusals, Scanner } from './refusals.ts';
import type { admissionCommandRoutes } from './routes.ts';
import { type Admission, holderOf, type Ticket } from './ticket.ts';
import type { TicketCodes } from './ticket-code.ts';
import type { Tickets } from './ticket-store.ts';

type Commands = Handlers<typeof admissionCommandRoutes, AdmissionLoaders>;

/** A scan as a request brings it. */
interface Scan {
  readonly code: string;
  readonly nonce: string;
  readonly at?: string | undefined;
  readonly device?: string | undefined;
  readonly gate?: string | undefined;
}

type Judged =
  | { readonly kind: 'session_over' }
  | { readonly kind: 'verdict'; readonly verdict: Verdict }
  /** Only the ticket can tell. */
  | { readonly kind: 'ask'; readonly code: ScannedCode; readonly admission: Admission };

const firstOf = (first: Admission | undefined) => ({
  ...(first !== undefined && { firstAdmittedAt: first.at }),
  ...(first?.device !== undefined && { firstDevice: first.device }),
  ...(first?.gate !== undefined && { firstGate: first.gate }),
});

const scannedTicket = (ticket: Ticket) => ({
  serial: ticket.serial,
  place: ticket.place,
  ticketType: ticket.ticketTypeName,
  holderName: holderOf(ticket).name,
});

/** Runs `work` for each value, at most `width` at once; results in the order of the values. */
const inParallel = async <T, R>(
  values: readonly T[],
  width: number,
  work: (value: T) => Promise<R>,
): Promise<readonly R[]> => {
  const results = new Array<R>(values.length);
  const queue = values.entries();
  await Promise.all(
    Array.from({ length: width }, async () => {
      for (const [index, value] of queue) results[index] = await work(value);
    }),
  );
  return results;
};

/** Scans of an upload that are written at once. */
const uploadWidth = 10;

export const checkInCommands = (
  tickets: Tickets,
  codes: TicketCodes,
  refusals: Pick<Refusals, 'count'>,
): Pick<Commands, 'checkIn' | 'uploadScans'> => {
  /** What code and session say of a scan, before its ticket is asked. */
  const judge = async (scan: Scan, facts: SessionFacts, by: string, now: Date): Promise<Judged> => {
    const refused = (reason: 'unknown' | 'wrong_session' | 'not_yet_valid' | 'cancelled'): Judged => ({
      kind: 'verdict',
      verdict: { kind: 'refused', reason },
    });
    const code = await codes.read(scan.code);
    if (code === undefined) return refused('unknown');
    if (code.sessionId !== facts.sessionId) return refused('wrong_session');
    const at = scanInstant(scan.at, now);
    const door = doorAt(facts, at);
    if (door === 'over') return { kind: 'session_over' };
    if (door !== 'open') return refused(door);
    const { nonce, device, gate } = scan;
    return {
      kind: 'ask',
      code,
      admission: {
        at: at.toISOString(),
        nonce,
        ...(device !== undefined && { device }),
        ...(gate !== undefined && { gate }),
        by,
      },
    };
  };

  /** The door comes before its numbers: a refusal that cannot be counted is answered all the same. */
  const counted = async (
    verdict: Verdict,
    sessionId: string,
    scanner: Scanner,
    now: Date,
  ): Promise<Verdict> => {
    if (verdict.kind !== 'refused') return verdict;
    await refusals.count(sessionId, scanner, verdict.reason, now).catch((error: unknown) => {
      logger.warn('A refusal was not counted', { sessionId, error: error as Error });
    });
    return verdict;
  };

  return {
    async checkIn(request) {
      const { now, body } = request;
      const change = { ...stamp('ticket.admitted', request), key: body.nonce };
      const judged = await judge(body, request.resource.entity, change.by, now);
      if (judged.kind === 'session_over') return problem('CHECK_IN_CLOSED');
      const { verdict, ticket } =
        judged.kind === 'verdict'
          ? { ...judged, ticket: undefined }
          : await tickets.checkIn(judged.code, judged.admission, now, change);
      const scanner = { gate: body.gate, device: body.device, by: change.by, nonce: body.nonce };
      return answer(await counted(verdict, request.params.sessionId, scanner, now), ticket);
    },

    async uploadScans(request) {
      const { now, body } = request;
      const results = await inParallel(body.scans, uploadWidth, async (scan) => {
        const { nonce } = scan;
        const change = { ...stamp('ticket.admitted', request), key: nonce };
        const judged = await judge(scan, request.resource.entity, change.by, now);
        if (judged.kind === 'session_over')
          return { nonce, result: 'refused' as const, reason: 'session_over' as const };
        const verdict =
          judged.kind === 'verdict'
            ? judged.verdict
            : await tickets.recordOffline(judged.code, judged.admission, now, change);
        switch (verdict.kind) {
          case 'admitted':
            return { nonce, result: 'admitted' as const };
          case 'conflict':
            return { nonce, result: 'conflict' as const, ...firstOf(verdict.first) };
          case 'refused':
            return { nonce, result: 'refused' as const, reason: verdict.reason, ...firstOf(verdict.first) };
        }
      });
      return ok(200, { results: [...results] });
    },
  };
};

const answer = (verdict: Verdict, ticket: Ticket | undefined) => {
  if (verdict.kind === 'admitted' && ticket !== undefined) {
    const { at } = verdict.admission;
    return ok(201, { result: 'admitted', admittedAt: at, ticket: scannedTicket(ticket) });
  }
  if (verdict.kind !== 'refused') throw new Error('A scan at the door is admitted or refused');
  return ok(200, { result: 'refused', reason: verdict.reason, ...firstOf(verdict.first) });
};
