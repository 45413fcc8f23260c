import { type AwsAnswer, answered, refused } from './aws-answer.ts';
import type { Mailbox } from './mailbox.ts';

/** What SendEmail of SES v2 takes (API reference), as far as it is served here. */
interface SendEmailRequest {
  readonly FromEmailAddress?: string;
  readonly ReplyToAddresses?: readonly string[];
  readonly Destination?: {
    readonly ToAddresses?: readonly string[];
    readonly CcAddresses?: readonly string[];
    readonly BccAddresses?: readonly string[];
  };
  readonly Content?: {
    readonly Simple?: {
      readonly Subject?: { readonly Data?: string };
      readonly Body?: {
        readonly Text?: { readonly Data?: string };
        readonly Html?: { readonly Data?: string };
      };
      readonly Headers?: readonly { readonly Name: string; readonly Value: string }[];
    };
    readonly Raw?: { readonly Data?: string };
  };
}

/** SES v2 by REST and JSON: SendEmail, into the mailbox. Senders need no verified identity here. */
export const answerSes = async (
  mailbox: Mailbox,
  method: string,
  path: string,
  request: SendEmailRequest | undefined,
): Promise<AwsAnswer> => {
  if (method !== 'POST' || path !== '/v2/email/outbound-emails')
    return refused('NotFoundException', `SES ${method} ${path} is not served here`, 404);
  if (request === undefined) return refused('BadRequestException', 'The body is no object of JSON');
  const { Raw, Simple, ...others } = request.Content ?? {};
  if ((Raw === undefined) === (Simple === undefined))
    return refused('BadRequestException', `The content is Simple or Raw here, not ${Object.keys(others)}`);
  const { ToAddresses = [], CcAddresses = [], BccAddresses = [] } = request.Destination ?? {};
  const raw = Raw === undefined ? await compose(request) : Buffer.from(Raw.Data ?? '', 'base64');
  const received = await mailbox.receive(raw, [...ToAddresses, ...CcAddresses, ...BccAddresses]);
  return 'refused' in received
    ? refused('BadRequestException', received.refused)
    : answered({ MessageId: received.id });
};

const compose = async ({ Content, Destination, ...request }: SendEmailRequest): Promise<Buffer> => {
  const { default: MailComposer } = await import('nodemailer/lib/mail-composer/index.js');
  const { Subject, Body, Headers = [] } = Content?.Simple ?? {};
  return new MailComposer({
    from: request.FromEmailAddress,
    to: [...(Destination?.ToAddresses ?? [])],
    cc: [...(Destination?.CcAddresses ?? [])],
    replyTo: [...(request.ReplyToAddresses ?? [])],
    subject: Subject?.Data,
    text: Body?.Text?.Data,
    html: Body?.Html?.Data,
    headers: Headers.map(({ Name, Value }) => ({ key: Name, value: Value })),
  })
    .compile()
    .build();
};
