import { readEnvironment } from '../platform/environment.ts';
import { logger } from '../platform/logger.ts';
import { sendMessages } from '../platform/queue.ts';
import { openTable } from '../platform/table.ts';
import { notificationsRemindersEnvironment } from './environment.ts';
import { openSessionRoll } from './session-roll.ts';
import { tellDue } from './tell-due.ts';

const environment = readEnvironment(notificationsRemindersEnvironment);
const ports = {
  roll: openSessionRoll(openTable(environment.NOTIFICATIONS_TABLE)),
  queueUrl: environment.NOTICES_QUEUE_URL,
  sendMessages,
  clock: () => new Date(),
};

/** Runs on a schedule and begins the reminders that are due; what a failed run leaves the next one finds. */
export const handler = async (): Promise<void> => {
  logger.info('reminders', { begun: await tellDue(ports) });
};
