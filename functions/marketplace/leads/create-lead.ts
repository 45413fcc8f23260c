import { contentId } from '../../platform/ids.ts';
import type { Change } from '../../platform/lifecycle-event.ts';
import { keyOf, openOwned } from '../../platform/owned-item.ts';
import { absent, type Item, type Table, type TransactionWrite } from '../../platform/table.ts';
import {
  type BriefItem,
  type BriefLead,
  briefLeadKey,
  briefLeadPrefix,
  maxLeadsPerBrief,
} from '../briefs/brief.ts';
import { firstMessageWrites } from '../messages/thread-store.ts';
import type { TruckItem } from '../truck.ts';
import { type EarliestStart, earliestStartOf } from '../truck-holds/earliest-start.ts';
import { type Refused, takeTime } from '../truck-holds/truck-hold.ts';
import { toInterval } from '../views.ts';
import { isEnded, type Lead } from './lead.ts';
import { type Misfit, misfits } from './lead-fit.ts';
import { newLeadWrites, openLeads, toLead } from './lead-store.ts';

/** A truck that is asked about a brief. */
export interface LeadRequest {
  readonly leadId: string;
  readonly requestHash: string;
  readonly brief: BriefItem;
  readonly truckId: string;
  /** What the organizer writes to the truck with it. */
  readonly message?: string | undefined;
}

export type LeadCreation =
  | { readonly kind: 'created'; readonly lead: Lead }
  | { readonly kind: 'replayed'; readonly lead: Lead }
  | { readonly kind: 'key_reused' }
  /** There is no such truck, or it is not listed. */
  | { readonly kind: 'no_truck' }
  | { readonly kind: 'misfit'; readonly misfits: readonly Misfit[] }
  | ({ readonly kind: 'unavailable'; readonly placement: Refused } & EarliestStart)
  | { readonly kind: 'calendar_full' }
  /** The truck was asked before, and that lead goes on. */
  | { readonly kind: 'lead_exists'; readonly leadId: string }
  | { readonly kind: 'too_many_leads' }
  /** Brief or truck changed each time it was decided. */
  | { readonly kind: 'busy' };

/** Decisions anew after brief, truck or an earlier lead had changed. */
const maxTries = 4;

const newLead = (
  { leadId, requestHash, brief }: LeadRequest,
  truck: TruckItem,
  change: Change,
): Omit<Lead, 'hold'> => ({
  leadId,
  briefId: brief.briefId,
  ...(brief.eventId !== undefined && { eventId: brief.eventId }),
  ...(brief.sessionId !== undefined && { sessionId: brief.sessionId }),
  truckId: truck.truckId,
  organizationId: brief.organizationId,
  truckOrganizationId: truck.organizationId,
  status: 'new',
  since: change.at,
  stage: 1,
  window: toInterval({ from: brief.startsAt, to: brief.endsAt }),
  place: brief.venue,
  guests: brief.guests,
  name: brief.name,
  timeZone: brief.timeZone,
  captured: 0,
  createdAt: change.at,
  updatedAt: change.at,
  requestHash,
  revision: 1,
});

/** Counts the lead, on the condition that the brief still says what the lead was made of. */
const countLead = ({ briefId, revision }: BriefItem): TransactionWrite => ({
  update: keyOf('BRIEF', briefId),
  by: {
    update: 'SET #leads = #leads + :one',
    condition: '#revision = :revision AND #leads < :most',
    names: { '#leads': 'leads', '#revision': 'revision' },
    values: { ':one': 1, ':revision': revision, ':most': maxLeadsPerBrief },
  },
});

const firstMessage = (
  { message: body, requestHash }: LeadRequest,
  lead: Omit<Lead, 'hold'>,
  change: Change,
): readonly TransactionWrite[] =>
  body === undefined
    ? []
    : firstMessageWrites(
        lead,
        // There is one for each lead: its id follows from the lead’s.
        { messageId: contentId('msg', lead.leadId), by: 'organizer', body, attachments: [], requestHash },
        change,
      );

/** One live lead for each brief and truck: the row stands for it, and is taken over only from one that has ended. */
const takePlace = (
  { leadId, brief, truckId }: LeadRequest,
  endedLeadId: string | undefined,
): TransactionWrite => {
  const row: BriefLead = { leadId, truckId };
  return {
    put: { ...briefLeadKey(brief.briefId, truckId), ...row },
    when:
      endedLeadId === undefined
        ? absent
        : {
            condition: '#leadId = :ended',
            names: { '#leadId': 'leadId' },
            values: { ':ended': endedLeadId },
          },
  };
};

/**
 * Asks a truck: a new lead with its soft hold, counted by its brief, all in one transaction. A repeat is answered with
 * its lead, even if what it asks for would be refused by now.
 *
 * @param now epoch seconds.
 */
export const createLead = async (
  table: Table,
  request: LeadRequest,
  change: Change,
  now: number,
): Promise<LeadCreation> => {
  const leads = openLeads(table);
  const trucks = openOwned<TruckItem>(table, 'TRUCK');
  const repeatOf = (lead: Lead): LeadCreation =>
    lead.requestHash === request.requestHash ? { kind: 'replayed', lead } : { kind: 'key_reused' };
  const refuse = async (refusal: LeadCreation): Promise<LeadCreation> => {
    const earlier = await leads.get(request.leadId);
    return earlier === undefined ? refusal : repeatOf(earlier);
  };

  const goingOn = async (leadId: string | undefined): Promise<Lead | undefined> => {
    const lead = leadId === undefined ? undefined : await leads.get(leadId);
    return lead === undefined || isEnded(lead.status) ? undefined : lead;
  };

  let { brief } = request;
  let endedLeadId: string | undefined;
  for (let attempt = 0; attempt < maxTries; attempt += 1) {
    const truck = await trucks.get(request.truckId);
    if (truck?.status !== 'listed') return refuse({ kind: 'no_truck' });
    const asked = { ...request, brief };
    const lead = newLead(asked, truck, change);
    const faults = misfits({ window: lead.window, venue: brief.venue, guests: brief.guests }, truck, now);
    if (faults.length > 0) return refuse({ kind: 'misfit', misfits: faults });
    const taken = await takeTime(
      table,
      truck,
      lead,
      { kind: 'soft', until: now + truck.holdMinutes * 60 },
      (hold) => [
        ...newLeadWrites({ ...lead, hold }, change),
        takePlace(asked, endedLeadId),
        countLead(brief),
        ...firstMessage(asked, lead, change),
      ],
      change,
      now,
    );
    switch (taken.kind) {
      case 'written':
        return { kind: 'created', lead: { ...lead, hold: taken.hold } };
      case 'full':
        return refuse({ kind: 'calendar_full' });
      case 'unavailable': {
        const { placement } = taken;
        // What takes the time may be the truck’s lead of this very brief.
        const place = await table.get<BriefLead>(briefLeadKey(brief.briefId, truck.truckId), {
          consistent: true,
        });
        const earlier = await goingOn(place?.leadId);
        if (earlier !== undefined) return refuse({ kind: 'lead_exists', leadId: earlier.leadId });
        return refuse({
          kind: 'unavailable',
          placement,
          ...(await earliestStartOf(table, truck, lead, now)),
        });
      }
      case 'refused': {
        const by = whatRefused(taken.old);
        if (by.kind === 'lead') return repeatOf(by.lead);
        if (by.kind === 'place') {
          const earlier = await goingOn(by.leadId);
          if (earlier !== undefined) return { kind: 'lead_exists', leadId: by.leadId };
          endedLeadId = by.leadId;
        }
        if (by.kind === 'brief') {
          if (by.brief.leads >= maxLeadsPerBrief) return { kind: 'too_many_leads' };
          brief = by.brief;
        }
      }
    }
  }
  return { kind: 'busy' };
};

/** The item that stood in the way; the truck as it is now is read anyway. */
const whatRefused = (
  old: Item | undefined,
):
  | { readonly kind: 'lead'; readonly lead: Lead }
  | { readonly kind: 'place'; readonly leadId: string }
  | { readonly kind: 'brief'; readonly brief: BriefItem }
  | { readonly kind: 'truck' } => {
  if (old?.sk === 'LEAD') return { kind: 'lead', lead: toLead(old) };
  if (old?.sk === 'BRIEF') return { kind: 'brief', brief: old as unknown as BriefItem };
  if (old?.sk.startsWith(briefLeadPrefix)) return { kind: 'place', leadId: (old as Item & BriefLead).leadId };
  return { kind: 'truck' };
};
