import { queueConsumer } from '../platform/consumer.ts';
import { readEnvironment } from '../platform/environment.ts';
import { sendMessages } from '../platform/queue.ts';
import { notificationsNoticesEnvironment } from './environment.ts';
import { openPorts } from './open-ports.ts';
import { handleNotice, noticeMessage } from './tell-session.ts';

const environment = readEnvironment(notificationsNoticesEnvironment);
const ports = {
  ...openPorts(environment),
  queueUrl: environment.NOTICES_QUEUE_URL,
  sendMessages,
  mailsPerSecond: environment.NOTICE_MAILS_PER_SECOND,
};

/** Tells all holders of a session: goes through its roll page by page, and tells each order by a message of its own. */
export const handler = queueConsumer('notifications-notices', noticeMessage, (message) =>
  handleNotice(ports, message),
);
