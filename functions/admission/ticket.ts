import * as z from 'zod';
import { idOf } from '../platform/id-schema.ts';
import { derivedId } from '../platform/ids.ts';
import type { Locale } from '../platform/locale.ts';

export const ticketId = idOf('tkt');

export const ticketStatus = z.enum(['valid', 'refunded', 'cancelled']);
export type TicketStatus = z.output<typeof ticketStatus>;

/** Why a code opens no door any more, though a scanner without a connection may not know it. */
export type DeadCode = 'revoked' | 'refunded' | 'cancelled';

/** A scan that let somebody in. */
export interface Admission {
  /** ISO 8601 with milliseconds, as the scanning device says, but never later than when it was told. */
  readonly at: string;
  readonly nonce: string;
  readonly device?: string | undefined;
  readonly gate?: string | undefined;
  /** Subject id of the scanner’s caller. */
  readonly by: string;
  /** The code was dead, as was known when the scan was told: somebody is in, and nobody’s admission is used up. */
  readonly dead?: DeadCode | undefined;
}

/** One holder of a ticket after the other; the last one has it. */
export interface Holder {
  readonly name: string;
  readonly email: string;
  /** ISO 8601. */
  readonly since: string;
  /** The transfer that made them the holder: what a repeat of its request is known by. */
  readonly transfer?: { readonly secret: string; readonly requestHash: string } | undefined;
}

export interface Ticket {
  /** 13 characters: the item’s key, the same for ever. */
  readonly serial: string;
  /** 13 characters: what an id must also name. A transfer changes it, so that older ids and codes are dead. */
  readonly secret: string;
  /** The order, or the answer to an invitation, that it was issued for. */
  readonly orderId: string;
  readonly organizationId: string;
  readonly eventId: string;
  readonly sessionId: string;
  readonly place: string;
  readonly ticketTypeId: string;
  readonly ticketTypeName: string;
  readonly holders: readonly Holder[];
  /** Language of the order, and so of its papers; English where none was kept. */
  readonly locale?: Locale | undefined;
  readonly status: TicketStatus;
  /** The earliest scan that let somebody in. */
  readonly admission?: Admission | undefined;
  /** Other scans that let somebody in, of other devices or with a dead code, earliest first. */
  readonly conflicts?: readonly Admission[] | undefined;
  readonly revision: number;
}

/** How often a ticket changes hands at most: enough for a family, too few for a trade. */
export const maxTransfers = 5;

const prefix = 'tkt';
const halfLength = 13;

/** Serial and secret of the `index`-th ticket of an order after `transfers` transfers; nobody else can compute them. */
export const ticketPartsOf = (
  idSecret: string,
  orderId: string,
  index: number,
  transfers: number,
): { readonly serial: string; readonly secret: string } => {
  const part = (...parts: readonly string[]): string =>
    derivedId('', idSecret, ['ticket', orderId, String(index), ...parts]).slice(1, 1 + halfLength);
  return { serial: part('serial'), secret: part('secret', String(transfers)) };
};

/** The public id of a ticket: an unguessable capability. */
export const ticketIdOf = ({ serial, secret }: Pick<Ticket, 'serial' | 'secret'>): string =>
  `${prefix}_${serial}${secret}`;

/** Serial and secret that an id names. */
export const readTicketId = (id: string): Pick<Ticket, 'serial' | 'secret'> => {
  const text = id.slice(prefix.length + 1);
  return { serial: text.slice(0, halfLength), secret: text.slice(halfLength) };
};

/** Who has the ticket now. */
export const holderOf = ({ serial, holders }: Pick<Ticket, 'serial' | 'holders'>): Holder => {
  const holder = holders.at(-1);
  if (holder === undefined) throw new Error(`Ticket ${serial} has no holder`);
  return holder;
};

/** Where a ticket lies in the admission table. */
export const ticketKey = (serial: string) => ({ pk: `TICKET#${serial}`, sk: 'TICKET' });
