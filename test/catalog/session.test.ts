import { describe, expect, test } from 'vitest';
import {
  newSession,
  type SessionCommand,
  type SessionStatus,
  sessionStatus,
  sessionTransitions,
  ticketTypeFaults,
  timeFaults,
} from '../../functions/catalog/session.ts';

describe('what a session’s status allows', () => {
  const commands: readonly SessionCommand[] = [
    'publish',
    'inventoryBuilt',
    'update',
    'postpone',
    'reschedule',
    'cancel',
    'delete',
  ];
  const table: Record<SessionStatus, readonly string[]> = {
    //            publish       inventoryBuilt update       postpone     reschedule   cancel       delete
    draft: ['publishing', '-', 'draft', '-', '-', 'cancelled', 'draft'],
    publishing: ['-', 'published', '-', '-', '-', 'cancelled', '-'],
    published: ['-', 'published', 'published', 'postponed', '-', 'cancelled', '-'],
    postponed: ['-', '-', 'postponed', '-', 'published', 'cancelled', '-'],
    cancelled: ['-', '-', '-', '-', '-', '-', '-'],
  };
  test.for(sessionStatus.options)('%s', (status) => {
    expect(commands.map((command) => sessionTransitions[status][command] ?? '-')).toEqual(table[status]);
  });
});

describe('a new session', () => {
  const body = {
    startsAt: '2027-03-01T20:00:00Z',
    endsAt: '2027-03-01T22:00:00Z',
    ticketTypes: [{ name: 'Standing', price: { amount: 0, currency: 'EUR' }, quantity: 500 }],
  };
  const ticket = body.ticketTypes[0];

  test('takes ten minutes and twenty places a hold unless told otherwise', () => {
    expect(newSession.parse(body)).toMatchObject({ holdSeconds: 600, maxPlacesPerHold: 20 });
  });

  test.for<[string, object]>([
    ['an instant without Z', { startsAt: '2027-03-01T20:00:00' }],
    ['an instant with an offset', { startsAt: '2027-03-01T20:00:00+01:00' }],
    ['a date', { startsAt: '2027-03-01' }],
    ['no day of the calendar', { startsAt: '2027-02-30T20:00:00Z' }],
    ['hold of 0 seconds', { holdSeconds: 0 }],
    ['hold over two hours', { holdSeconds: 7_201 }],
    ['21 places a hold', { maxPlacesPerHold: 21 }],
    ['11 holds a customer', { maxHoldsPerCustomer: 11 }],
    ['no ticket types', { ticketTypes: [] }],
    ['51 ticket types', { ticketTypes: Array.from({ length: 51 }, () => ticket) }],
    ['neither category nor quantity', { ticketTypes: [{ ...ticket, quantity: undefined }] }],
    ['category and quantity', { ticketTypes: [{ ...ticket, planCategory: 'Stalls' }] }],
    ['a quantity of 0', { ticketTypes: [{ ...ticket, quantity: 0 }] }],
    ['a quantity over 40,000', { ticketTypes: [{ ...ticket, quantity: 40_001 }] }],
    ['a fraction of a cent', { ticketTypes: [{ ...ticket, price: { amount: 0.5, currency: 'EUR' } }] }],
    ['a negative price', { ticketTypes: [{ ...ticket, price: { amount: -1, currency: 'EUR' } }] }],
    ['an unknown currency', { ticketTypes: [{ ...ticket, price: { amount: 1, currency: 'EUX' } }] }],
    ['a currency in lower case', { ticketTypes: [{ ...ticket, price: { amount: 1, currency: 'eur' } }] }],
    ['an unknown field', { doorsAt: '2027-03-01T19:00:00Z' }],
  ])('refuses %s', ([, more]) => {
    expect(newSession.safeParse({ ...body, ...more }).success).toBe(false);
  });
});

describe('times and hold duration', () => {
  const bounds = { minHoldSeconds: 60, maxHoldSeconds: 7_200 };
  const times = { startsAt: '2027-03-01T20:00:00Z', endsAt: '2027-03-01T22:00:00Z', holdSeconds: 600 };
  test.for<[object, string[]]>([
    [{}, []],
    [{ endsAt: '2027-03-01T20:00:00Z' }, ['/endsAt ENDS_BEFORE_START']],
    [{ endsAt: '2027-03-01T19:59:59.999Z' }, ['/endsAt ENDS_BEFORE_START']],
    [{ holdSeconds: 59 }, ['/holdSeconds OUT_OF_RANGE']],
    [{ holdSeconds: 60 }, []],
    [{ holdSeconds: 7_200 }, []],
    [
      { endsAt: '2026-03-01T20:00:00Z', holdSeconds: 1 },
      ['/endsAt ENDS_BEFORE_START', '/holdSeconds OUT_OF_RANGE'],
    ],
  ])('%j → %j', ([change, expected]) => {
    expect(
      timeFaults({ ...times, ...change }, bounds).map(({ pointer, code }) => `${pointer} ${code}`),
    ).toEqual(expected);
  });
});

describe('ticket types against the plan', () => {
  const categories = [
    { name: 'Stalls', seats: 400, capacity: 0 },
    { name: 'Pit', seats: 0, capacity: 39_000 },
    { name: 'Unused', seats: 0, capacity: 0 },
  ];
  const eur = { amount: 4500, currency: 'EUR' };
  const seated = (planCategory: string, price = eur) => ({ name: planCategory, price, planCategory });
  const general = (quantity: number, price = eur) => ({ name: 'General', price, quantity });

  test.for<[string, Parameters<typeof ticketTypeFaults>[0], string[]]>([
    ['one category', [seated('Stalls')], []],
    ['seats, standing places and a quantity', [seated('Stalls'), seated('Pit'), general(600)], []],
    ['two quantities', [general(20_000), general(20_000)], []],
    ['an unknown category', [seated('Balcony')], ['/ticketTypes/0/planCategory UNKNOWN_CATEGORY']],
    [
      'a category twice',
      [seated('Stalls'), general(1), seated('Stalls')],
      ['/ticketTypes/2/planCategory DUPLICATE_CATEGORY'],
    ],
    ['a category without places', [seated('Unused')], ['/ticketTypes/0/planCategory EMPTY_CATEGORY']],
    [
      'two currencies',
      [seated('Stalls'), general(1, { amount: 1, currency: 'RON' })],
      ['/ticketTypes/1/price/currency MIXED_CURRENCY'],
    ],
    ['one place too many', [seated('Stalls'), seated('Pit'), general(601)], ['/ticketTypes TOO_MANY_PLACES']],
    [
      'everything wrong at once',
      [seated('Balcony'), seated('Unused'), general(40_000, { amount: 1, currency: 'RON' }), general(1)],
      [
        '/ticketTypes/0/planCategory UNKNOWN_CATEGORY',
        '/ticketTypes/1/planCategory EMPTY_CATEGORY',
        '/ticketTypes/2/price/currency MIXED_CURRENCY',
        '/ticketTypes TOO_MANY_PLACES',
      ],
    ],
  ])('%s', ([, types, expected]) => {
    expect(ticketTypeFaults(types, categories).map(({ pointer, code }) => `${pointer} ${code}`)).toEqual(
      expected,
    );
  });

  test('a venue without a plan has general admission only', () => {
    expect(ticketTypeFaults([general(500)], undefined)).toEqual([]);
    expect(ticketTypeFaults([seated('Stalls')], undefined)).toEqual([
      {
        in: 'body',
        pointer: '/ticketTypes/0/planCategory',
        code: 'UNKNOWN_CATEGORY',
        detail: 'The plan’s categories: none: the venue has no seating plan.',
      },
    ]);
  });
});
