import type { Page } from '../platform/table.ts';
import { dueHours, isReminderDue } from './reminder-time.ts';
import { type BeginPorts, beginNotice, type NoticePorts } from './tell-session.ts';

/**
 * Begins the reminders of all sessions that are a day away. A reminder is taken off once it is on its way; a
 * crash in between begins it again, and nobody gets it twice.
 * @returns how many were begun.
 */
export const tellDue = async (ports: BeginPorts & Pick<NoticePorts, 'roll' | 'clock'>): Promise<number> => {
  const now = ports.clock();
  let begun = 0;
  for (const hour of dueHours(now)) {
    let from: Page<unknown>['next'] | undefined;
    do {
      const { reminders, next } = await ports.roll.due(hour, from);
      for (const reminder of reminders) {
        const { sessionId, startsAt } = reminder;
        if (!isReminderDue(startsAt, now)) continue;
        const id = `${sessionId}/reminder/${startsAt}`;
        await beginNotice(ports, { id, kind: 'reminder', sessionId, startsAt, at: now.toISOString() });
        await ports.roll.takeReminder(reminder);
        begun += 1;
      }
      from = next;
    } while (from !== undefined);
  }
  return begun;
};
