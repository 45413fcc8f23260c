import type { Happening } from './coverage.ts';
import type { createReferee } from './referee.ts';

/** Counts what the leads of a schedule have come to. */
export const reachEnds = (
  referee: ReturnType<typeof createReferee>,
  reach: (happening: Happening) => void,
): void => {
  const leads = [...referee.leads().values()];
  for (const lead of leads) {
    const { leadId, status, endedBy, quote, deposit, captured, refund, cancellationPolicy } = lead;
    const told = referee.rows(leadId);
    const did = new Set(told.map(({ command }) => command));
    if (status === 'completed' || status === 'declined') reach(status);
    if (status === 'cancelled') {
      reach(`cancelled by the ${endedBy ?? 'truck'}`);
      if (captured > 0)
        reach(
          refund === undefined
            ? 'nothing given back'
            : refund.amount === captured
              ? 'all given back'
              : 'part given back',
        );
    }
    if (did.has('expire')) reach('quote that expired');
    if (did.has('lapse') && quote === undefined) reach('lapsed before a quote');
    if (did.has('lapse') && did.has('accept')) {
      const isMoney = captured > 0 || deposit?.status === 'voided';
      reach(isMoney ? 'deposit that came too late' : 'deposit that was not paid');
    }
    if (did.has('book')) reach(deposit === undefined ? 'booked without a deposit' : 'booked with a deposit');
    if (cancellationPolicy !== undefined && lead.hold !== undefined) {
      const accepted = told.find(({ command }) => command === 'accept');
      const since = Math.floor(Date.parse(accepted?.at ?? '') / 1_000);
      if (lead.hold.since >= since && Math.floor(Date.parse(lead.createdAt) / 1_000) + 1_800 < since)
        reach('accepted after its hold had lapsed');
    }
    if (referee.wasReminded(leadId)) reach('reminder');
    if (referee.hasLostItsTime(leadId)) reach('time that was lost');
    if (referee.quotes(leadId).some(({ by }) => by === 'organizer')) reach('counter-offer');
    if (lead.takenAt !== undefined) reach('time that others took');
    if (refund?.status === 'failed') reach('refund that failed');
    if (
      leads.some(
        (other) => other !== lead && other.briefId === lead.briefId && other.truckId === lead.truckId,
      )
    )
      reach('asked anew after an end');
  }
};
