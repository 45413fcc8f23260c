import { setTimeout as delay } from 'node:timers/promises';
import { SESv2Client, SESv2ServiceException, SendEmailCommand } from '@aws-sdk/client-sesv2';
import { clientSettings, withoutFrills } from '../platform/aws-client.ts';
import { toMime } from './mime.ts';
import type { Delivery, Notifier } from './ports.ts';

export interface SesSettings {
  /** Address that mails come from; its domain is a verified identity. */
  readonly from: string;
  readonly configurationSet: string;
}

/** Tries of a mail that SES has no room for this second. */
const throttleTries = 5;

let client: SESv2Client | undefined;
/** One try a call: whether a mail whose answer was lost may go out again is not for the SDK to decide. */
const sharedClient = (): SESv2Client => {
  client ??= withoutFrills(new SESv2Client({ ...clientSettings('ses'), maxAttempts: 1 }));
  return client;
};

/** E-mail by Amazon SES (API v2). */
export const openSesNotifier = ({ from, configurationSet }: SesSettings): Notifier => ({
  async send(message): Promise<Delivery> {
    const command = new SendEmailCommand({
      FromEmailAddress: from,
      // The envelope says who gets it, whatever stands in the headers.
      Destination: { ToAddresses: [message.to.address] },
      ConfigurationSetName: configurationSet,
      Content: { Raw: { Data: await toMime(message, from) } },
    });
    for (let attempt = 1; ; attempt += 1) {
      try {
        const { MessageId } = await sharedClient().send(command);
        return { kind: 'accepted', messageId: MessageId ?? '' };
      } catch (error) {
        // An answer of 4xx is a refusal; of anything else nobody knows what became of the mail.
        if (!(error instanceof SESv2ServiceException) || error.$fault !== 'client') throw error;
        if (error.name !== 'TooManyRequestsException' || attempt === throttleTries)
          return { kind: 'refused', code: error.name };
        await delay(Math.random() * 100 * 2 ** attempt);
      }
    }
  },
});
