import { readBrief, readLead, readTruck } from '../marketplace/contracts.ts';
import type { LeadMailPorts } from './lead-mails.ts';
import { sendOnce } from './send-once.ts';
import { briefEventCancelledMail } from './templates/brief-event-cancelled.ts';

/**
 * BRIEF-EVENT-CANCELLED: who made the brief is told which bookings stand, at its contact. Nothing is sent without an
 * address there, nor when all of them were called off meanwhile.
 */
export const tellEventCancelled = async (
  ports: LeadMailPorts,
  event: {
    readonly id: string;
    readonly data: { readonly briefId: string; readonly leadIds: readonly string[] };
  },
): Promise<void> => {
  const { marketplaceTable } = ports;
  const { briefId, leadIds } = event.data;
  const brief = await readBrief(marketplaceTable, briefId);
  if (brief === undefined) throw new Error(`No brief ${briefId}`);
  const { name, email, locale = 'en' } = brief.contact ?? {};
  if (name === undefined || email === undefined) return;
  const leads = await Promise.all(leadIds.map((leadId) => readLead(marketplaceTable, leadId)));
  const bookings = await Promise.all(
    leads
      .filter((lead) => lead?.status === 'booked')
      .flatMap((lead) => lead ?? [])
      .map(async ({ leadId, truckId }) => {
        const truck = await readTruck(marketplaceTable, truckId);
        if (truck === undefined) throw new Error(`No truck ${truckId}`);
        return { leadId, truckName: truck.name };
      }),
  );
  if (bookings.length === 0) return;
  await sendOnce(ports, {
    mailId: event.id,
    template: 'brief-event-cancelled',
    guarantee: 'at_least_once',
    to: { name, address: email, locale },
    render: (given) =>
      briefEventCancelledMail(
        {
          recipientName: name,
          brief: {
            briefId,
            name: brief.name,
            from: brief.startsAt,
            timeZone: brief.timeZone,
            city: brief.venue.city,
          },
          bookings,
        },
        given,
      ),
  });
};
