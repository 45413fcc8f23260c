import { readTruck, readVerificationDecisions } from '../marketplace/contracts.ts';
import type { LeadMailPorts } from './lead-mails.ts';
import { sendOnce } from './send-once.ts';
import { verificationWithdrawnMail } from './templates/verification-withdrawn.ts';

/** TRUCK-VERIFICATION-WITHDRAWN: the truck is told why, at its contact; without an address there nothing is sent. */
export const tellVerificationWithdrawn = async (
  ports: LeadMailPorts,
  event: { readonly id: string; readonly data: { readonly truckId: string; readonly submissionId: string } },
): Promise<void> => {
  const { truckId, submissionId } = event.data;
  const [truck, decisions] = await Promise.all([
    readTruck(ports.marketplaceTable, truckId),
    readVerificationDecisions(ports.marketplaceTable, truckId),
  ]);
  // Papers are withdrawn once; what was submitted since is of another id.
  const reason = decisions.find(
    (decision) => decision.submissionId === submissionId && decision.outcome === 'withdrawn',
  )?.reason;
  if (truck === undefined || reason === undefined) throw new Error(`No ${truckId}, or no reason`);
  const { name, email, locale = 'en' } = truck.contact ?? {};
  if (name === undefined || email === undefined) return;
  await sendOnce(ports, {
    mailId: event.id,
    template: 'verification-withdrawn',
    guarantee: 'at_least_once',
    to: { name, address: email, locale },
    render: (given) =>
      verificationWithdrawnMail({ recipientName: name, truckId, truckName: truck.name, reason }, given),
  });
};
