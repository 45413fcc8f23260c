import type { SessionFacts } from '../catalog/contracts.ts';
import type { Table } from '../platform/table.ts';
import type { MailLedger } from './mail-ledger.ts';
import type { SessionRoll } from './session-roll.ts';
import type { Locale } from './templates/facts.ts';
import type { MailText } from './templates/render.ts';

export interface Recipient {
  readonly name: string;
  readonly address: string;
  readonly locale: Locale;
}

export interface Attachment {
  readonly fileName: string;
  readonly contentType: string;
  readonly content: string | Uint8Array;
}

export interface Message extends MailText {
  readonly to: Recipient;
  readonly attachments: readonly Attachment[];
}

export type Delivery =
  | { readonly kind: 'accepted'; readonly messageId: string }
  /** Certainly not sent: the service said no. */
  | { readonly kind: 'refused'; readonly code: string };

/** Hands one message to the service that delivers it. Whoever throws does not know whether it was sent. */
export interface Notifier {
  send(message: Message): Promise<Delivery>;
}

/** What sending once stands on. */
export interface MailPorts {
  readonly ledger: MailLedger;
  readonly notifier: Notifier;
  readonly clock: () => Date;
}

/** What those who tell of orders, tickets and sessions stand on; facts are read when they are told. */
export interface NotificationPorts extends MailPorts {
  readonly roll: SessionRoll;
  readonly ordersTable: Table;
  readonly admissionTable: Table;
  /** A session as it is now, strongly consistent. */
  readonly sessionOf: (sessionId: string) => Promise<SessionFacts>;
}
