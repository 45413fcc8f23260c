import { refusedOf, type ScannerRefusals } from './refusals.ts';
import { firstPass, nextPass, type SessionCursor } from './session-cursor.ts';
import { sessionShards } from './ticket-index.ts';
import type { IndexedTicket, Tickets } from './ticket-store.ts';

/** How old the counts of a session may be. */
const pictureMaxAgeMs = 2_000;

/** Sessions in memory of one process; the largest takes some ten megabytes. */
const maxSessions = 8;

const pageTickets = 1_000;

interface Picture {
  readonly tickets: Map<string, IndexedTicket>;
  /** When the last pass over the index began (ISO 8601). */
  begun: string | undefined;
  refreshedAtMs: number;
  refreshing: Promise<void> | undefined;
}

/**
 * All tickets of a session in memory, brought up to date by what changed since: the first question after a
 * cold start reads the session, later ones some entries.
 */
export const openSessionPictures = (tickets: Pick<Tickets, 'ofShard'>, clockMs: () => number = Date.now) => {
  const pictures = new Map<string, Picture>();

  const readShard = async (picture: Picture, pass: SessionCursor, shard: number): Promise<void> => {
    let from: Readonly<Record<string, unknown>> | undefined;
    do {
      const page = await tickets.ofShard(pass.session, shard, {
        since: pass.since,
        from,
        limit: pageTickets,
      });
      for (const ticket of page.items) {
        const known = picture.tickets.get(ticket.serial);
        if (known === undefined || known.revision <= ticket.revision)
          picture.tickets.set(ticket.serial, ticket);
      }
      from = page.next;
    } while (from !== undefined);
  };

  const refresh = async (sessionId: string, picture: Picture): Promise<void> => {
    const beganMs = clockMs();
    const pass = picture.begun === undefined ? firstPass(sessionId) : nextPass(sessionId, picture.begun);
    await Promise.all(Array.from({ length: sessionShards }, (_, shard) => readShard(picture, pass, shard)));
    picture.begun = new Date(beganMs).toISOString();
    picture.refreshedAtMs = beganMs;
  };

  /** The tickets of a session, at most two seconds old, and the instant they are of. */
  return async (
    sessionId: string,
  ): Promise<{ readonly asOf: Date; readonly tickets: readonly IndexedTicket[] }> => {
    const picture: Picture = pictures.get(sessionId) ?? {
      tickets: new Map(),
      begun: undefined,
      refreshedAtMs: Number.NEGATIVE_INFINITY,
      refreshing: undefined,
    };
    pictures.delete(sessionId);
    pictures.set(sessionId, picture);
    const [oldest] = pictures.keys();
    if (pictures.size > maxSessions && oldest !== undefined) pictures.delete(oldest);
    if (clockMs() - picture.refreshedAtMs >= pictureMaxAgeMs) {
      // All who ask at once wait for one pass.
      picture.refreshing ??= refresh(sessionId, picture).finally(() => {
        picture.refreshing = undefined;
      });
      await picture.refreshing;
    }
    return { asOf: new Date(picture.refreshedAtMs), tickets: [...picture.tickets.values()] };
  };
};

export type SessionPictures = ReturnType<typeof openSessionPictures>;

/** How often each value stands in a list, the most frequent first. */
const counted = (
  values: readonly (string | undefined)[],
): readonly (readonly [string | undefined, number])[] =>
  [...Map.groupBy(values, (value) => value)]
    .map(([value, group]) => [value, group.length] as const)
    .toSorted(([, one], [, other]) => other - one);

/** Numbers at the door. Refunded and cancelled tickets are not waited for; whoever got in before stays counted. */
export const summaryOf = (tickets: readonly IndexedTicket[], refusals: readonly ScannerRefusals[]) => {
  const admissions = tickets.flatMap(({ admission }) => admission ?? []);
  const { refused, byReason, byGate: refusedAt } = refusedOf(refusals);
  const admittedAt = new Map(counted(admissions.map(({ gate }) => gate)));
  const gates = [...new Set([...admittedAt.keys(), ...refusedAt.keys()])];
  return {
    tickets: tickets.filter(({ status }) => status === 'valid').length,
    admitted: admissions.length,
    remaining: tickets.filter(({ status, admission }) => status === 'valid' && admission === undefined)
      .length,
    conflicts: conflictsAmong(tickets).length,
    refused,
    byReason,
    byGate: gates
      .map((gate) => ({
        ...(gate !== undefined && { gate }),
        admitted: admittedAt.get(gate) ?? 0,
        refused: refusedAt.get(gate) ?? 0,
      }))
      .toSorted((one, other) => other.admitted - one.admitted || other.refused - one.refused),
    byDevice: counted(admissions.map(({ device }) => device)).map(([device, admitted]) => ({
      ...(device !== undefined && { device }),
      admitted,
    })),
  };
};

/** Tickets that let somebody in on several devices or by a dead code, in the order of their serials. */
export const conflictsAmong = (tickets: readonly IndexedTicket[]): readonly IndexedTicket[] =>
  tickets
    .filter(({ conflicts }) => (conflicts?.length ?? 0) > 0)
    .toSorted((one, other) => (one.serial < other.serial ? -1 : 1));
