import type { CancellationPolicy } from '../../../functions/marketplace/leads/cancellation-policy.ts';
import type { Lead } from '../../../functions/marketplace/leads/lead.ts';
import type { HistoryRow } from '../../../functions/marketplace/leads/lead-store.ts';
import type { Quote } from '../../../functions/marketplace/leads/quote.ts';
import type { TruckHold } from '../../../functions/marketplace/truck-holds/hold-item.ts';
import type { Change } from '../../../functions/platform/lifecycle-event.ts';
import type { Item } from '../../../functions/platform/table.ts';
import { givenBack, type TruePayment } from '../orders/payments.ts';
import type { Violation } from '../run.ts';
import type { Commit } from '../table.ts';
import { drives, places } from './setting.ts';

/** What must never be otherwise. docs/simulation.md says each in full. */
export const invariants = {
  oneTime: 'no unit of a truck is promised twice, nor where it cannot drive in time',
  oneFact: 'lead, calendar and hold say the same of the time that is kept',
  booked: 'what is booked is in the calendar and paid, or nothing is due',
  money: 'money is taken for bookings only, and given back as the policy says',
  ended: 'of a lead that ended no time is kept, and no money',
  path: 'a lead goes only where it may, and its history tells all of it',
  quotes: 'offers never change, and only the latest of the other side is accepted',
  oneLead: 'a truck is asked once at a time about a brief',
  calm: 'at rest no lead, no timer, no refund is open',
  honest: 'answers are true, and a dry run writes nothing',
  noSurprise: 'nothing fails but what was made to fail',
} as const;
export type Invariant = keyof typeof invariants;

/** M4, and what time adds: each step with who may ask for it. */
const paths: Readonly<Record<string, readonly string[]>> = {
  'new contact contacted': ['truck'],
  'new lapse expired': [],
  'contacted quote quoted': ['truck'],
  'contacted lapse expired': [],
  'quoted quote quoted': ['truck', 'organizer'],
  'quoted accept accepted': ['truck', 'organizer'],
  'quoted decline declined': ['truck', 'organizer'],
  'quoted expire expired': [],
  'accepted book booked': ['truck', 'organizer'],
  'accepted lapse expired': [],
  'booked complete completed': ['truck', 'organizer'],
  'booked cancel cancelled': ['truck', 'organizer'],
};
const ends = ['completed', 'expired', 'declined', 'cancelled'];
const open = ['new', 'contacted', 'quoted', 'accepted'];

type Changed<T> = T & { readonly change: Change };
interface Entry {
  readonly kind: 'booking' | 'hold' | 'blackout';
  readonly shown: { readonly from: number; readonly to: number };
  readonly blocked: { readonly from: number; readonly to: number };
  readonly unit: number | 'all';
  readonly place?: { readonly lat: number; readonly lon: number };
  readonly until?: number;
}
type Entries = Readonly<Record<string, Entry>>;
interface TruckSays {
  readonly units: number;
  readonly setupMinutes: number;
  readonly teardownMinutes: number;
  readonly cancellationPolicy: CancellationPolicy;
}

/** Minor units: what the latest offer says is paid in advance. */
export const depositDue = ({ items, travel, deposit }: Quote): number => {
  const total = items.reduce((sum, { quantity, unitPrice }) => sum + quantity * unitPrice.amount, 0);
  return Math.round(((total + (travel?.amount ?? 0)) * deposit.percent) / 100);
};

const driveSeconds = (one: Entry, other: Entry): number => {
  const indexOf = ({ place }: Entry): number => places.findIndex(({ lat }) => lat === place?.lat);
  return 60 * (drives[indexOf(one)]?.[indexOf(other)] ?? Number.NaN);
};
const sameInterval = (one: Entry['blocked'], other: Entry['blocked']): boolean =>
  one.from === other.from && one.to === other.to;

export interface RefereeOptions {
  /** Whether no clock at all is past this second (epoch). */
  readonly isLiveForAll: (until: number) => boolean;
  readonly nameOf: (id: string) => string;
  readonly nowMs: () => number;
}

/** Watches every write and every call to the provider; knows only what the invariants say. */
export const createReferee = ({ isLiveForAll, nameOf, nowMs }: RefereeOptions) => {
  const leads = new Map<string, Changed<Lead>>();
  const rows = new Map<string, HistoryRow[]>();
  const quotes = new Map<string, Quote[]>();
  const holds = new Map<string, TruckHold>();
  const months = new Map<string, Map<string, Entries>>();
  const trucks = new Map<string, TruckSays>();
  const policies = new Map<string, CancellationPolicy[]>();
  const counted = new Map<string, number>();
  /** Until when (ms) something stood in a calendar, by its truck, kind and time. */
  const stoodUntil = new Map<string, number>();
  const wasBooked = new Set<string>();
  const bookedTrucks = new Set<string>();
  const dryRuns = new Set<string>();
  /** Leads that something has happened to which they do not tell at their end. */
  const reminded = new Set<string>();
  const lostTheirTime = new Set<string>();
  const dirtyTrucks = new Set<string>();
  const dirtyLeads = new Set<string>();
  let violation: Violation | undefined;

  const report = (invariant: Invariant, text: string): void => {
    violation ??= { invariant, text };
  };

  const entriesOf = (truckId: string): Entries => Object.assign({}, ...(months.get(truckId)?.values() ?? []));
  const isLive = ({ until }: Pick<Entry, 'until'>): boolean => until === undefined || isLiveForAll(until);

  const seeAcceptance = (before: Lead, after: Lead): void => {
    const name = nameOf(after.leadId);
    const { quote } = before;
    if (quote === undefined || after.quote?.version !== quote.version) {
      report('quotes', `${name} was accepted without its latest offer`);
      return;
    }
    const versions = quotes.get(after.leadId) ?? [];
    if (versions.some(({ version }) => version > quote.version))
      report('quotes', `${name}: version ${quote.version} was accepted, and there is a later one`);
    const known = policies.get(after.truckId) ?? [];
    const policy = JSON.stringify(after.cancellationPolicy);
    if (!known.some((each) => JSON.stringify(each) === policy))
      report('money', `${name} was accepted by a policy that its truck never had`);
    if (Date.parse(quote.expiresAt) < nowMs() - 60_000)
      report('quotes', `${name} was accepted long after its offer had ended`);
  };

  const seeLead = (before: Changed<Lead> | undefined, after: Changed<Lead>): void => {
    const { leadId, briefId, truckId, status, stage, revision } = after;
    const name = nameOf(leadId);
    leads.set(leadId, after);
    dirtyLeads.add(leadId);
    dirtyTrucks.add(truckId);
    if (before === undefined) {
      counted.set(briefId, (counted.get(briefId) ?? 0) + 1);
      if (status !== 'new' || revision !== 1 || stage !== 1) report('path', `${name} begins as ${status}`);
      for (const other of leads.values())
        if (
          other.leadId !== leadId &&
          other.briefId === briefId &&
          other.truckId === truckId &&
          !ends.includes(other.status)
        )
          report('oneLead', `${name} and ${nameOf(other.leadId)} ask the same`);
      return;
    }
    if (revision - before.revision !== Math.max(1, stage - before.stage) || stage < before.stage)
      report('path', `${name} went from revision ${before.revision} to ${revision}`);
    if (stage === before.stage && status !== before.status)
      report('path', `${name} was ${before.status} and is ${status} without a step`);
    if (JSON.stringify(before.window) !== JSON.stringify(after.window))
      report('path', `the time of ${name} changed`);
    if (before.status === 'quoted' && (status === 'accepted' || status === 'booked'))
      seeAcceptance(before, after);
    else if (JSON.stringify(before.cancellationPolicy) !== JSON.stringify(after.cancellationPolicy))
      report('money', `the policy of ${name} changed after it was accepted`);
    if (status === 'booked' && before.status !== 'booked') {
      wasBooked.add(leadId);
      bookedTrucks.add(truckId);
    }
    if (after.remindedAt !== undefined) reminded.add(leadId);
    const isMoneyThere = after.deposit?.status === 'authorized' || after.deposit?.status === 'captured';
    if (
      before.status === 'accepted' &&
      status === 'expired' &&
      isMoneyThere &&
      nowMs() / 1_000 < after.window.from - 5
    )
      lostTheirTime.add(leadId);
    if (after.takenAt !== undefined && before.takenAt === undefined && !bookedTrucks.has(truckId))
      report('honest', `${name} is said to have lost its time, and its truck was never booked`);
  };

  const seeRow = (leadId: string, before: Item | undefined, row: HistoryRow): void => {
    const name = nameOf(leadId);
    if (before !== undefined) {
      report('path', `the history of ${name} was changed`);
      return;
    }
    const earlier = rows.get(leadId) ?? [];
    const last = earlier.at(-1);
    rows.set(leadId, [...earlier, row]);
    dirtyLeads.add(leadId);
    const { command, from, to, party, revision } = row;
    if (last === undefined) {
      if (command !== 'create' || to !== 'new')
        report('path', `the history of ${name} begins with ${command}`);
      return;
    }
    if (from !== last.to || revision <= last.revision)
      report('path', `the history of ${name} goes on from ${from} where it was ${last.to}`);
    const by = paths[`${from} ${command} ${to}`];
    if (by === undefined) report('path', `${name} went from ${from} to ${to} by ${command}`);
    else if (party !== undefined && !by.includes(party)) report('path', `${party} did ${command} of ${name}`);
    if (command === 'accept' && party === leads.get(leadId)?.quote?.by)
      report('quotes', `${party} accepted its own offer of ${name}`);
  };

  const seeQuote = (leadId: string, before: Item | undefined, quote: Quote): void => {
    if (before !== undefined) {
      report('quotes', `version ${quote.version} of ${nameOf(leadId)} was changed`);
      return;
    }
    const earlier = quotes.get(leadId) ?? [];
    quotes.set(leadId, [...earlier, quote]);
    dirtyLeads.add(leadId);
    if (quote.version !== earlier.length + 1)
      report('quotes', `${nameOf(leadId)} has ${earlier.length} offers, and then version ${quote.version}`);
  };

  const standingKey = (truckId: string, { kind, shown }: Pick<Entry, 'kind' | 'shown'>): string =>
    `${truckId} ${kind} ${shown.from} ${shown.to}`;

  const seeMonth = (truckId: string, month: string, before: Item | undefined, after: Item): void => {
    const known = entriesOf(truckId);
    const of = months.get(truckId) ?? new Map<string, Entries>();
    months.set(truckId, of);
    const entries = after['entries'] as Entries;
    of.set(month, entries);
    dirtyTrucks.add(truckId);
    if (after['version'] !== ((before?.['version'] as number | undefined) ?? 0) + 1)
      report('oneTime', `a calendar of ${nameOf(truckId)} was written over another`);
    const left = entriesOf(truckId);
    for (const [id, entry] of Object.entries(known)) {
      if (left[id] !== undefined) continue;
      stoodUntil.set(standingKey(truckId, entry), nowMs());
      if (entry.kind !== 'blackout') dirtyLeads.add(id);
    }
    const truck = trucks.get(truckId);
    for (const [id, entry] of Object.entries(entries)) {
      stoodUntil.set(standingKey(truckId, entry), Number.POSITIVE_INFINITY);
      if (entry.kind !== 'blackout') dirtyLeads.add(id);
      if (known[id] !== undefined || entry.unit === 'all' || truck === undefined) continue;
      if (entry.unit >= truck.units)
        report(
          'oneTime',
          `${nameOf(id)} has unit ${entry.unit} of ${nameOf(truckId)}, which has ${truck.units}`,
        );
      const blocked = {
        from: entry.shown.from - 60 * truck.setupMinutes,
        to: entry.shown.to + 60 * truck.teardownMinutes,
      };
      if (!sameInterval(blocked, entry.blocked))
        report('oneTime', `${nameOf(id)} was placed with a setup that ${nameOf(truckId)} does not have`);
    }
  };

  const checkTruck = (truckId: string): void => {
    const all = Object.entries(entriesOf(truckId));
    for (const [id, entry] of all) {
      if (entry.kind === 'blackout' || !isLive(entry)) continue;
      const lead = leads.get(id);
      const isKept =
        lead?.hold !== undefined &&
        lead.truckId === truckId &&
        (entry.kind === 'booking'
          ? lead.status === 'booked' || lead.status === 'completed'
          : open.includes(lead.status));
      if (!isKept) report('ended', `${nameOf(id)} is ${lead?.status}, and keeps time of ${nameOf(truckId)}`);
    }
    const live = all.filter(([, entry]) => isLive(entry));
    for (const [index, [id, entry]] of live.entries())
      for (const [otherId, other] of live.slice(index + 1)) {
        if (entry.unit !== other.unit && entry.unit !== 'all' && other.unit !== 'all') continue;
        if (entry.kind === 'blackout' && other.kind === 'blackout') continue;
        if (entry.blocked.from < other.blocked.to && other.blocked.from < entry.blocked.to)
          report('oneTime', `${nameOf(id)} and ${nameOf(otherId)} have the same time of ${nameOf(truckId)}`);
      }
    for (const unit of new Set(live.map(([, entry]) => entry.unit))) {
      if (unit === 'all') continue;
      const placed = live
        .filter(([, entry]) => entry.unit === unit && entry.kind !== 'blackout')
        .sort(([, one], [, other]) => one.blocked.from - other.blocked.from);
      for (const [index, [id, entry]] of placed.entries()) {
        const [nextId, next] = placed[index + 1] ?? [];
        if (nextId === undefined || next === undefined) continue;
        if (next.blocked.from - entry.blocked.to < driveSeconds(entry, next))
          report(
            'oneTime',
            `${nameOf(truckId)} cannot drive from ${nameOf(id)} to ${nameOf(nextId)} in time`,
          );
      }
    }
  };

  const checkLead = (leadId: string): void => {
    const lead = leads.get(leadId);
    if (lead === undefined) return;
    const name = nameOf(leadId);
    const { status, hold, quote, deposit, stage } = lead;
    const told = rows.get(leadId) ?? [];
    if (told.length !== stage || told.at(-1)?.to !== status)
      report('path', `${name} is ${status} after ${stage} steps, its history has ${told.length}`);
    const versions = quotes.get(leadId) ?? [];
    if ((quote?.version ?? 0) !== versions.length)
      report('quotes', `${name} has version ${quote?.version} of ${versions.length}`);
    const entry = entriesOf(lead.truckId)[leadId];
    const isBooked = status === 'booked' || status === 'completed';
    if (isBooked && (entry?.kind !== 'booking' || hold?.kind !== 'booking'))
      report('booked', `${name} is ${status}, its calendar says ${entry?.kind}`);
    if (hold !== undefined && (isBooked || (open.includes(status) && isLiveForAll(hold.until)))) {
      if (
        entry === undefined ||
        entry.unit !== hold.unit ||
        !sameInterval(entry.blocked, hold.blocked) ||
        (entry.until ?? hold.until) !== hold.until
      )
        report('oneFact', `${name} has a time that its calendar does not keep`);
      const item = holds.get(leadId);
      if (item?.until !== hold.until || item.status !== (isBooked ? 'confirmed' : 'active'))
        report('oneFact', `${name} keeps its time, its hold is ${item?.status}`);
    }
    if (!isBooked || quote === undefined) return;
    const due = depositDue(quote);
    const isPaid = deposit?.status === 'authorized' || deposit?.status === 'captured';
    if (due > 0 && (!isPaid || deposit.amount !== due))
      report('booked', `${name} is booked, and its deposit of ${due} is ${deposit?.status ?? 'not paid'}`);
    if (due === 0 && deposit !== undefined) report('money', `${name} has a deposit, and none is due`);
  };

  /** Of a cancellation, what its policy gives back of what was paid. */
  const refundDue = (lead: Lead, paid: number): number => {
    if (lead.endedBy === 'truck') return paid;
    const days = (lead.window.from - Math.floor(Date.parse(lead.since) / 1_000)) / 86_400;
    const step = (lead.cancellationPolicy ?? []).find(({ daysBefore }) => days >= daysBefore);
    return Math.round((paid * (step?.refundPercent ?? 0)) / 100);
  };

  const checkMoney = (lead: Lead, payment: TruePayment | undefined): void => {
    const name = nameOf(lead.leadId);
    const { status, deposit, captured, refund } = lead;
    const taken = payment?.status === 'captured' ? payment.amount : 0;
    const back = payment === undefined ? 0 : givenBack(payment);
    if (captured !== taken) report('money', `${name} notes ${captured} captured, it is ${taken}`);
    if (payment?.status === 'authorized')
      report('ended', `${name} is ${status}, and money is still set aside`);
    if (deposit !== undefined && payment?.status === 'created')
      report('ended', `${name} is ${status}, and can still be paid`);
    if (status === 'completed') {
      const due = lead.quote === undefined ? 0 : depositDue(lead.quote);
      if (taken - back !== due) report('money', `${name} is completed, and ${taken - back} of ${due} taken`);
      return;
    }
    if (refund?.status === 'failed') return;
    if (status === 'cancelled') {
      const due = refundDue(lead, taken);
      if (back !== due) report('money', `${name} was cancelled: ${back} of ${taken} given back, ${due} due`);
    } else if (taken !== back) report('ended', `${name} is ${status}, and ${taken - back} were kept`);
  };

  return {
    get violation() {
      return violation;
    },
    report,
    leads: (): ReadonlyMap<string, Lead> => leads,
    rows: (leadId: string): readonly HistoryRow[] => rows.get(leadId) ?? [],
    quotes: (leadId: string): readonly Quote[] => quotes.get(leadId) ?? [],
    wasReminded: (leadId: string): boolean => reminded.has(leadId),
    hasLostItsTime: (leadId: string): boolean => lostTheirTime.has(leadId),
    /** Whether something of that kind and time stood in the truck’s calendar at some moment since then (ms). */
    couldStand: (truckId: string, kind: Entry['kind'], shown: Entry['shown'], sinceMs: number): boolean =>
      (stoodUntil.get(standingKey(truckId, { kind, shown })) ?? 0) >= sinceMs,
    onDryRun(requestId: string): void {
      dryRuns.add(requestId);
    },

    onCommit({ key: { pk, sk }, before, after }: Commit): void {
      if (after === undefined) return;
      const { requestId } = (after['change'] as Change | undefined) ?? {};
      if (requestId !== undefined && dryRuns.has(requestId)) report('honest', `a dry run has written ${sk}`);
      const id = pk.slice(pk.indexOf('#') + 1);
      if (sk === 'LEAD') seeLead(before as never, after as never);
      else if (sk.startsWith('CALENDAR#')) seeMonth(id, sk, before, after);
      else if (sk === 'HOLD') {
        const hold = after as unknown as TruckHold;
        holds.set(id, hold);
        dirtyLeads.add(id);
        if (hold.status === 'expired' && isLiveForAll(hold.until))
          report('oneFact', `the hold of ${nameOf(id)} was said to have expired before its time`);
      } else if (pk.startsWith('LEAD-HISTORY#')) seeRow(id, before, after as unknown as HistoryRow);
      else if (sk.startsWith('QUOTE#')) seeQuote(id, before, after as unknown as Quote);
      else if (sk === 'TRUCK') {
        const truck = after as unknown as TruckSays;
        trucks.set(id, truck);
        policies.set(id, [...(policies.get(id) ?? []), truck.cancellationPolicy]);
      } else if (sk === 'BRIEF' && before !== undefined && after['leads'] !== counted.get(id))
        report('oneLead', `a brief counts ${String(after['leads'])} leads, and has ${counted.get(id)}`);
    },

    onCapture(leadId: string): void {
      if (!wasBooked.has(leadId)) report('money', `${nameOf(leadId)} was captured, and never booked`);
    },

    /** Once after every step. */
    check(): void {
      if (dirtyTrucks.size === 0 && dirtyLeads.size === 0) return;
      for (const truckId of dirtyTrucks) checkTruck(truckId);
      for (const leadId of dirtyLeads) checkLead(leadId);
      dirtyTrucks.clear();
      dirtyLeads.clear();
    },

    /** When nobody works and nothing is under way, past every deadline. */
    checkAtRest(paymentOf: (leadId: string) => TruePayment | undefined): void {
      for (const lead of leads.values()) {
        const name = nameOf(lead.leadId);
        checkLead(lead.leadId);
        if (!ends.includes(lead.status)) {
          report('calm', `${name} is ${lead.status} for ever`);
          continue;
        }
        if (lead.refund?.status === 'requested' || lead.refund?.status === 'pending')
          report('calm', `the refund of ${name} is ${lead.refund.status}`);
        const entry = entriesOf(lead.truckId)[lead.leadId];
        if (lead.status !== 'completed' && entry !== undefined && isLive(entry))
          report('ended', `${name} is ${lead.status}, and its truck keeps the time`);
        if (holds.get(lead.leadId)?.status === 'active')
          report('calm', `the hold of ${name} is active for ever`);
        checkMoney(lead, paymentOf(lead.leadId));
      }
      for (const truckId of trucks.keys()) checkTruck(truckId);
    },
  };
};

export type Referee = ReturnType<typeof createReferee>;
