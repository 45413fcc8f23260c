import { describe, expect, test } from 'vitest';
import { defaultCancellationPolicy } from '../../../functions/marketplace/leads/cancellation-policy.ts';
import {
  type Lead,
  type LeadCommand,
  type LeadStatus,
  leadCommand,
  leadStatus,
  statusAt,
} from '../../../functions/marketplace/leads/lead.ts';
import {
  type Asked,
  type Circumstances,
  decideAsked,
  type LeadDecision,
} from '../../../functions/marketplace/leads/lead-decisions.ts';
import { stepped } from '../../../functions/marketplace/leads/lead-store.ts';
import type { Party } from '../../../functions/marketplace/leads/quote.ts';
import { leadOf, quoteOf, seconds, terms } from './lead-world.ts';

const now = new Date('2027-03-01T12:00:00Z');
const circumstances: Circumstances = {
  now,
  completesEarly: false,
};
const at = (iso: string, more: Partial<Circumstances> = {}): Circumstances => ({
  ...circumstances,
  now: new Date(iso),
  ...more,
});
const parties: readonly Party[] = ['organizer', 'truck'];

const quote: Asked = { command: 'quote', terms, quoteId: 'quo_2', requestHash: 'other' };
const acceptOf = (quoteVersion: number): Asked => ({
  command: 'accept',
  quoteVersion,
  cancellationPolicy: defaultCancellationPolicy,
});
const accept = acceptOf(2);
const asks: readonly Asked[] = [
  { command: 'contact' },
  quote,
  accept,
  { command: 'decline', reason: 'Too dear' },
  { command: 'cancel', reason: 'Rain' },
  { command: 'complete' },
];

/** A lead in each status, with what it has by then; the truck offered last, the organizer ended what is ended. */
const leads: Readonly<Record<LeadStatus, Lead>> = {
  new: leadOf(),
  contacted: leadOf({ status: 'contacted' }),
  quoted: leadOf({ status: 'quoted', quote: quoteOf() }),
  accepted: leadOf({ status: 'accepted', quote: quoteOf() }),
  booked: leadOf({ status: 'booked', quote: quoteOf() }),
  completed: leadOf({ status: 'completed', quote: quoteOf() }),
  expired: leadOf({ status: 'expired', quote: quoteOf() }),
  declined: leadOf({ status: 'declined', quote: quoteOf(), endedBy: 'organizer' }),
  cancelled: leadOf({ status: 'cancelled', quote: quoteOf(), endedBy: 'organizer' }),
};

const goesTo = (lead: Lead, decision: LeadDecision): LeadStatus => {
  if (decision.kind !== 'steps') throw new Error(`Refused: ${JSON.stringify(decision)}`);
  return stepped(lead, decision.steps, now.toISOString()).status;
};

describe('every status by every command by either side', () => {
  /** As the requirement (M4) has it, by hand: `organizer / truck`. A dash is refused with the statuses beside. */
  const table: Readonly<Record<LeadStatus, readonly [readonly LeadStatus[], ...string[]]>> = {
    //           next                  contact                 quote            accept                decline                cancel                complete
    new: [['contacted'], 'theirs / contacted', '- / -', '- / -', '- / -', '- / -', '- / -'],
    contacted: [['quoted'], '- / again', 'theirs / quoted', '- / -', '- / -', '- / -', '- / -'],
    quoted: [
      ['accepted', 'declined', 'expired'],
      '- / -',
      'quoted / quoted',
      'accepted / own',
      'declined / declined',
      '- / -',
      '- / -',
    ],
    accepted: [['booked'], '- / -', '- / -', 'again / -', '- / -', '- / -', '- / -'],
    booked: [
      ['completed', 'cancelled'],
      '- / -',
      '- / -',
      '- / -',
      '- / -',
      'cancelled / cancelled',
      'completed / completed',
    ],
    completed: [[], '- / -', '- / -', '- / -', '- / -', '- / -', 'again / again'],
    expired: [[], '- / -', '- / -', '- / -', '- / -', '- / -', '- / -'],
    declined: [[], '- / -', '- / -', '- / -', 'again / -', '- / -', '- / -'],
    cancelled: [[], '- / -', '- / -', '- / -', '- / -', 'again / -', '- / -'],
  };
  const words: Partial<Record<LeadDecision['kind'], string>> = {
    done_before: 'again',
    not_theirs: 'theirs',
    own_quote: 'own',
  };
  const cases = leadStatus.options.flatMap((status) =>
    asks.flatMap((asked, column) =>
      parties.map((party, side) => {
        const [next, ...cells] = table[status];
        return [status, asked, party, cells[column]?.split(' / ')[side] ?? '', next] as const;
      }),
    ),
  );

  test('are 108', () => {
    expect(cases.length).toBe(108);
  });

  test.for(cases)('%s: $1.command by the %$2', ([status, asked, party, expected, next]) => {
    const decision = decideAsked(leads[status], party, asked, { ...circumstances, completesEarly: true });
    if (expected === '-')
      expect(decision).toEqual({ kind: 'not_allowed', currentStatus: status, allowed: next });
    else expect(words[decision.kind] ?? goesTo(leads[status], decision)).toBe(expected);
  });
});

describe('every status by every command, those of time and payment too', () => {
  /** Where it leads; what is not here throws. */
  const table: Readonly<Record<LeadStatus, Partial<Record<LeadCommand, LeadStatus>>>> = {
    new: { contact: 'contacted', lapse: 'expired' },
    contacted: { quote: 'quoted', lapse: 'expired' },
    quoted: { quote: 'quoted', accept: 'accepted', decline: 'declined', expire: 'expired' },
    accepted: { book: 'booked', lapse: 'expired' },
    booked: { complete: 'completed', cancel: 'cancelled' },
    completed: {},
    expired: {},
    declined: {},
    cancelled: {},
  };
  test.for(
    leadStatus.options.flatMap((status) => leadCommand.options.map((each) => [status, each] as const)),
  )('%s: %s', ([status, command]) => {
    const after = () => stepped(leads[status], [{ command, fields: {} }], '2027-03-01T12:00:00.000Z');
    const to = table[status][command];
    if (to === undefined) expect(after).toThrow(`${command} is not allowed for a lead that is ${status}`);
    else
      expect(after()).toMatchObject({
        status: to,
        since: '2027-03-01T12:00:00.000Z',
        stage: 2,
        revision: 2,
      });
  });
});

describe('an offer', () => {
  const by = (lead: Lead, party: Party, asked: Asked = quote, when = circumstances) =>
    decideAsked(lead, party, asked, when);

  test('is the next version, of the side that makes it, with its key', () => {
    expect(by(leads.quoted, 'organizer')).toEqual({
      kind: 'steps',
      steps: [
        {
          command: 'quote',
          fields: {
            quote: {
              ...terms,
              quoteId: 'quo_2',
              requestHash: 'other',
              version: 3,
              by: 'organizer',
              at: '2027-03-01T12:00:00.000Z',
            },
          },
        },
      ],
      time: { kind: 'keep' },
    });
    expect(by(leads.contacted, 'truck')).toMatchObject({ steps: [{ fields: { quote: { version: 1 } } }] });
  });

  test('ends when the event begins, whatever it says', () => {
    const long: Asked = { ...quote, terms: { ...terms, expiresAt: '2027-04-01T00:00:00Z' } };
    expect(by(leads.contacted, 'truck', long)).toMatchObject({
      steps: [{ fields: { quote: { expiresAt: '2027-03-20T12:00:00.000Z' } } }],
    });
  });

  test('that has ended when it is made is refused, and it says where', () => {
    const late: Asked = { ...quote, terms: { ...terms, expiresAt: '2027-03-01T12:00:00Z' } };
    expect(by(leads.contacted, 'truck', late)).toEqual({
      kind: 'faults',
      faults: [
        {
          in: 'body',
          pointer: '/expiresAt',
          code: 'IN_THE_PAST',
          detail: 'An offer ends later than now.',
        },
      ],
    });
  });

  test('is made fifty times at most', () => {
    const many = (version: number) => by(leadOf({ status: 'quoted', quote: quoteOf({ version }) }), 'truck');
    expect(many(49)).toMatchObject({ steps: [{ fields: { quote: { version: 50 } } }] });
    expect(many(50)).toEqual({ kind: 'too_many_quotes', limit: 50 });
  });

  test.for<[string, Asked]>([
    ['answered', quote],
    ['accepted', accept],
    ['declined', { command: 'decline' }],
  ])('that has ended is not %s any more, from its instant on', ([, asked]) => {
    expect(by(leads.quoted, 'organizer', asked, at('2027-03-10T11:59:59Z')).kind).toBe('steps');
    expect(by(leads.quoted, 'organizer', asked, at('2027-03-10T12:00:00Z'))).toEqual({
      kind: 'quote_expired',
      expiresAt: '2027-03-10T12:00:00.000Z',
    });
  });
});

describe('an acceptance', () => {
  test('keeps the time until the deposit is due, by the policy as it is now', () => {
    expect(decideAsked(leads.quoted, 'organizer', accept, circumstances)).toEqual({
      kind: 'steps',
      steps: [
        {
          command: 'accept',
          fields: {
            cancellationPolicy: [
              { daysBefore: 14, refundPercent: 100 },
              { daysBefore: 7, refundPercent: 50 },
            ],
            depositBy: seconds('2027-03-01T14:00:00Z'),
          },
        },
      ],
      time: { kind: 'hold', until: seconds('2027-03-01T14:00:00Z') },
    });
  });

  test('leaves no longer to pay than until the event begins', () => {
    const lead = leadOf({ status: 'quoted', quote: quoteOf({ expiresAt: '2027-03-20T12:00:00.000Z' }) });
    expect(decideAsked(lead, 'organizer', accept, at('2027-03-20T11:30:00Z'))).toMatchObject({
      time: { kind: 'hold', until: seconds('2027-03-20T12:00:00Z') },
    });
  });

  test('of the truck takes a counter-offer', () => {
    const lead = leadOf({ status: 'quoted', quote: quoteOf({ by: 'organizer' }) });
    expect(goesTo(lead, decideAsked(lead, 'truck', accept, circumstances))).toBe('accepted');
    expect(decideAsked(lead, 'organizer', accept, circumstances)).toEqual({ kind: 'own_quote' });
  });

  test.for([1, 3])('of version %s is refused while the latest is the second', (quoteVersion) => {
    expect(decideAsked(leads.quoted, 'organizer', acceptOf(quoteVersion), circumstances)).toEqual({
      kind: 'outdated_quote',
      latestVersion: 2,
    });
  });

  test.for<[string, Partial<typeof terms>]>([
    ['no share', { deposit: { percent: 0, withinMinutes: 120 } }],
    [
      'a share of nothing',
      {
        items: [{ name: 'Tacos', quantity: 10, unitPrice: { amount: 0, currency: 'RON' } }],
        travel: undefined,
      },
    ],
  ])('with nothing due books at once: %s', ([, free]) => {
    const lead = leadOf({ status: 'quoted', quote: quoteOf(free) });
    const decision = decideAsked(lead, 'organizer', accept, circumstances);
    expect(decision).toEqual({
      kind: 'steps',
      steps: [
        { command: 'accept', fields: { cancellationPolicy: defaultCancellationPolicy } },
        { command: 'book', fields: {} },
      ],
      time: { kind: 'book' },
    });
    expect(goesTo(lead, decision)).toBe('booked');
    const booked = { ...lead, status: 'booked' } as const;
    expect(decideAsked(booked, 'organizer', accept, circumstances)).toEqual({
      kind: 'done_before',
      lead: booked,
    });
  });

  test('of another version than the accepted one is no repeat', () => {
    expect(decideAsked(leads.accepted, 'organizer', acceptOf(1), circumstances)).toEqual({
      kind: 'not_allowed',
      currentStatus: 'accepted',
      allowed: ['booked'],
    });
  });
});

describe('a refusal of the offer', () => {
  test('says who and why, and frees the time', () => {
    const asked: Asked = { command: 'decline', reason: 'Too dear' };
    expect(decideAsked(leads.quoted, 'truck', asked, circumstances)).toEqual({
      kind: 'steps',
      steps: [{ command: 'decline', fields: { endedBy: 'truck', reason: 'Too dear' }, reason: 'Too dear' }],
      time: { kind: 'release' },
    });
  });
});

describe('a cancellation', () => {
  const booked = leadOf({
    status: 'booked',
    quote: quoteOf(),
    cancellationPolicy: [
      { daysBefore: 14, refundPercent: 100 },
      { daysBefore: 7, refundPercent: 50 },
    ],
    deposit: { paymentId: 'pay_1', provider: 'test', status: 'captured', amount: 2_201 },
    captured: 2_201,
  });
  const cancel: Asked = { command: 'cancel', reason: 'Rain' };
  test.for<[string, Party, number | undefined]>([
    ['2027-03-06T12:00:00Z', 'organizer', 2_201],
    ['2027-03-06T12:00:01Z', 'organizer', 1_101],
    ['2027-03-13T12:00:00Z', 'organizer', 1_101],
    ['2027-03-13T12:00:01Z', 'organizer', undefined],
    ['2027-03-20T12:00:00Z', 'organizer', undefined],
    ['2027-03-06T12:00:01Z', 'truck', 2_201],
    ['2027-03-20T15:59:59Z', 'truck', 2_201],
  ])('at %s by the %s gives back %s', ([when, party, amount]) => {
    expect(decideAsked(booked, party, cancel, at(when))).toEqual({
      kind: 'steps',
      steps: [
        {
          command: 'cancel',
          fields: {
            endedBy: party,
            reason: 'Rain',
            ...(amount !== undefined && {
              refund: { refundId: 'rfd_mgg6vqyarxc30hsyvytn96gd4e', amount, status: 'requested' },
            }),
          },
          reason: 'Rain',
        },
      ],
      time: { kind: 'release' },
    });
  });

  test('of what was booked with nothing due gives nothing back', () => {
    const { deposit: _, ...free } = booked;
    expect(decideAsked(free, 'truck', cancel, circumstances)).toMatchObject({
      steps: [{ fields: { endedBy: 'truck', reason: 'Rain' } }],
    });
    expect(JSON.stringify(decideAsked(free, 'truck', cancel, circumstances))).not.toContain('refund');
  });

  test('comes before the end of the event', () => {
    expect(decideAsked(booked, 'truck', cancel, at('2027-03-20T16:00:00Z'))).toEqual({
      kind: 'not_allowed',
      currentStatus: 'completed',
      allowed: [],
    });
  });
});

describe('a completion', () => {
  test('comes when the event is over', () => {
    const complete: Asked = { command: 'complete' };
    expect(decideAsked(leads.booked, 'truck', complete, at('2027-03-20T15:59:59Z'))).toEqual({
      kind: 'not_over',
      endsAt: seconds('2027-03-20T16:00:00Z'),
    });
    expect(
      goesTo(leads.booked, decideAsked(leads.booked, 'truck', complete, at('2027-03-20T16:00:00Z'))),
    ).toBe('completed');
  });

  test('comes before where that may be tried', () => {
    const early = at('2027-03-01T12:00:00Z', { completesEarly: true });
    expect(goesTo(leads.booked, decideAsked(leads.booked, 'truck', { command: 'complete' }, early))).toBe(
      'completed',
    );
  });
});

describe('a lead is by its instants', () => {
  test.for<[LeadStatus, string, LeadStatus]>([
    ['new', '2027-03-20T11:59:59Z', 'new'],
    ['new', '2027-03-20T12:00:00Z', 'expired'],
    ['contacted', '2027-03-20T11:59:59Z', 'contacted'],
    ['contacted', '2027-03-20T12:00:00Z', 'expired'],
    ['quoted', '2027-03-10T11:59:59Z', 'quoted'],
    ['quoted', '2027-03-10T12:00:00Z', 'expired'],
    ['accepted', '2027-12-31T00:00:00Z', 'accepted'],
    ['booked', '2027-03-20T15:59:59Z', 'booked'],
    ['booked', '2027-03-20T16:00:00Z', 'completed'],
    ['declined', '2027-12-31T00:00:00Z', 'declined'],
  ])('%s at %s: %s', ([status, when, expected]) => {
    expect(statusAt(leads[status], seconds(when))).toBe(expected);
  });

  test.for<[LeadStatus, Party, Asked]>([
    ['new', 'truck', { command: 'contact' }],
    ['contacted', 'truck', quote],
  ])('%s is not taken further when the event has begun', ([status, party, asked]) => {
    expect(decideAsked(leads[status], party, asked, at('2027-03-20T12:00:00Z'))).toEqual({
      kind: 'not_allowed',
      currentStatus: 'expired',
      allowed: [],
    });
  });
});
