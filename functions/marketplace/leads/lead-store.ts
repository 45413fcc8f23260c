import type { Change } from '../../platform/lifecycle-event.ts';
import { organizationListKey } from '../../platform/owned-item.ts';
import { absent, type Item, type Table, type TransactionWrite } from '../../platform/table.ts';
import { type Lead, type LeadCommand, type LeadStatus, leadTransitions, statusesBefore } from './lead.ts';
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
const putQuote = (leadId: string, quote: Quote, change: Change): TransactionWrite => ({
  put: { pk: `LEAD#${leadId}`, sk: `${quotePrefix}${padded(quote.version)}`, ...quote, change },
  when: absent,
});

/** A lead without what only the table needs; as the stream shows it too. */
export const toLead = (item: Item): Lead => {
  const { pk: _pk, sk: _sk, gsi1pk: _1, gsi1sk: _2, gsi2pk: _3, gsi2sk: _4, change: _change, ...lead } = item;
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
  >
>;

/** One step of a lead by a command, as it is written. */
export interface LeadStep {
  readonly command: LeadCommand;
  readonly fields: LeadFields;
  readonly party?: Party | undefined;
  readonly reason?: string | undefined;
  readonly change: Change;
}

/**
 * The lead after a command.
 * @throws Error when the command is not allowed in its status: who calls has decided that before.
 */
export const stepped = (
  lead: Lead,
  { command, fields, change }: Omit<LeadStep, 'party' | 'reason'>,
): Lead => {
  const status = leadTransitions[lead.status][command];
  if (status === undefined) throw new Error(`${command} is not allowed for a lead that is ${lead.status}`);
  // What was noted in one stage says nothing in the next.
  const { remindedAt: _, ...kept } = lead;
  return {
    ...kept,
    ...fields,
    status,
    since: change.at,
    stage: lead.stage + 1,
    updatedAt: change.at,
    revision: lead.revision + 1,
  };
};

/** The lead’s own writes of a step: itself, its history, a new version of its quote. For a transaction with others. */
export const stepWrites = (lead: Lead, step: LeadStep): readonly TransactionWrite[] => {
  const next = stepped(lead, step);
  const { command, party, reason, change } = step;
  const row: HistoryRow = {
    revision: next.revision,
    command,
    from: lead.status,
    to: next.status,
    actor: change.by,
    ...(party !== undefined && { party }),
    ...(reason !== undefined && { reason }),
    at: change.at,
  };
  const from = statusesBefore(command);
  return [
    {
      put: { ...itemOf(next), change },
      when: {
        condition: `#revision = :revision AND #status IN (${from.map((_, index) => `:from${index}`).join(', ')})`,
        names: { '#revision': 'revision', '#status': 'status' },
        values: {
          ':revision': lead.revision,
          ...Object.fromEntries(from.map((status, index) => [`:from${index}`, status])),
        },
      },
    },
    putHistory(lead.leadId, row),
    ...(command === 'quote' && next.quote !== undefined ? [putQuote(lead.leadId, next.quote, change)] : []),
  ];
};

const withoutUndefined = <T extends object>(value: T): T =>
  Object.fromEntries(Object.entries(value).filter(([, each]) => each !== undefined)) as T;

/** The lead’s item, in the lists of both its organizations. */
const itemOf = (lead: Lead): Item => ({
  ...leadKey(lead.leadId),
  gsi1pk: leadListKey(lead.organizationId),
  gsi1sk: `${lead.createdAt}#${lead.leadId}`,
  gsi2pk: leadListKey(lead.truckOrganizationId),
  gsi2sk: `${lead.createdAt}#${lead.leadId}`,
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

/** What is noted about a lead without a step: reminders, payments, refunds. No history: it is no transition. */
export const noteWrite = (lead: Lead, fields: LeadFields, change: Change): TransactionWrite => {
  const next = withoutUndefined({
    ...lead,
    ...fields,
    updatedAt: change.at,
    revision: lead.revision + 1,
  });
  return {
    put: { ...itemOf(next), change },
    when: {
      condition: '#revision = :revision',
      names: { '#revision': 'revision' },
      values: { ':revision': lead.revision },
    },
  };
};

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
    const { items } = await table.query<Item & Quote & { readonly change: Change }>({
      pk: `LEAD#${leadId}`,
      skPrefix: quotePrefix,
      limit: maxQuoteVersions,
      consistent: true,
    });
    return items.map(({ pk: _pk, sk: _sk, change: _, ...quote }) => quote);
  },
});

export type Leads = ReturnType<typeof openLeads>;
