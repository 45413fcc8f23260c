import { describe, expect, test } from 'vitest';
import {
  decidePublish,
  type EventCommand,
  type EventStatus,
  eventStatus,
  eventTransitions,
} from '../../functions/catalog/event.ts';
import type { SessionStatus } from '../../functions/catalog/session.ts';

describe('what an event’s status allows', () => {
  const commands: readonly EventCommand[] = [
    'addSession',
    'publish',
    'built',
    'emptied',
    'update',
    'cancel',
    'delete',
  ];
  const table: Record<EventStatus, readonly string[]> = {
    //          addSession   publish       built        emptied  update        cancel       delete
    draft: ['draft', 'publishing', '-', '-', 'draft', 'cancelled', 'draft'],
    publishing: ['publishing', 'publishing', 'published', 'draft', 'publishing', 'cancelled', '-'],
    published: ['published', 'published', '-', '-', 'published', 'cancelled', '-'],
    cancelled: ['-', '-', '-', '-', '-', '-', '-'],
  };
  test.for(eventStatus.options)('%s', (status) => {
    expect(commands.map((command) => eventTransitions[status][command] ?? '-')).toEqual(table[status]);
  });
});

describe('publishing', () => {
  const now = new Date('2027-03-01T20:00:00Z');
  const eur = { amount: 4500, currency: 'EUR' };
  const standing = { id: 'tt_1', name: 'Standing', price: eur, quantity: 30_000 };
  const stalls = { id: 'tt_2', name: 'Stalls', price: eur, planCategory: 'Stalls' };
  const session = (sessionId: string, status: SessionStatus, more: object = {}) => ({
    sessionId,
    status,
    startsAt: '2027-03-01T20:00:01Z',
    ticketTypes: [standing],
    ...more,
  });
  const plan = (seats: number) => [{ name: 'Stalls', seats, capacity: 0 }];

  test.for<[string, Parameters<typeof decidePublish>[0], Parameters<typeof decidePublish>[1], unknown]>([
    ['no sessions', [], undefined, ['/sessions NO_SESSIONS']],
    ['only cancelled sessions', [session('a', 'cancelled')], undefined, ['/sessions NO_SESSIONS']],
    ['a draft', [session('a', 'draft')], undefined, { publish: ['a'] }],
    [
      'drafts beside others',
      [session('a', 'published'), session('b', 'draft'), session('c', 'cancelled'), session('d', 'draft')],
      undefined,
      { publish: ['b', 'd'] },
    ],
    ['being built', [session('a', 'published'), session('b', 'publishing')], undefined, 'in_progress'],
    ['all on sale', [session('a', 'published'), session('b', 'postponed')], undefined, 'published'],
    [
      'a session that begins this instant',
      [session('a', 'draft', { startsAt: '2027-03-01T20:00:00Z' })],
      undefined,
      ['/sessions/a/startsAt IN_THE_PAST'],
    ],
    [
      'a published session in the past',
      [session('a', 'published', { startsAt: '2020-01-01T00:00:00Z' })],
      undefined,
      'published',
    ],
    [
      'a category of the plan',
      [session('a', 'draft', { ticketTypes: [stalls] })],
      plan(10),
      { publish: ['a'] },
    ],
    [
      'a category that the plan lost',
      [session('a', 'draft', { ticketTypes: [standing, stalls] }), session('b', 'draft')],
      [],
      ['/sessions/a/ticketTypes/1/planCategory UNKNOWN_CATEGORY'],
    ],
    [
      'a category that lost its seats',
      [session('a', 'draft', { ticketTypes: [stalls] })],
      plan(0),
      ['/sessions/a/ticketTypes/0/planCategory EMPTY_CATEGORY'],
    ],
    [
      'a plan that grew beyond what a session may sell',
      [session('a', 'draft', { ticketTypes: [standing, stalls] })],
      plan(10_001),
      ['/sessions/a/ticketTypes TOO_MANY_PLACES'],
    ],
  ])('%s', ([, sessions, categories, expected]) => {
    const decision = decidePublish(sessions, categories, now);
    const seen =
      decision.kind === 'refused'
        ? decision.faults.map(({ pointer, code }) => `${pointer} ${code}`)
        : decision.kind === 'publish'
          ? { publish: decision.sessionIds }
          : decision.kind;
    expect(seen).toEqual(expected);
  });
});
