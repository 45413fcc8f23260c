import { localClient } from '../../local/account.ts';
import type { JsonService } from '../../local/aws-answer.ts';
import { answerAws, serviceOf } from '../../local/aws-endpoint.ts';
import { openFrontDoor } from '../../local/front-door.ts';
import { type Mailbox, openMailbox } from '../../local/mailbox.ts';

/** Serves some services by AWS’s protocols, for the SDK’s own clients. */
export const openAwsDoor = async (
  json: Readonly<Record<string, JsonService>>,
  mailbox: Mailbox = openMailbox(),
) => {
  const door = await openFrontDoor(0, () => undefined);
  door.open((request, response) =>
    answerAws({ endpoints: {}, json, mailbox }, serviceOf(request) ?? '', request, response),
  );
  return { settings: { ...localClient(door.origin), maxAttempts: 1 }, close: () => door.close() };
};
