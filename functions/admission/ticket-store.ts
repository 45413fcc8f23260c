import { setTimeout as delay } from 'node:timers/promises';
import type { Change } from '../platform/lifecycle-event.ts';
import type { Item, Page, Table } from '../platform/table.ts';
import {
  admitWhen,
  judgeOfflineScan,
  judgeRefusedScan,
  type OfflineJudgement,
  type ScannedCode,
  type Verdict,
} from './check-in.ts';
import { type Admission, type Holder, maxTransfers, type Ticket, ticketKey } from './ticket.ts';
import { changedKey, sessionIndex, sessionIndexAttributes, shardKey } from './ticket-index.ts';

/** A ticket as the index by session has it. */
export interface IndexedTicket extends Pick<Ticket, 'serial' | (typeof sessionIndexAttributes)[number]> {}

export type TransferResult =
  | { readonly kind: 'transferred'; readonly ticket: Ticket }
  | { readonly kind: 'refused'; readonly ticket: Ticket | undefined };

/** Another request changed the ticket each time this one tried. */
class TooContended extends Error {
  override name = 'UpstreamUnavailable';
}

/** Tries of a write that depends on what was read; each loses only to another scan of the same ticket. */
const mergeTries = 12;

const backOff = (attempt: number): Promise<unknown> => delay(Math.random() * Math.min(200, 5 * 2 ** attempt));

/**
 * Tickets in the admission table. Every write is one conditional update.
 * @param pause waits between tries of a write that lost to another; simulations have no real time.
 */
export const openTickets = (table: Table, pause: (attempt: number) => Promise<unknown> = backOff) => {
  const counted = '#revision = #revision + :one, #change = :change, #changed = :changed';
  const countedNames = { '#revision': 'revision', '#change': 'change', '#changed': 'gsi1sk' };
  const countedValues = (serial: string, now: Date, change: Change) => ({
    ':one': 1,
    ':change': change,
    ':changed': changedKey(now.toISOString(), serial),
  });

  const get = (serial: string): Promise<Ticket | undefined> =>
    table.get<Ticket>(ticketKey(serial), { consistent: true });

  const admit = async (code: ScannedCode, admission: Admission, now: Date, change: Change) =>
    table.update<Ticket>(ticketKey(code.serial), {
      update: `SET #admission = :admission, ${counted}`,
      condition: admitWhen.condition,
      names: { ...admitWhen.names, ...countedNames },
      values: {
        ...admitWhen.values(code),
        ':admission': admission,
        ...countedValues(code.serial, now, change),
      },
    });

  const keepAdmissions = (
    { serial, revision }: Ticket,
    { admission, conflicts }: NonNullable<OfflineJudgement['kept']>,
    now: Date,
    change: Change,
  ) =>
    table.update<Ticket>(ticketKey(serial), {
      update: `SET ${admission === undefined ? '' : '#admission = :admission, '}#conflicts = :conflicts, ${counted}`,
      condition: '#revision = :revision',
      names: {
        ...(admission !== undefined && { '#admission': 'admission' }),
        '#conflicts': 'conflicts',
        ...countedNames,
      },
      values: {
        ...(admission !== undefined && { ':admission': admission }),
        ':conflicts': conflicts,
        ':revision': revision,
        ...countedValues(serial, now, change),
      },
    });

  return {
    get,

    /** A scan at the door: one write; whoever comes first is in, and a refusal says why without a read. */
    async checkIn(
      code: ScannedCode,
      admission: Admission,
      now: Date,
      change: Change,
    ): Promise<{ readonly verdict: Verdict; readonly ticket: Ticket | undefined }> {
      const written = await admit(code, admission, now, change);
      if (written.written) return { verdict: { kind: 'admitted', admission }, ticket: written.item };
      const ticket = written.old as unknown as Ticket | undefined;
      return { verdict: judgeRefusedScan(ticket, code, admission.nonce), ticket };
    },

    /**
     * A scan that was made without a connection: the same write, and where others were faster, one that
     * keeps both.
     * @throws Error (503) when others change the ticket all the time.
     */
    async recordOffline(
      code: ScannedCode,
      admission: Admission,
      now: Date,
      change: Change,
    ): Promise<Verdict> {
      const first = await admit(code, admission, now, change);
      if (first.written) return { kind: 'admitted', admission };
      let ticket = first.old as unknown as Ticket | undefined;
      for (let attempt = 1; attempt <= mergeTries; attempt += 1) {
        const { verdict, kept } = judgeOfflineScan(ticket, code, admission);
        if (ticket === undefined || kept === undefined) return verdict;
        const written = await keepAdmissions(ticket, kept, now, change);
        if (written.written) return verdict;
        ticket = written.old as unknown as Ticket | undefined;
        await pause(attempt);
      }
      throw new TooContended(`Ticket ${code.serial} is changed all the time`);
    },

    /** Gives a valid ticket that nobody used to another holder under another secret. */
    async transfer(
      { serial, secret }: Pick<Ticket, 'serial' | 'secret'>,
      holder: Holder & { readonly transfer: NonNullable<Holder['transfer']> },
      now: Date,
      change: Change,
    ): Promise<TransferResult> {
      const result = await table.update<Ticket>(ticketKey(serial), {
        update: `SET #secret = :newSecret, #holders = list_append(#holders, :holders), ${counted}`,
        condition:
          '#secret = :secret AND #status = :valid AND attribute_not_exists(#admission) AND size(#holders) <= :maxTransfers',
        names: {
          '#secret': 'secret',
          '#status': 'status',
          '#admission': 'admission',
          '#holders': 'holders',
          ...countedNames,
        },
        values: {
          ':secret': secret,
          ':newSecret': holder.transfer.secret,
          ':holders': [holder],
          ':valid': 'valid',
          ':maxTransfers': maxTransfers,
          ...countedValues(serial, now, change),
        },
      });
      return result.written
        ? { kind: 'transferred', ticket: result.item }
        : { kind: 'refused', ticket: result.old as unknown as Ticket | undefined };
    },

    /** Tickets of one shard of a session, in the order of their last change; `since` an instant (ISO 8601). */
    async ofShard(
      sessionId: string,
      shard: number,
      options: {
        readonly since?: string | undefined;
        readonly from?: Page<Item>['next'] | undefined;
        readonly limit: number;
      },
    ): Promise<Page<IndexedTicket>> {
      const page = await table.query<Omit<IndexedTicket, 'serial'> & { readonly pk: string }>({
        pk: shardKey(sessionId, shard),
        index: sessionIndex,
        limit: options.limit,
        attributes: ['pk', ...sessionIndexAttributes],
        ...(options.since !== undefined && { skFrom: options.since }),
        ...(options.from !== undefined && { from: options.from }),
      });
      return {
        items: page.items.map(({ pk, ...ticket }) => ({ serial: pk.slice('TICKET#'.length), ...ticket })),
        ...(page.next !== undefined && { next: page.next }),
      };
    },
  };
};

export type Tickets = ReturnType<typeof openTickets>;
