import { readBrief } from '../marketplace/contracts.ts';
import type { LeadMailPorts } from './lead-mails.ts';
import { sendOnce } from './send-once.ts';
import { briefOutgrownMail } from './templates/brief-outgrown.ts';

/** BRIEF-OUTGROWN: who made the brief is told, at its contact; without an address there nothing is sent. */
export const tellOutgrown = async (
  ports: LeadMailPorts,
  event: {
    readonly id: string;
    readonly data: { readonly briefId: string; readonly guests: number; readonly sold: number };
  },
): Promise<void> => {
  const { briefId, guests, sold } = event.data;
  const brief = await readBrief(ports.marketplaceTable, briefId);
  if (brief === undefined) throw new Error(`No brief ${briefId}`);
  const { name, email, locale = 'en' } = brief.contact ?? {};
  if (name === undefined || email === undefined) return;
  await sendOnce(ports, {
    mailId: event.id,
    template: 'brief-outgrown',
    guarantee: 'at_least_once',
    to: { name, address: email, locale },
    render: (given) =>
      briefOutgrownMail(
        {
          recipientName: name,
          brief: {
            briefId,
            name: brief.name,
            from: brief.startsAt,
            timeZone: brief.timeZone,
            city: brief.venue.city,
          },
          guests,
          sold,
        },
        given,
      ),
  });
};
