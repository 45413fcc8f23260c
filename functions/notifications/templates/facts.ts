export type { Locale } from '../../platform/locale.ts';

/** A session as mails speak of it. */
export interface SessionFacts {
  readonly eventName: string;
  readonly status: 'draft' | 'publishing' | 'published' | 'postponed' | 'cancelled';
  /** ISO 8601. */
  readonly startsAt: string;
  /** IANA zone of the venue: all times are told in it. */
  readonly timeZone: string;
  readonly venue: { readonly name: string; readonly address: string; readonly city: string };
}

export interface TicketFacts {
  readonly place: string;
  readonly ticketTypeName: string;
}

/** Integer minor units and ISO 4217 code. */
export interface Money {
  readonly amount: number;
  readonly currency: string;
}

/** A brief as mails to who made it speak of it. */
export interface BriefFacts {
  readonly briefId: string;
  readonly name: string;
  /** ISO 8601. */
  readonly from: string;
  /** IANA zone of the venue. */
  readonly timeZone: string;
  readonly city: string;
}

/** What every mail about a session knows. */
export interface SessionNoticeFacts {
  readonly recipientName: string;
  readonly session: SessionFacts;
}
