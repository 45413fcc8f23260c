import type { Locale } from './facts.ts';
import { greeting } from './format.ts';
import { type MailText, renderMail } from './render.ts';

export interface VerificationWithdrawnFacts {
  readonly recipientName: string;
  readonly truckId: string;
  readonly truckName: string;
  /** The admin’s. */
  readonly reason: string;
}

const words = {
  en: {
    subject: (truck: string) => `Not verified any more: ${truck}`,
    says: 'The verification of your truck was withdrawn, and its page does not show it any more. You can submit new papers at any time.',
    truck: 'Truck',
    reason: 'Reason',
    id: 'Number',
  },
  ro: {
    subject: (truck: string) => `Nu mai este verificată: ${truck}`,
    says: 'Verificarea rulotei dumneavoastră a fost retrasă și nu mai apare pe pagina ei. Puteți trimite oricând documente noi.',
    truck: 'Rulotă',
    reason: 'Motiv',
    id: 'Număr',
  },
} as const;

/** An admin took back that a truck is verified. */
export const verificationWithdrawnMail = (
  { recipientName, truckId, truckName, reason }: VerificationWithdrawnFacts,
  locale: Locale,
): MailText => {
  const say = words[locale];
  return renderMail(locale, say.subject(truckName), [
    greeting(recipientName, locale),
    say.says,
    {
      rows: [
        [say.truck, truckName],
        [say.reason, reason],
        [say.id, truckId],
      ],
    },
  ]);
};
