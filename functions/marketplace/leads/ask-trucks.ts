import { contentId } from '../../platform/ids.ts';
import type { Change } from '../../platform/lifecycle-event.ts';
import type { Table } from '../../platform/table.ts';
import { createLead, type LeadCreation, type LeadRequest } from './create-lead.ts';

/** A request is answered within ten seconds: so long another truck is begun with. */
const startsWithinSeconds = 7;

export interface Asked {
  readonly truckId: string;
  readonly outcome: LeadCreation;
}

/**
 * Asks several trucks about one brief, one by one: all of them count on the same brief. Those that time is too short
 * for are `busy`; the same request goes on with them.
 *
 * @param request `leadId` is what the id of each lead follows from.
 * @param now epoch seconds; `clock` says what time it is meanwhile.
 */
export const askTrucks = async (
  table: Table,
  request: Omit<LeadRequest, 'truckId'>,
  truckIds: readonly string[],
  change: Change,
  now: number,
  clock: () => number,
): Promise<readonly Asked[]> => {
  const asked: Asked[] = [];
  for (const truckId of truckIds) {
    const leadId = contentId('lead', `${request.leadId}/${truckId}`);
    const outcome: LeadCreation =
      clock() > now + startsWithinSeconds
        ? { kind: 'busy' }
        : await createLead(table, { ...request, leadId, truckId }, change, now);
    asked.push({ truckId, outcome });
  }
  return asked;
};
