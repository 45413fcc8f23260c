import { describe, expect, test } from 'vitest';
import { concernedBy } from '../../functions/notifications/recipients.ts';
import { dueHours, isReminderDue, reminderAt } from '../../functions/notifications/reminder-time.ts';
import { isStillTrue, noticeOfChange } from '../../functions/notifications/session-notice.ts';

const [early, late] = ['2027-04-01T18:00:00Z', '2027-05-01T18:00:00Z'];
type Status = 'published' | 'postponed' | 'cancelled';
const state = (status: Status, startsAt = early) => ({ status, startsAt });

describe('what a change of a session is to its holders', () => {
  test.for([
    [undefined, state('published'), undefined],
    [undefined, state('postponed'), 'postponed'],
    [undefined, state('cancelled'), 'cancelled'],
    [state('published'), state('published'), undefined],
    [state('published'), state('published', late), 'rescheduled'],
    [state('published'), state('postponed'), 'postponed'],
    [state('published'), state('cancelled'), 'cancelled'],
    [state('postponed'), state('published'), 'rescheduled'],
    [state('postponed'), state('published', late), 'rescheduled'],
    [state('postponed'), state('postponed', late), undefined],
    [state('postponed'), state('cancelled'), 'cancelled'],
    [state('cancelled'), state('cancelled'), undefined],
  ] as const)('%o → %o: %s', ([told, now, expected]) => {
    expect(noticeOfChange(told, now)).toBe(expected);
  });

  test.for([
    ['cancelled', state('cancelled'), true],
    ['cancelled', state('published'), false],
    ['postponed', state('postponed'), true],
    ['postponed', state('published', late), false],
    ['postponed', state('cancelled'), false],
    ['rescheduled', state('published'), true],
    ['rescheduled', state('published', late), false],
    ['rescheduled', state('cancelled'), false],
    ['reminder', state('published'), true],
    ['reminder', state('published', late), false],
    ['reminder', state('postponed'), false],
    ['reminder', state('cancelled'), false],
  ] as const)('a notice %s of a session %o is true: %s', ([kind, session, expected]) => {
    expect(isStillTrue({ kind, startsAt: early }, session)).toBe(expected);
  });
});

describe('when a reminder is due', () => {
  const at = (time: string) => new Date(`2027-03-31T${time}Z`);

  test.for([
    ['17:59:59.999', false],
    ['18:00:00.000', true],
    ['20:00:00.000', true],
    ['21:59:59.999', true],
    ['22:00:00.000', false],
  ] as const)('at %s of the day before: %s', ([time, expected]) => {
    expect(isReminderDue(early, at(time))).toBe(expected);
  });

  test('a day before the start, in instants: the clocks may change in between', () => {
    expect(new Date(reminderAt('2027-03-28T19:00:00Z')).toISOString()).toBe('2027-03-27T19:00:00.000Z');
  });

  test('the hours that are looked at hold every session that is due', () => {
    expect(dueHours(at('18:00:00.000'))).toEqual([
      '2027-04-01T14',
      '2027-04-01T15',
      '2027-04-01T16',
      '2027-04-01T17',
      '2027-04-01T18',
    ]);
    expect(dueHours(at('18:10:00.000'))).toHaveLength(5);
    for (let minute = 0; minute < 24 * 60; minute += 1) {
      const now = new Date(Date.parse('2027-03-31T00:00:00Z') + minute * 60_000);
      if (isReminderDue(early, now)) expect(dueHours(now)).toContain('2027-04-01T18');
    }
  });
});

describe('who is concerned', () => {
  const order = { customer: { email: 'Bea@example.com', name: 'Bea', locale: 'ro' as const } };
  const ticket = (email: string, more: object = {}) =>
    ({
      sessionId: 'ses_1',
      status: 'valid',
      changedAt: '2027-03-01T10:00:00.000Z',
      holders: [
        { name: 'First', email: 'first@example.com', since: '' },
        { name: 'Holder', email, since: '' },
      ],
      ...more,
    }) as never;
  const addresses = (...tickets: never[]) =>
    concernedBy(order, tickets, 'ses_1', '2027-03-02T00:00:00.000Z').map(({ address }) => address);

  test('the customer and whoever holds a ticket now, each once, in the language of the order', () => {
    expect(
      addresses(ticket('guest@example.com'), ticket('GUEST@example.com'), ticket('bea@example.com')),
    ).toEqual(['Bea@example.com', 'guest@example.com']);
    expect(concernedBy(order, [ticket('guest@example.com')], 'ses_1', '')[1]?.locale).toBe('ro');
  });

  test('tickets of other sessions, and those that ended before, concern nobody', () => {
    expect(addresses(ticket('guest@example.com', { sessionId: 'ses_2' }))).toEqual([]);
    expect(addresses(ticket('guest@example.com', { status: 'refunded' }))).toEqual([]);
  });

  test('those that ended with the session do', () => {
    const ended = { status: 'cancelled', changedAt: '2027-03-02T00:00:00.000Z' };
    expect(addresses(ticket('guest@example.com', ended))).toEqual(['Bea@example.com', 'guest@example.com']);
  });
});
