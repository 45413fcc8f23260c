import type { Locale, Money } from './facts.ts';
import { formatMoney, formatStart, greeting } from './format.ts';
import { type LeadMailName, leadLabels, leadWords, type Spoken } from './lead-words.ts';
import { type Block, type MailText, renderMail } from './render.ts';

/** A lead as mails speak of it; instants are ISO 8601. */
export interface LeadFacts {
  readonly leadId: string;
  /** What the organizer calls the event. */
  readonly name: string;
  readonly truckName: string;
  readonly from: string;
  readonly until: string;
  /** IANA zone of the venue: all times are told in it. */
  readonly timeZone: string;
  readonly city: string;
  readonly guests: number;
  readonly offer?: { readonly total: Money; readonly deposit: Money; readonly expiresAt: string } | undefined;
  /** Until when the deposit of an accepted offer can be paid. */
  readonly depositBy?: string | undefined;
  /** What is given back of a deposit. */
  readonly refund?: Money | undefined;
  /** What was to be given back, and a bank refused. */
  readonly owed?: Money | undefined;
  readonly reason?: string | undefined;
}

export interface LeadMailFacts {
  readonly recipientName: string;
  readonly lead: LeadFacts;
  /** How the other side is reached, once it may be known. */
  readonly contact?:
    | { readonly name: string; readonly email?: string | undefined; readonly phone?: string | undefined }
    | undefined;
}

const needed = <T>(value: T | undefined, mail: LeadMailName): T => {
  if (value === undefined) throw new Error(`The mail ${mail} lacks a fact`);
  return value;
};

/** What one side of a lead is told of it. */
export const leadMail = (
  mail: LeadMailName,
  { recipientName, lead, contact }: LeadMailFacts,
  locale: Locale,
): MailText => {
  const say = leadWords[locale][mail];
  const label = leadLabels[locale];
  const { name, truckName, timeZone, offer, depositBy, refund, owed, reason } = lead;
  const time = (startsAt: string): string => formatStart({ startsAt, timeZone }, locale);
  const amount = (money: Money): string => formatMoney(money, locale);
  const spoken: Spoken = {
    name,
    truck: truckName,
    // Read by the sentences that need them.
    get total() {
      return amount(needed(offer, mail).total);
    },
    get deposit() {
      return amount(needed(offer, mail).deposit);
    },
    get expiresAt() {
      return time(needed(offer, mail).expiresAt);
    },
    get depositBy() {
      return time(needed(depositBy, mail));
    },
    get owed() {
      return amount(needed(owed, mail));
    },
  };
  const row = (of: string, value: string | undefined) => (value === undefined ? [] : [[of, value] as const]);
  const reached: readonly Block[] =
    contact === undefined
      ? []
      : [
          {
            rows: [
              [label.contact, contact.name],
              ...row(label.email, contact.email),
              ...row(label.phone, contact.phone),
            ],
          },
        ];
  return renderMail(locale, say.subject(spoken), [
    greeting(recipientName, locale),
    say.says(spoken),
    ...(refund === undefined ? [] : [label.refund(amount(refund))]),
    ...reached,
    {
      rows: [
        [label.event, name],
        [label.from, time(lead.from)],
        [label.until, time(lead.until)],
        [label.where, lead.city],
        [label.guests, String(lead.guests)],
        [label.truck, truckName],
        ...row(label.offer, offer && amount(offer.total)),
        ...row(label.deposit, offer && amount(offer.deposit)),
        ...row(label.reason, reason),
        [label.lead, lead.leadId],
      ],
    },
  ]);
};
