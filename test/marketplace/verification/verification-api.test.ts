import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { freshKey } from '../../support/api-call.ts';
import { stored } from '../../support/memory-bucket.ts';
import { type Marketplace, newTruck, organizationId, startMarketplace } from '../harness.ts';

let world: Marketplace;
beforeAll(async () => {
  world = await startMarketplace();
});
afterAll(() => world.stop());

const pdf = Buffer.from('%PDF-1.7 a certificate');

let uploads = 0;
/** An uploaded paper: its id. */
const paper = (kind = 'verification_document'): string => {
  uploads += 1;
  const uploadId = `upl_${String(uploads).padStart(26, '0')}`;
  world.objects.set(`uploads/${organizationId}/${kind}/${uploadId}`, stored(pdf, 'application/pdf'));
  return uploadId;
};

const submit = (truckId: string, options: object = {}) =>
  world.call('submitVerification', {
    params: { truckId },
    body: { documents: [{ uploadId: paper(), kind: 'food_safety' }] },
    ...options,
  });
const decide = (truckId: string, body: object, as = 'eve') =>
  world.call('decideVerification', { as, params: { truckId }, body });
const verify = (truckId: string, as = 'eve') => decide(truckId, { decision: 'verified' }, as);
const reject = (truckId: string, as = 'eve') =>
  decide(truckId, { decision: 'rejected', reason: 'The certificate has expired.' }, as);
const read = async (truckId: string, as = 'ann') =>
  (await world.call('getVerification', { as, params: { truckId } })).body;
const page = async (truckId: string) =>
  (await world.call('getTruck', { as: null, params: { truckId } })).body;
const documentsOf = (truckId: string) =>
  [...world.objects.keys()].filter((key) => key.startsWith(`documents/${truckId}/`));

describe('papers', () => {
  test('are submitted, seen by links of five minutes, and decided on by an admin', async () => {
    const truckId = await newTruck(world);
    expect(await read(truckId)).toEqual({ status: 'none', documents: [], decisions: [] });
    const uploadId = paper();
    const submitted = await submit(truckId, {
      body: { documents: [{ uploadId, kind: 'insurance' }] },
    });
    const { submissionId } = submitted.body;
    expect([submitted.status, submitted.body]).toMatchObject([
      201,
      {
        status: 'submitted',
        submittedBy: 'ann',
        subject: { name: 'La Carreta', home: { city: 'Cluj-Napoca' } },
        documents: [{ id: uploadId, kind: 'insurance', contentType: 'application/pdf', bytes: pdf.length }],
      },
    ]);
    // The upload is forgotten after a day, the document is not.
    world.objects.delete(`uploads/${organizationId}/verification_document/${uploadId}`);
    expect(documentsOf(truckId)).toEqual([`documents/${truckId}/${submissionId}/${uploadId}`]);

    for (const as of ['ann', 'eve']) {
      const [document] = (await read(truckId, as)).documents;
      const url = new URL(document.url);
      expect(url.pathname).toBe(`/objects/documents/${truckId}/${submissionId}/${uploadId}`);
      expect(url.searchParams.get('X-Amz-Expires')).toBe('300');
      expect(url.searchParams.get('response-content-disposition')).toBe(
        'attachment; filename="insurance.pdf"',
      );
    }
    const verified = await verify(truckId);
    const { decision } = verified.body;
    expect([verified.status, verified.body.status, decision]).toEqual([
      200,
      'verified',
      { outcome: 'verified', at: decision.at, by: 'eve' },
    ]);
    // Everybody sees since when; by whom, only its organization.
    expect((await page(truckId)).verified).toEqual({ at: decision.at });
    expect((await read(truckId)).decision.by).toBe('eve');
  });

  test('that are refused are submitted anew; a truck that was verified is not any more', async () => {
    const truckId = await newTruck(world);
    await submit(truckId);
    await verify(truckId);
    const since = (await page(truckId)).verified;
    await submit(truckId);
    // Until the new papers are decided on, those that were seen stand.
    expect((await page(truckId)).verified).toEqual(since);
    const rejected = await reject(truckId);
    expect([rejected.status, rejected.body.decision.reason]).toEqual([200, 'The certificate has expired.']);
    expect(await page(truckId)).not.toHaveProperty('verified');
    expect((await submit(truckId)).status).toBe(201);
  });

  test('that were found right are taken back with a reason: the truck is verified no more, and all that was decided stays', async () => {
    const truckId = await newTruck(world);
    const { submissionId } = (await submit(truckId)).body;
    await verify(truckId, 'ada');
    const withdraw = (as = 'eve', reason?: string) =>
      decide(truckId, { decision: 'withdrawn', ...(reason && { reason }) }, as);
    const unsaid = await withdraw();
    expect([unsaid.status, unsaid.body.errors[0].pointer]).toEqual([422, '/reason']);
    expect((await withdraw('ann', 'I')).status).toBe(403);
    expect(await page(truckId)).toHaveProperty('verified');

    const reason = 'The insurance was called off.';
    const withdrawn = await withdraw('eve', reason);
    const { decision } = withdrawn.body;
    expect([withdrawn.status, withdrawn.body.status, decision]).toEqual([
      200,
      'withdrawn',
      { outcome: 'withdrawn', reason, at: decision.at, by: 'eve' },
    ]);
    expect(await page(truckId)).not.toHaveProperty('verified');
    expect((await withdraw('eve', reason)).body).toEqual(withdrawn.body);
    const again = await withdraw('ada', reason);
    expect([again.status, again.body.currentStatus, again.body.allowed]).toEqual([
      409,
      'withdrawn',
      ['submit'],
    ]);
    const listed = await world.call('listVerifications', { as: 'eve', query: { status: 'withdrawn' } });
    expect(listed.body.items.at(-1)).toMatchObject({ truckId, decision: { outcome: 'withdrawn' } });

    const { submissionId: next } = (await submit(truckId)).body;
    await verify(truckId);
    expect(await page(truckId)).toHaveProperty('verified');
    const { decisions } = await read(truckId);
    expect(decisions.map((each: Record<string, string>) => ({ ...each, at: '' }))).toEqual([
      { submissionId: next, outcome: 'verified', at: '', by: 'eve' },
      { submissionId, outcome: 'withdrawn', reason, at: '', by: 'eve' },
      { submissionId, outcome: 'verified', at: '', by: 'ada' },
    ]);
  });

  test('are of a name and a home: with another, a truck is not verified', async () => {
    const truckId = await newTruck(world);
    await submit(truckId);
    const change = async (body: object) => {
      const { etag } = await world.call('getTruck', { params: { truckId } });
      const changed = await world.call('updateTruck', { params: { truckId }, ifMatch: etag, body });
      expect(changed.status).toBe(200);
      return changed.body;
    };
    // A change while they are looked at does not make them papers of something else.
    await change({ name: 'El Burro' });
    await verify(truckId);
    expect(await page(truckId)).not.toHaveProperty('verified');
    expect(await change({ name: 'La Carreta', priceBand: 3 })).toHaveProperty('verified');
    expect(await change({ home: { city: 'Turda', lat: 46.57, lon: 23.78 } })).not.toHaveProperty('verified');
  });

  test('cannot be decided on before, nor submitted while, they wait', async () => {
    const truckId = await newTruck(world);
    const early = await verify(truckId);
    expect([early.status, early.body]).toMatchObject([
      409,
      { code: 'TRANSITION_NOT_ALLOWED', currentStatus: 'none', allowed: ['submit'] },
    ]);
    await submit(truckId);
    const twice = await submit(truckId);
    expect([twice.status, twice.body]).toMatchObject([
      409,
      { code: 'TRANSITION_NOT_ALLOWED', currentStatus: 'submitted', allowed: ['verify', 'reject'] },
    ]);
    // What was not taken is not kept.
    expect(documentsOf(truckId)).toHaveLength(1);
  });

  test('sent again are the same; with another body the key is refused', async () => {
    const truckId = await newTruck(world);
    const key = freshKey();
    const body = { documents: [{ uploadId: paper(), kind: 'other' }] };
    const first = await submit(truckId, { key, body });
    const again = await submit(truckId, { key, body });
    expect([again.status, again.body, again.headers['Idempotent-Replayed']]).toEqual([
      201,
      first.body,
      'true',
    ]);
    const other = await submit(truckId, { key });
    expect([other.status, other.body.code]).toEqual([422, 'IDEMPOTENCY_KEY_REUSED']);
  });

  test('that were not uploaded as papers are refused by name', async () => {
    const truckId = await newTruck(world);
    const photo = paper('truck_photo');
    const documents = [
      { uploadId: paper(), kind: 'other' },
      { uploadId: photo, kind: 'insurance' },
    ];
    const refused = await submit(truckId, { body: { documents } });
    expect([refused.status, refused.body]).toMatchObject([
      422,
      { code: 'UPLOAD_NOT_FOUND', uploadIds: [photo] },
    ]);
    expect([await read(truckId), documentsOf(truckId)]).toEqual([
      { status: 'none', documents: [], decisions: [] },
      [],
    ]);
  });

  test.each([
    ['none', [], '/documents'],
    ['one twice', ['upl_00000000000000000000000000', 'upl_00000000000000000000000000'], '/documents'],
  ])('of %s are refused', async (_, ids, pointer) => {
    const documents = ids.map((uploadId) => ({ uploadId, kind: 'other' }));
    const refused = await submit(await newTruck(world), { body: { documents } });
    expect([refused.status, refused.body.errors[0].pointer]).toEqual([422, pointer]);
  });
});

describe('of many at once', () => {
  test('who submit, one is taken, and only its papers are kept', async () => {
    const truckId = await newTruck(world);
    const answers = await Promise.all([submit(truckId), submit(truckId), submit(truckId)]);
    expect(answers.map(({ status }) => status).sort()).toEqual([201, 409, 409]);
    const taken = answers.find(({ status }) => status === 201)?.body;
    expect(documentsOf(truckId)).toEqual([
      `documents/${truckId}/${taken.submissionId}/${taken.documents[0].id}`,
    ]);
  });

  test('who decide, one does; the other is told what became of them', async () => {
    for (let round = 0; round < 10; round += 1) {
      const truckId = await newTruck(world);
      await submit(truckId);
      const answers = await Promise.all([verify(truckId, 'eve'), reject(truckId, 'ada')]);
      expect(answers.map(({ status }) => status).sort()).toEqual([200, 409]);
      const { status } = await read(truckId);
      expect(answers.find((answer) => answer.status === 409)?.body).toMatchObject({
        code: 'TRANSITION_NOT_ALLOWED',
        currentStatus: status,
        allowed: status === 'verified' ? ['submit', 'withdraw'] : ['submit'],
      });
      expect('verified' in (await page(truckId))).toBe(status === 'verified');
    }
  });
});

describe('an admin', () => {
  test('finds a repeat of a decision answered as it was', async () => {
    const truckId = await newTruck(world);
    await submit(truckId);
    const first = await reject(truckId);
    const again = await reject(truckId);
    expect([again.status, again.body]).toEqual([200, first.body]);
    expect((await reject(truckId, 'ada')).status).toBe(409);
  });

  test('decides on the papers that they saw, where they name them', async () => {
    const truckId = await newTruck(world);
    const seen = (await submit(truckId)).body.submissionId;
    await reject(truckId, 'ada');
    const latest = (await submit(truckId)).body.submissionId;
    const late = await decide(truckId, { decision: 'verified', submissionId: seen });
    expect([late.status, late.body.code]).toEqual([412, 'PRECONDITION_FAILED']);
    expect((await decide(truckId, { decision: 'verified', submissionId: latest })).status).toBe(200);
  });

  test('says why they refuse', async () => {
    const truckId = await newTruck(world);
    await submit(truckId);
    const refused = await decide(truckId, { decision: 'rejected' });
    expect([refused.status, refused.body.errors[0].pointer]).toEqual([422, '/reason']);
  });

  test('sees what waits, the longest first, page by page', async () => {
    const waiting: string[] = [];
    for (let count = 0; count < 3; count += 1) {
      const truckId = await newTruck(world);
      await submit(truckId);
      waiting.push(truckId);
    }
    const seen: string[] = [];
    let cursor: string | undefined;
    do {
      const listed = await world.call('listVerifications', {
        as: 'eve',
        query: { limit: '2', ...(cursor !== undefined && { cursor }) },
      });
      expect(listed.status).toBe(200);
      seen.push(...listed.body.items.map((item: { truckId: string }) => item.truckId));
      cursor = listed.body.nextCursor;
    } while (cursor !== undefined);
    expect(seen.slice(-3)).toEqual(waiting);
    const [truckId = ''] = waiting;
    await verify(truckId);
    const verified = await world.call('listVerifications', { as: 'eve', query: { status: 'verified' } });
    expect(verified.body.items.at(-1)).toMatchObject({ truckId, decision: { by: 'eve' } });
    expect(verified.body.items.at(-1).documents).toEqual([
      { id: expect.stringMatching(/^upl_/), kind: 'food_safety' },
    ]);
    const stranger = await world.call('listVerifications', {
      as: 'eve',
      query: { cursor: Buffer.from('{"pk":"TRUCK#1"}').toString('base64url') },
    });
    expect([stranger.status, stranger.body.errors[0].pointer]).toEqual([422, '/cursor']);
  });
});

test('nobody but admins decides, and papers are for owners, managers and admins', async () => {
  const truckId = await newTruck(world);
  await submit(truckId);
  const statuses = async (operation: 'getVerification' | 'listVerifications') =>
    Promise.all(
      ['ann', 'cat', 'bob', 'eve'].map(
        async (as) => (await world.call(operation, { as, params: { truckId } })).status,
      ),
    );
  expect(await statuses('getVerification')).toEqual([200, 403, 403, 200]);
  expect(await statuses('listVerifications')).toEqual([403, 403, 403, 200]);
  for (const as of ['ann', 'cat', 'bob']) expect((await verify(truckId, as)).status).toBe(403);
  expect((await read(truckId)).status).toBe('submitted');
});
