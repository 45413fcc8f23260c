import type { Change } from '../../platform/lifecycle-event.ts';
import { organizationListKey } from '../../platform/owned-item.ts';
import {
  absent,
  atRevision,
  type Expression,
  type Item,
  type Table,
  type TransactionWrite,
} from '../../platform/table.ts';
import { driftsFrom } from '../reconciliation/lead-drift.ts';
import { type Lead, type LeadCommand, type LeadStatus, leadTransitions, statusesBefore } from './lead.ts';
import { outstandingMark } from './lead-indexes.ts';
import { maxQuoteVersions, type Party, type Quote } from './quote.ts';

export const leadKey = (leadId: string) => ({ pk: `LEAD#${leadId}`, sk: 'LEAD' });

/** Numbers in keys sort as text. */
const padded = (number: number): string => String(number).padStart(8, '0');

export const leadListKey = (organizationId: string): string => organizationListKey(organizationId, 'LEAD');

/** A change of a lead as its history keeps it. */
export interface HistoryRow {
  /** The revision that it made. */
  readonly revision: number;
  readonly command: LeadCommand | 'create';
  readonly from?: LeadStatus | undefined;
  readonly to: LeadStatus;
  /** Subject, or `system:<function>`. */
  readonly actor: string;
  readonly party?: Party | undefined;
  readonly reason?: string | undefined;
  /** ISO 8601. */
  readonly at: string;
}

/**
 * History has partitions of its own: the roles of the functions may put there, but neither update nor delete
 * (lib/grants.ts), and each put is conditional on nothing being there.
 */
export const historyPartition = (leadId: string): string => `LEAD-HISTORY#${leadId}`;

const putHistory = (leadId: string, row: HistoryRow): TransactionWrite => ({
  put: { pk: historyPartition(leadId), sk: padded(row.revision), ...row },
  when: absent,
});

export const quotePrefix = 'QUOTE#';
/** By its id: the repeat of a request is refused by what it made. Which version it is, the lead’s revision guards. */
const quoteKey = (leadId: string, quoteId: string) => ({
  pk: `LEAD#${leadId}`,
  sk: `${quotePrefix}${quoteId}`,
});
const putQuote = (leadId: string, quote: Quote, change: Change): TransactionWrite => ({
  put: { ...quoteKey(leadId, quote.quoteId), ...quote, change },
  when: absent,
});
export const toQuote = ({ pk: _pk, sk: _sk, change: _, ...quote }: Item): Quote => quote as unknown as Quote;

/** A lead without what only the table needs; as the stream shows it too. */
export const toLead = (item: Item): Lead => {
  const { pk: _pk, sk: _sk, gsi1pk: _1, gsi1sk: _2, gsi2pk: _3, gsi2sk: _4, ...own } = item;
  const { due: _due, dueAt: _dueAt, change: _change, ...lead } = own;
  return lead as unknown as Lead;
};

/** Fields that a change may set; those that are undefined are removed. */
export type LeadFields = Partial<
  Pick<
    Lead,
    | 'hold'
    | 'quote'
    | 'depositBy'
    | 'deposit'
    | 'captured'
    | 'refund'
    | 'cancellationPolicy'
    | 'endedBy'
    | 'reason'
    | 'remindedAt'
    | 'takenAt'
    | 'raisedAt'
  >
>;

/** A step of a lead: the command, and what it sets. */
export interface LeadStep {
  readonly command: LeadCommand;
  readonly fields: LeadFields;
  readonly reason?: string | undefined;
}

/**
 * The lead after some steps, one after the other.
 * @param at ISO 8601.
 * @throws Error when a command is not allowed in its status: who calls has decided that before.
 */
export const stepped = (lead: Lead, steps: readonly LeadStep[], at: string): Lead =>
  steps.reduce((before: Lead, { command, fields }): Lead => {
    const status = leadTransitions[before.status][command];
    if (status === undefined)
      throw new Error(`${command} is not allowed for a lead that is ${before.status}`);
    // What was noted in one stage says nothing in the next.
    const { remindedAt: _, ...kept } = before;
    return {
      ...kept,
      ...fields,
      status,
      since: at,
      stage: before.stage + 1,
      updatedAt: at,
      revision: before.revision + 1,
    };
  }, lead);

/** The condition that a lead is as it was read, and in a status that the command may come from. */
const asRead = ({ revision }: Lead, command: LeadCommand): Expression => {
  const from = statusesBefore(command);
  return {
    condition: `#revision = :revision AND #status IN (${from.map((_, index) => `:from${index}`).join(', ')})`,
    names: { '#revision': 'revision', '#status': 'status' },
    values: {
      ':revision': revision,
      ...Object.fromEntries(from.map((status, index) => [`:from${index}`, status])),
    },
  };
};

/**
 * The lead’s own writes of steps that are made at once: itself first, a row of its history for each step, a new
 * version of its quote. For a transaction with others.
 * @param party whose word it is; undefined for what comes with time or with a payment.
 */
export const stepWrites = (
  lead: Lead,
  steps: readonly [LeadStep, ...LeadStep[]],
  party: Party | undefined,
  change: Change,
): readonly TransactionWrite[] => {
  const rows = steps.map(({ command, reason }, index): HistoryRow => {
    const before = stepped(lead, steps.slice(0, index), change.at);
    const after = stepped(lead, steps.slice(0, index + 1), change.at);
    return {
      revision: after.revision,
      command,
      from: before.status,
      to: after.status,
      actor: change.by,
      ...(party !== undefined && { party }),
      ...(reason !== undefined && { reason }),
      at: change.at,
    };
  });
  const next = stepped(lead, steps, change.at);
  const quotes = steps.flatMap(({ fields }) => fields.quote ?? []);
  return [
    { put: { ...itemOf(next), change }, when: asRead(lead, steps[0].command) },
    ...rows.map((row) => putHistory(lead.leadId, row)),
    ...quotes.map((quote) => putQuote(lead.leadId, quote, change)),
  ];
};

const withoutUndefined = <T extends object>(value: T): T =>
  Object.fromEntries(Object.entries(value).filter(([, each]) => each !== undefined)) as T;

/** The lead’s item, in the lists of both its organizations, and marked while something is to come of it. */
const itemOf = (lead: Lead): Item => ({
  ...leadKey(lead.leadId),
  gsi1pk: leadListKey(lead.organizationId),
  gsi1sk: `${lead.createdAt}#${lead.leadId}`,
  gsi2pk: leadListKey(lead.truckOrganizationId),
  gsi2sk: `${lead.createdAt}#${lead.leadId}`,
  ...outstandingMark(lead.leadId, driftsFrom(lead)),
  ...withoutUndefined(lead),
});

/** The writes of a new lead: itself and the first row of its history. */
export const newLeadWrites = (lead: Lead, change: Change): readonly TransactionWrite[] => [
  { put: { ...itemOf(lead), change }, when: absent },
  putHistory(lead.leadId, {
    revision: lead.revision,
    command: 'create',
    to: lead.status,
    actor: change.by,
    party: 'organizer',
    at: change.at,
  }),
];

/** The lead with something noted about it. */
export const withNote = (lead: Lead, fields: LeadFields, at: string): Lead =>
  withoutUndefined({ ...lead, ...fields, updatedAt: at, revision: lead.revision + 1 });

/** What is noted about a lead without a step: reminders, payments, refunds. No history: it is no transition. */
export const noteWrite = (lead: Lead, fields: LeadFields, change: Change): TransactionWrite => ({
  put: { ...itemOf(withNote(lead, fields, change.at)), change },
  when: atRevision(lead.revision),
});

/** Reads of leads, strongly consistent. */
export const openLeads = (table: Table) => ({
  async get(leadId: string): Promise<Lead | undefined> {
    const item = await table.get(leadKey(leadId), { consistent: true });
    return item && toLead(item);
  },

  /** Every step, the first first: a lead has some dozens at most, since its quotes are bounded. */
  async history(leadId: string): Promise<readonly HistoryRow[]> {
    return (await table.query<Item & HistoryRow>({ pk: historyPartition(leadId), consistent: true })).items;
  },

  /** Every version, the first first. */
  async quotes(leadId: string): Promise<readonly Quote[]> {
    const { items } = await table.query({
      pk: `LEAD#${leadId}`,
      skPrefix: quotePrefix,
      limit: maxQuoteVersions,
      consistent: true,
    });
    return items.map(toQuote).sort((one, other) => one.version - other.version);
  },

  async getQuote(leadId: string, quoteId: string): Promise<Quote | undefined> {
    const item = await table.get(quoteKey(leadId, quoteId), { consistent: true });
    return item && toQuote(item);
  },
});

export type Leads = ReturnType<typeof openLeads>;
