import { describe, expect, test } from 'vitest';
import type { RsvpSession } from '../../functions/catalog/contracts.ts';
import {
  type AnswerDecision,
  type Answered,
  decideAnswer,
  decideByOrganizer,
  livePlaces,
  type OrganizerDecision,
  type Rsvp,
  type RsvpCommand,
  rsvpStatus,
  rsvpTransitions,
  statusesBefore,
  takesAddress,
} from '../../functions/orders/rsvps/rsvp.ts';

/** What an answer comes to: each state by each answer, by hand. */
const now = new Date('2027-03-01T12:00:00Z');
const session: RsvpSession = {
  sessionId: 'ses_1',
  eventId: 'evt_1',
  organizationId: 'org_1',
  status: 'published',
  isPublic: true,
  answersEndAt: '2027-03-01T20:00:00Z',
  terms: { guestsMax: 3, approval: 'automatic', ticketTypeId: 'tt_1', ticketTypeName: 'Free' },
};
const approving: RsvpSession = {
  ...session,
  terms: { guestsMax: 3, approval: 'organizer', ticketTypeId: 'tt_1', ticketTypeName: 'Free' },
};

type State = Pick<Rsvp, 'status' | 'cancelReason' | 'answer' | 'guests' | 'places' | 'revision'>;
const places = (count: number) => Array.from({ length: count }, () => ({}) as Rsvp['places'][number]);
const states = {
  none: undefined,
  maybe: { revision: 1, status: 'pending', answer: 'maybe', guests: 0, places: [] },
  waiting: { revision: 1, status: 'pending', answer: 'yes', guests: 1, places: [] },
  coming: { revision: 1, status: 'confirmed', answer: 'yes', guests: 1, places: places(2) },
  declined: {
    revision: 1,
    status: 'cancelled',
    cancelReason: 'guest',
    answer: 'no',
    guests: 1,
    places: places(2),
  },
  removed: {
    revision: 1,
    status: 'cancelled',
    cancelReason: 'organizer',
    answer: 'yes',
    guests: 1,
    places: places(2),
  },
  ended: {
    revision: 1,
    status: 'cancelled',
    cancelReason: 'session_cancelled',
    answer: 'yes',
    guests: 1,
    places: places(2),
  },
} as const satisfies Record<string, State | undefined>;

const said = (decision: AnswerDecision | OrganizerDecision): string => {
  if (decision.kind === 'step') return `${decision.command} ${decision.places}`;
  if (decision.kind === 'faults')
    return decision.faults.map(({ pointer, code }) => `${pointer} ${code}`).join();
  return decision.kind;
};

describe('transitions', () => {
  const commands: readonly RsvpCommand[] = ['confirm', 'wait', 'cancel'];
  const table: Record<Rsvp['status'], readonly string[]> = {
    pending: ['confirmed', 'pending', 'cancelled'],
    confirmed: ['confirmed', 'pending', 'cancelled'],
    cancelled: ['confirmed', 'pending', '-'],
  };
  test.for(rsvpStatus.options)('%s', (status) => {
    expect(commands.map((command) => rsvpTransitions[status][command] ?? '-')).toEqual(table[status]);
  });

  test('what is cancelled is not cancelled again by a write', () => {
    expect(statusesBefore('cancel')).toEqual(['pending', 'confirmed']);
    expect(statusesBefore('confirm')).toEqual(['pending', 'confirmed', 'cancelled']);
  });
});

describe('an answer', () => {
  const answers: readonly Answered[] = [
    { answer: 'yes', guests: 0 },
    { answer: 'yes', guests: 1 },
    { answer: 'yes', guests: 3 },
    { answer: 'yes', guests: 4 },
    { answer: 'maybe', guests: 1 },
    { answer: 'no', guests: 1 },
  ];
  const many = '/guests TOO_MANY_GUESTS';
  const none = ['not_allowed', 'not_allowed', 'not_allowed', 'not_allowed', 'not_allowed', 'not_allowed'];
  test.for<[keyof typeof states, readonly string[]]>([
    //          yes, alone     yes + 1      yes + 3      yes + 4  maybe      no
    ['none', ['confirm 1', 'confirm 2', 'confirm 4', many, 'wait 0', 'cancel 0']],
    ['maybe', ['confirm 1', 'confirm 2', 'confirm 4', many, 'wait 0', 'cancel 0']],
    ['waiting', ['confirm 1', 'unchanged', 'confirm 4', many, 'wait 0', 'cancel 0']],
    ['coming', ['confirm 1', 'unchanged', 'confirm 4', many, 'wait 0', 'cancel 0']],
    ['declined', ['confirm 1', 'confirm 2', 'confirm 4', many, 'wait 0', 'unchanged']],
    ['removed', none],
    ['ended', none],
  ])('that is confirmed at once: %s', ([state, expected]) => {
    expect(answers.map((answer) => said(decideAnswer(states[state], answer, session, now)))).toEqual(
      expected,
    );
  });

  test.for<[keyof typeof states, readonly string[]]>([
    ['none', ['wait 0', 'wait 0', 'wait 0', many, 'wait 0', 'cancel 0']],
    ['maybe', ['wait 0', 'wait 0', 'wait 0', many, 'wait 0', 'cancel 0']],
    ['waiting', ['wait 0', 'unchanged', 'wait 0', many, 'wait 0', 'cancel 0']],
    ['coming', ['confirm 1', 'unchanged', '/guests OVER_APPROVED', many, 'wait 0', 'cancel 0']],
    ['declined', ['wait 0', 'wait 0', 'wait 0', many, 'wait 0', 'unchanged']],
    ['removed', none],
    ['ended', none],
  ])('that waits for the organizer: %s', ([state, expected]) => {
    expect(answers.map((answer) => said(decideAnswer(states[state], answer, approving, now)))).toEqual(
      expected,
    );
  });

  test('is changed fifty times at most; a no is taken after that too', () => {
    const changed = (revision: number, answer: Answered) =>
      said(decideAnswer({ ...states.coming, revision }, answer, session, now));
    expect(changed(50, { answer: 'yes', guests: 2 })).toBe('confirm 3');
    expect(changed(51, { answer: 'yes', guests: 2 })).toBe('changed_too_often');
    expect(changed(51, { answer: 'yes', guests: 1 })).toBe('unchanged');
    expect(changed(51, { answer: 'no', guests: 1 })).toBe('cancel 0');
  });

  test.for<[string, Partial<RsvpSession>, string, string, string]>([
    //                                                     first yes    maybe → yes   yes → no
    ['its last instant is over', { answersEndAt: '2027-03-01T12:00:00Z' }, 'closed', 'closed', 'closed'],
    ['a second before', { answersEndAt: '2027-03-01T12:00:01Z' }, 'confirm 1', 'confirm 1', 'cancel 0'],
    ['no answers are taken any more', { terms: undefined }, 'closed', 'closed', 'cancel 0'],
    ['postponed', { status: 'postponed', answersEndAt: undefined }, 'not_on_sale', 'not_on_sale', 'cancel 0'],
    ['cancelled', { status: 'cancelled' }, 'not_on_sale', 'not_on_sale', 'cancel 0'],
  ])('when the session is otherwise: %s', ([, more, first, later, no]) => {
    const other = { ...session, ...more };
    const yes = { answer: 'yes', guests: 0 } as const;
    expect(said(decideAnswer(undefined, yes, other, now))).toBe(first);
    expect(said(decideAnswer(states.maybe, yes, other, now))).toBe(later);
    expect(said(decideAnswer(states.coming, { answer: 'no', guests: 1 }, other, now))).toBe(no);
  });
});

describe('the organizer’s word', () => {
  test.for<[Exclude<keyof typeof states, 'none'>, string, string]>([
    ['maybe', 'not_allowed', 'cancel 0'],
    ['waiting', 'confirm 2', 'cancel 0'],
    ['coming', 'unchanged', 'cancel 0'],
    ['declined', 'not_allowed', 'unchanged'],
    ['removed', 'not_allowed', 'unchanged'],
    ['ended', 'not_allowed', 'unchanged'],
  ])('%s', ([state, confirm, cancel]) => {
    expect(said(decideByOrganizer(states[state], 'confirm'))).toBe(confirm);
    expect(said(decideByOrganizer(states[state], 'cancel'))).toBe(cancel);
  });
});

test('a no leaves its address to another answer, and only what is confirmed has places', () => {
  const all = Object.entries(states).flatMap(([name, state]) =>
    state === undefined ? [] : [[name, state] as const],
  );
  expect(all.filter(([, state]) => takesAddress(state)).map(([name]) => name)).toEqual([
    'maybe',
    'waiting',
    'coming',
    'removed',
    'ended',
  ]);
  expect(all.filter(([, state]) => livePlaces(state).length > 0).map(([name]) => name)).toEqual(['coming']);
});
