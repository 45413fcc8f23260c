const hourMs = 60 * 60 * 1_000;

/** Holders are reminded a day ahead. */
const reminderLeadMs = 24 * hourMs;

/** After an outage reminders are sent late, but not later than this before the start. */
const latestLeadMs = 20 * hourMs;

/** When the reminder of a session is due (ms since the epoch). */
export const reminderAt = (startsAt: string): number => Date.parse(startsAt) - reminderLeadMs;

/** Sessions are kept by the hour in which they start, UTC: `2026-11-20T18`. */
export const startHour = (startsAt: string | Date): string => new Date(startsAt).toISOString().slice(0, 13);

/** Whether a session that starts then is to be reminded of now. */
export const isReminderDue = (startsAt: string, now: Date): boolean => {
  const leadMs = Date.parse(startsAt) - now.getTime();
  return leadMs <= reminderLeadMs && leadMs > latestLeadMs;
};

/** The hours in which sessions start that may be due now: five or six. */
export const dueHours = (now: Date): readonly string[] => {
  const hours: string[] = [];
  const first = Math.floor((now.getTime() + latestLeadMs) / hourMs) * hourMs;
  for (let at = first; at <= now.getTime() + reminderLeadMs; at += hourMs)
    hours.push(startHour(new Date(at)));
  return hours;
};
