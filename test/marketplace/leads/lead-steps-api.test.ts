import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Answered, type CallOptions, freshKey } from '../../support/api-call.ts';
import { briefBody } from '../../support/brief-body.ts';
import { quoteBody } from '../../support/quote-body.ts';
import { type Marketplace, newBrief, newTruck, setStatus, startMarketplace } from '../harness.ts';

/** `dan` looks for food, `ann` has the truck. */
let world: Marketplace;
beforeAll(async () => {
  world = await startMarketplace();
});
afterAll(() => world.stop());

const lei = (amount: number) => ({ amount, currency: 'RON' });
const offerOf = (percent = 25, fields: object = {}) => ({
  ...quoteBody,
  deposit: { percent, withinMinutes: 60 },
  ...fields,
});

type Step = 'contactLead' | 'quoteLead' | 'acceptLead' | 'declineLead' | 'cancelLead' | 'completeLead';
const step = (operation: Step, as: string, leadId: string, options: CallOptions = {}): Promise<Answered> =>
  world.call(operation, { as, params: { leadId }, ...options });
const said = ({ status, body }: Answered) => [status, body.code ?? body.status ?? body.version];

const newLead = async (fields: { readonly as?: string } = {}): Promise<string> => {
  const { as = 'dan' } = fields;
  const briefId = as === 'dan' ? await newBrief(world) : (await ownBrief()).body.id;
  const body = { briefId, truckId: await newTruck(world) };
  return (await world.call('createLead', { as, body })).body.id;
};
/** A brief of the organization that has the trucks too. */
const ownBrief = () => world.call('createBrief', { body: briefBody });
const newQuoted = async (percent = 25): Promise<string> => {
  const leadId = await newLead();
  await step('contactLead', 'ann', leadId);
  await step('quoteLead', 'ann', leadId, { body: offerOf(percent) });
  return leadId;
};
const newBooked = async (): Promise<string> => {
  const leadId = await newQuoted(0);
  await step('acceptLead', 'dan', leadId, { body: { quoteVersion: 1 } });
  return leadId;
};
const get = async (leadId: string) => (await world.call('getLead', { as: 'dan', params: { leadId } })).body;

describe('a negotiation', () => {
  test('goes from side to side until one accepts what the other offers', async () => {
    const leadId = await newLead();
    const contacted = await step('contactLead', 'ann', leadId);
    expect([said(contacted), contacted.body.hold.kind]).toEqual([[200, 'contacted'], 'soft']);

    const offered = await step('quoteLead', 'ann', leadId, { body: offerOf() });
    expect(offered.status).toBe(201);
    const { expiresAt, ...offer } = offerOf();
    expect(offered.body).toEqual({
      version: 1,
      by: 'truck',
      at: expect.stringMatching(/Z$/),
      ...offer,
      expiresAt,
      total: lei(665_000),
      depositDue: lei(166_250),
    });
    const counter = await step('quoteLead', 'dan', leadId, {
      body: offerOf(25, { travel: undefined, terms: undefined }),
    });
    expect(counter.body).toMatchObject({ version: 2, by: 'organizer', total: lei(640_000) });
    const last = await step('quoteLead', 'ann', leadId, { body: offerOf(10) });
    expect(last.body).toMatchObject({ version: 3, by: 'truck', depositDue: lei(66_500) });

    const refused = await step('acceptLead', 'dan', leadId, { body: { quoteVersion: 1 } });
    expect([said(refused), refused.body.latestVersion]).toEqual([[409, 'QUOTE_OUTDATED'], 3]);
    expect(said(await step('acceptLead', 'ann', leadId, { body: { quoteVersion: 3 } }))).toEqual([
      409,
      'OWN_QUOTE',
    ]);

    const accepted = await step('acceptLead', 'dan', leadId, { body: { quoteVersion: 3 } });
    expect(said(accepted)).toEqual([200, 'accepted']);
    const { hold, depositBy, cancellationPolicy } = accepted.body;
    expect(hold).toMatchObject({ kind: 'hard', isLive: true, expiresAt: depositBy });
    const minutes = (Date.parse(depositBy) - Date.parse(accepted.body.since)) / 60_000;
    expect(Math.round(minutes)).toBe(60);
    expect(cancellationPolicy).toEqual([
      { daysBefore: 14, refundPercent: 100 },
      { daysBefore: 7, refundPercent: 50 },
    ]);

    const { history, quotes, ...lead } = await get(leadId);
    expect(lead).toMatchObject(accepted.body);
    expect(
      history.map(({ command, from, to, actor, party }: Record<string, string>) =>
        [command, from ?? '-', to, actor, party].join(' '),
      ),
    ).toEqual([
      'create - new dan organizer',
      'contact new contacted ann truck',
      'quote contacted quoted ann truck',
      'quote quoted quoted dan organizer',
      'quote quoted quoted ann truck',
      'accept quoted accepted dan organizer',
    ]);
    expect(quotes.map(({ version, by }: Record<string, unknown>) => [version, by])).toEqual([
      [1, 'truck'],
      [2, 'organizer'],
      [3, 'truck'],
    ]);
    expect(JSON.stringify(quotes)).not.toContain('quo_');
  });

  test('with nothing due in advance ends in a booking, which is called off with its reason', async () => {
    const leadId = await newQuoted(0);
    const accepted = await step('acceptLead', 'dan', leadId, { body: { quoteVersion: 1 } });
    expect([said(accepted), accepted.body.hold.kind, accepted.body.depositBy]).toEqual([
      [200, 'booked'],
      'booking',
      undefined,
    ]);
    const { truckId, window } = accepted.body;
    const busy = async () =>
      (await world.call('getAvailability', { params: { truckId }, query: window })).body.busy.map(
        ({ kind }: { kind: string }) => kind,
      );
    expect(await busy()).toEqual(['booking']);
    const early = await step('completeLead', 'ann', leadId);
    expect([said(early), early.body.endsAt]).toEqual([[409, 'EVENT_NOT_OVER'], window.to]);
    const cancelled = await step('cancelLead', 'dan', leadId, { body: { reason: 'The picnic is put off.' } });
    expect(cancelled.body).toMatchObject({
      status: 'cancelled',
      endedBy: 'organizer',
      reason: 'The picnic is put off.',
    });
    expect(await busy()).toEqual([]);
    const { history } = await get(leadId);
    expect(history.slice(-3)).toMatchObject([
      { command: 'accept', to: 'accepted' },
      { command: 'book', from: 'accepted', to: 'booked', party: 'organizer' },
      { command: 'cancel', from: 'booked', to: 'cancelled', reason: 'The picnic is put off.' },
    ]);
  });

  test('ends when one side does not want it, with or without a reason', async () => {
    const leadId = await newQuoted();
    const declined = await step('declineLead', 'dan', leadId, { body: { reason: 'Too dear' } });
    expect(declined.body).toMatchObject({ status: 'declined', endedBy: 'organizer', reason: 'Too dear' });
    const other = await newQuoted();
    expect((await step('declineLead', 'ann', other)).body).toMatchObject({
      status: 'declined',
      endedBy: 'truck',
    });
  });
});

describe('what is not allowed', () => {
  test.for<[Step, string, CallOptions]>([
    ['quoteLead', 'ann', { body: offerOf() }],
    ['acceptLead', 'dan', { body: { quoteVersion: 1 } }],
    ['declineLead', 'dan', {}],
    ['cancelLead', 'dan', { body: { reason: 'Rain' } }],
    ['completeLead', 'ann', {}],
  ])('%s of a new lead says what is', async ([operation, as, options]) => {
    const refused = await step(operation, as, await newLead(), options);
    expect(refused.body).toMatchObject({
      status: 409,
      code: 'TRANSITION_NOT_ALLOWED',
      currentStatus: 'new',
      allowed: ['contacted'],
    });
  });

  test('is for the other side to do', async () => {
    const leadId = await newLead();
    expect(said(await step('contactLead', 'dan', leadId))).toEqual([403, 'FORBIDDEN']);
    await step('contactLead', 'ann', leadId);
    const first = await step('quoteLead', 'dan', leadId, { body: offerOf() });
    expect([said(first), first.body.detail]).toEqual([
      [403, 'FORBIDDEN'],
      'That is for the other side to do.',
    ]);
  });

  test('is what somebody says for a side that they do not belong to', async () => {
    const refused = await step('declineLead', 'dan', await newLead(), { query: { role: 'truck' } });
    expect([said(refused), refused.body.detail]).toEqual([
      [403, 'FORBIDDEN'],
      'You do not belong to that side.',
    ]);
  });

  test.for<[string, object, string, string]>([
    ['an end that is over', { expiresAt: '2026-01-01T00:00:00Z' }, '/expiresAt', 'IN_THE_PAST'],
    ['two currencies', { travel: { amount: 1, currency: 'EUR' } }, '/items', 'CUSTOM'],
    ['no lines', { items: [] }, '/items', 'TOO_SMALL'],
    ['an unknown field', { discount: 5 }, '/discount', 'UNKNOWN_FIELD'],
  ])('an offer with %s', async ([, fields, pointer, code]) => {
    const leadId = await newQuoted();
    const refused = await step('quoteLead', 'ann', leadId, { body: offerOf(25, fields) });
    expect([said(refused), refused.body.errors]).toEqual([
      [422, 'VALIDATION_FAILED'],
      [expect.objectContaining({ in: 'body', pointer, code })],
    ]);
  });

  test.for<[Step, unknown, string]>([
    ['acceptLead', {}, '/quoteVersion'],
    ['acceptLead', { quoteVersion: 0 }, '/quoteVersion'],
    ['cancelLead', {}, '/reason'],
    ['cancelLead', { reason: '  ' }, '/reason'],
    ['declineLead', { because: 'x' }, '/because'],
  ])('%s with %j', async ([operation, body, pointer]) => {
    const refused = await step(operation, 'dan', await newQuoted(), { body });
    expect(refused.status).toBe(422);
    expect(refused.body.errors.map((fault: { pointer: string }) => fault.pointer)).toEqual([pointer]);
  });

  test('a dry run that is neither true nor false', async () => {
    const refused = await step('contactLead', 'ann', await newLead(), { query: { dryRun: 'yes' } });
    expect([refused.status, refused.body.errors[0].pointer]).toEqual([422, '/dryRun']);
  });
});

describe('again', () => {
  test('the same word of the same side is the same answer, and no step', async () => {
    const leadId = await newLead();
    const repeat = async (operation: Step, as: string, options: CallOptions = {}) => {
      const first = await step(operation, as, leadId, options);
      const second = await step(operation, as, leadId, options);
      expect(second.body).toEqual(first.body);
      return [first.status, second.status];
    };
    expect(await repeat('contactLead', 'ann')).toEqual([200, 200]);
    await step('quoteLead', 'ann', leadId, { body: offerOf(0) });
    expect(await repeat('acceptLead', 'dan', { body: { quoteVersion: 1 } })).toEqual([200, 200]);
    expect(await repeat('cancelLead', 'dan', { body: { reason: 'Rain' } })).toEqual([200, 200]);
    expect((await get(leadId)).history).toHaveLength(6);
    // Of the other side it is another word.
    expect(said(await step('cancelLead', 'ann', leadId, { body: { reason: 'Rain' } }))).toEqual([
      409,
      'TRANSITION_NOT_ALLOWED',
    ]);
  });

  test('an offer with its key is the version that it made, whatever was done since', async () => {
    const leadId = await newLead();
    await step('contactLead', 'ann', leadId);
    const key = freshKey();
    const offer = (body: object) => step('quoteLead', 'ann', leadId, { key, body });
    const first = await offer(offerOf());
    await step('quoteLead', 'dan', leadId, { body: offerOf(10) });
    await step('acceptLead', 'ann', leadId, { body: { quoteVersion: 2 } });
    const again = await offer(offerOf());
    expect([again.status, again.headers['Idempotent-Replayed'], again.body]).toEqual([
      201,
      'true',
      first.body,
    ]);
    expect(said(await offer(offerOf(30)))).toEqual([422, 'IDEMPOTENCY_KEY_REUSED']);
    expect((await get(leadId)).quotes).toHaveLength(2);
  });
});

describe('a dry run', () => {
  test.for<[Step, string, () => Promise<string>, CallOptions, string]>([
    ['contactLead', 'ann', () => newLead(), {}, 'contacted'],
    ['quoteLead', 'dan', () => newQuoted(), { body: offerOf() }, 'quoted'],
    ['acceptLead', 'dan', () => newQuoted(), { body: { quoteVersion: 1 } }, 'accepted'],
    ['declineLead', 'ann', () => newQuoted(), { body: { reason: 'No' } }, 'declined'],
    ['cancelLead', 'ann', newBooked, { body: { reason: 'No' } }, 'cancelled'],
  ])(
    'of %s shows the lead as it would be, and leaves it as it is',
    async ([operation, as, make, options, status]) => {
      const leadId = await make();
      const before = await get(leadId);
      const dry = await step(operation, as, leadId, { ...options, query: { dryRun: 'true' } });
      expect([dry.status, dry.body.status, dry.body.dryRun]).toEqual([200, status, true]);
      expect(await get(leadId)).toEqual(before);
      const done = await step(operation, as, leadId, { ...options, query: { dryRun: 'false' } });
      expect(done.status).toBe(operation === 'quoteLead' ? 201 : 200);
      expect((await get(leadId)).status).toBe(status);
    },
  );

  test('is refused as the step is', async () => {
    const leadId = await newBooked();
    const ask = (query: Record<string, string>) => step('completeLead', 'ann', leadId, { query });
    const [dry, real] = [await ask({ dryRun: 'true' }), await ask({})];
    expect(dry.body).toEqual(real.body);
    expect(said(dry)).toEqual([409, 'EVENT_NOT_OVER']);
  });
});

describe('who belongs to both sides', () => {
  test('says for which one speaks', async () => {
    const leadId = await newLead({ as: 'ann' });
    await step('contactLead', 'ann', leadId);
    const unsaid = await step('quoteLead', 'ann', leadId, { body: offerOf() });
    expect([said(unsaid), unsaid.body.errors]).toEqual([
      [422, 'VALIDATION_FAILED'],
      [
        {
          in: 'query',
          pointer: '/role',
          code: 'REQUIRED',
          detail: 'You belong to both sides: say for which you speak.',
        },
      ],
    ]);
    const as = (role: string) => ({ query: { role } });
    const offered = await step('quoteLead', 'ann', leadId, { body: offerOf(), ...as('truck') });
    expect(offered.body).toMatchObject({ version: 1, by: 'truck' });
    const own = await step('acceptLead', 'ann', leadId, { body: { quoteVersion: 1 }, ...as('truck') });
    expect(said(own)).toEqual([409, 'OWN_QUOTE']);
    const accepted = await step('acceptLead', 'ann', leadId, {
      body: { quoteVersion: 1 },
      ...as('organizer'),
    });
    expect(said(accepted)).toEqual([200, 'accepted']);
  });

  test('is not who belongs to one', async () => {
    const leadId = await newQuoted();
    const wrong = await step('declineLead', 'dan', leadId, { query: { role: 'truck' } });
    expect(said(wrong)).toEqual([403, 'FORBIDDEN']);
  });

  test.for<[string | null, number]>([
    ['cat', 403],
    ['admin', 404],
    ['bob', 404],
    [null, 401],
  ])('nobody else speaks: %s', async ([as, status]) => {
    const leadId = await newQuoted();
    const answer = await world.call('declineLead', { as, params: { leadId } });
    expect(answer.status).toBe(status);
  });
});

test('no answer tells a side the numbers that the other wrote, before the truck is booked; operators read all', async () => {
  const [asked, served] = ['0722 123 456', '0733 765 432'];
  const truckId = await newTruck(world);
  const briefId = await newBrief(world, {
    name: `Picnic (${asked})`,
    venue: { ...briefBody.venue, city: `Cluj-Napoca, ${asked}` },
    notes: `Call ${asked}`,
  });
  const ask = { as: 'dan', body: { briefId, truckId }, key: freshKey() };
  const leadId = (await world.call('createLead', ask)).body.id;
  const items = [{ ...quoteBody.items[0], name: `Tacos, ${served}` }];
  const offer = { body: offerOf(0, { items, terms: `Write to ana@example.com or ${served}` }) };
  const asOrganizer = { as: 'dan', params: { briefId }, query: {} };
  const lists = (as: string, role: string) => world.call('listLeads', { as, query: { role, limit: '1' } });

  const answers: [string, Answered][] = [];
  const read = async (what: string, answered: Promise<Answered>): Promise<void> => {
    answers.push([what, await answered]);
  };
  await read('truck: contact', step('contactLead', 'ann', leadId));
  await read('truck: dry run', step('quoteLead', 'ann', leadId, { ...offer, query: { dryRun: 'true' } }));
  await step('quoteLead', 'ann', leadId, offer);
  const dryAccept = { body: { quoteVersion: 1 }, query: { dryRun: 'true' } };
  await read('organizer: list', lists('dan', 'organizer'));
  await read('truck: list', lists('ann', 'truck'));
  await read('organizer: lead', world.call('getLead', { as: 'dan', params: { leadId } }));
  await read('truck: lead', world.call('getLead', { as: 'ann', params: { leadId } }));
  await read('operator: lead', world.call('getLead', { as: 'admin', params: { leadId } }));
  await read('organizer: comparison', world.call('compareQuotes', asOrganizer));
  await read('operator: comparison', world.call('compareQuotes', { ...asOrganizer, as: 'admin' }));
  await read('organizer: asked again', world.call('createLead', ask));
  await read('organizer: booking, tried', step('acceptLead', 'dan', leadId, dryAccept));
  await read('truck: declined', step('declineLead', 'ann', leadId, { body: { reason: `Call ${served}` } }));
  await read('organizer: declined', world.call('getLead', { as: 'dan', params: { leadId } }));
  await read('truck: own reason', world.call('getLead', { as: 'ann', params: { leadId } }));
  await setStatus(world, leadId, 'booked');
  await read('organizer: booked', world.call('getLead', { as: 'dan', params: { leadId } }));
  await read('truck: booked', world.call('getLead', { as: 'ann', params: { leadId } }));

  expect(answers.filter(([, { status }]) => status >= 300)).toEqual([]);
  const told = answers.map(([what, { body }]) => {
    const text = JSON.stringify(body);
    return [what, ...[asked, served, 'ana@example.com'].filter((part) => text.includes(part))].join(', ');
  });
  const all = [asked, served, 'ana@example.com'].join(', ');
  expect(told).toEqual([
    'truck: contact',
    `truck: dry run, ${served}, ana@example.com`,
    `organizer: list, ${asked}`,
    `truck: list, ${served}, ana@example.com`,
    `organizer: lead, ${asked}`,
    `truck: lead, ${served}, ana@example.com`,
    `operator: lead, ${all}`,
    `organizer: comparison`,
    `operator: comparison, ${served}, ana@example.com`,
    `organizer: asked again, ${asked}`,
    `organizer: booking, tried, ${asked}`,
    `truck: declined, ${served}, ana@example.com`,
    `organizer: declined, ${asked}`,
    `truck: own reason, ${served}, ana@example.com`,
    `organizer: booked, ${all}`,
    `truck: booked, ${all}`,
  ]);
  const { quote, reason, history } = (await world.call('getLead', { as: 'dan', params: { leadId } })).body;
  expect([quote.items[0].name, reason, history.at(-1).reason]).toEqual([
    `Tacos, ${served}`,
    `Call ${served}`,
    `Call ${served}`,
  ]);
});
