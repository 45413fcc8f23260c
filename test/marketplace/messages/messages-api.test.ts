import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { freshKey } from '../../support/api-call.ts';
import { stored } from '../../support/memory-bucket.ts';
import {
  type Marketplace,
  newLead,
  organizationId,
  otherOrganizationId,
  setStatus,
  startMarketplace,
} from '../harness.ts';

let world: Marketplace;
beforeAll(async () => {
  world = await startMarketplace();
});
afterAll(() => world.stop());

// `dan` is the organizer’s, `ann` the truck’s.
const send = (as: string | null, leadId: string, body: string, key?: string) =>
  world.call('sendMessage', { as, params: { leadId }, body: { body }, ...(key !== undefined && { key }) });
const list = (as: string | null, leadId: string, query: Record<string, string> = {}) =>
  world.call('listMessages', { as, params: { leadId }, query });
const mark = (as: string, leadId: string, messageId: string) =>
  world.call('putReadMarker', { as, params: { leadId }, body: { messageId } });
const bodiesFor = async (as: string, leadId: string) =>
  (await list(as, leadId)).body.items.map(({ body }: { body: string }) => body);

describe('messages', () => {
  test('are read by both sides and operators in one order, and by nobody else', async () => {
    const leadId = await newLead(world);
    const first = await send('dan', leadId, '  Could you serve vegan tacos?  ');
    expect([first.status, first.body]).toEqual([
      201,
      {
        id: expect.stringMatching(/^msg_/),
        sequence: 1,
        by: 'organizer',
        body: 'Could you serve vegan tacos?',
        isMasked: false,
        attachments: [],
        at: expect.any(String),
      },
    ]);
    expect((await send('ann', leadId, 'We do.')).body).toMatchObject({ sequence: 2, by: 'truck' });
    for (const reader of ['dan', 'ann', 'admin']) {
      expect(await bodiesFor(reader, leadId)).toEqual(['Could you serve vegan tacos?', 'We do.']);
    }
    const statuses = async (call: (as: string | null) => Promise<{ status: number }>) =>
      Promise.all(['cat', 'bob', null].map(async (as) => (await call(as)).status));
    expect(await statuses((as) => list(as, leadId))).toEqual([403, 404, 401]);
    expect(await statuses((as) => send(as, leadId, 'Hello'))).toEqual([403, 404, 401]);
    // Operators read, but speak for nobody.
    expect((await send('admin', leadId, 'Hello')).status).toBe(404);
    expect((await mark('admin', leadId, first.body.id)).status).toBe(404);
  });

  test('sent again are the same message; another text under that key is refused', async () => {
    const leadId = await newLead(world);
    const key = freshKey();
    const first = await send('dan', leadId, 'Hello', key);
    const again = await send('dan', leadId, 'Hello', key);
    expect([again.status, again.body, again.headers['Idempotent-Replayed']]).toEqual([
      201,
      first.body,
      'true',
    ]);
    const other = await send('dan', leadId, 'Good evening', key);
    expect([other.status, other.body.code]).toEqual([422, 'IDEMPOTENCY_KEY_REUSED']);
    expect(await bodiesFor('ann', leadId)).toEqual(['Hello']);
  });

  test('begin with what the organizer wrote when it asked', async () => {
    const leadId = await newLead(world, { message: 'Is the 12th still free?' });
    const { items } = (await list('ann', leadId)).body;
    expect(items).toMatchObject([{ sequence: 1, by: 'organizer', body: 'Is the 12th still free?' }]);
    expect((await send('ann', leadId, 'It is.')).body.sequence).toBe(2);
  });

  test('are masked for the other side until the truck is booked; what was written stays', async () => {
    const leadId = await newLead(world);
    const written = 'Call 0722 123 456 or write to ana@example.com';
    expect((await send('ann', leadId, written)).body).toMatchObject({ body: written, isMasked: false });
    const shown = async (as: string) => {
      const [{ body, isMasked }] = (await list(as, leadId)).body.items;
      return [body, isMasked];
    };
    const masked = ['Call ••• or write to •••', true];
    expect([await shown('dan'), await shown('ann'), await shown('admin')]).toEqual([
      masked,
      [written, false],
      [written, false],
    ]);
    for (const status of ['contacted', 'quoted', 'accepted', 'declined', 'expired'] as const) {
      await setStatus(world, leadId, status);
      expect(await shown('dan')).toEqual(masked);
    }
    for (const status of ['booked', 'completed', 'cancelled'] as const) {
      await setStatus(world, leadId, status);
      expect(await shown('dan')).toEqual([written, false]);
    }
  });

  test('are paged from the first on, and from behind one that is known', async () => {
    const leadId = await newLead(world);
    const ids: string[] = [];
    for (const body of ['one', 'two', 'three', 'four']) ids.push((await send('ann', leadId, body)).body.id);
    const first = (await list('dan', leadId, { limit: '3' })).body;
    expect(first.items.map(({ body }: { body: string }) => body)).toEqual(['one', 'two', 'three']);
    const rest = (await list('dan', leadId, { limit: '3', cursor: first.nextCursor })).body;
    expect(rest.items.map(({ body }: { body: string }) => body)).toEqual(['four']);
    const behind = (await list('dan', leadId, { after: ids[1] ?? '' })).body;
    expect(behind.items.map(({ body }: { body: string }) => body)).toEqual(['three', 'four']);
    expect((await list('dan', leadId, { after: ids[3] ?? '' })).body.items).toEqual([]);

    const elsewhere = await newLead(world);
    const pointers = async (leadOf: string, query: Record<string, string>) => {
      const refused = await list('dan', leadOf, query);
      return [refused.status, ...refused.body.errors.map(({ pointer }: { pointer: string }) => pointer)];
    };
    expect(await pointers(elsewhere, { after: ids[0] ?? '' })).toEqual([422, '/after']);
    expect(await pointers(elsewhere, { cursor: first.nextCursor })).toEqual([422, '/cursor']);
    expect(await pointers(leadId, { after: ids[0] ?? '', cursor: first.nextCursor })).toEqual([
      422,
      '/after',
    ]);
  });

  test.each([
    ['nothing', { body: '   ' }, '/body'],
    ['more than four thousand letters', { body: 'x'.repeat(4_001) }, '/body'],
    ['a side', { body: 'x', by: 'truck' }, '/by'],
  ])('of %s are refused', async (_, body, pointer) => {
    const leadId = await newLead(world);
    const refused = await world.call('sendMessage', { params: { leadId }, body });
    expect([refused.status, refused.body.errors[0].pointer]).toEqual([422, pointer]);
  });

  test('of one side are at most twenty a minute', async () => {
    const leadId = await newLead(world);
    const at = Math.floor(Date.now() / 1_000);
    await send('ann', leadId, 'first');
    await world.table.update(
      { pk: `LEAD#${leadId}`, sk: 'THREAD' },
      {
        update: 'SET #pace.#truck = :full',
        names: { '#pace': 'pace', '#truck': 'truck' },
        values: { ':full': { from: at, count: 20 } },
      },
    );
    const refused = await send('ann', leadId, 'one too many');
    expect([refused.status, refused.body.code]).toEqual([429, 'TOO_MANY_REQUESTS']);
    const wait = Number(refused.headers['Retry-After']);
    expect([wait > 0, wait <= 60]).toEqual([true, true]);
    expect((await send('dan', leadId, 'The other side may')).status).toBe(201);
  });

  test('are at most two thousand a lead', async () => {
    const leadId = await newLead(world);
    const key = freshKey();
    const last = await send('ann', leadId, 'last', key);
    await world.table.update(
      { pk: `LEAD#${leadId}`, sk: 'THREAD' },
      { update: 'SET #sequence = :full', names: { '#sequence': 'sequence' }, values: { ':full': 2_000 } },
    );
    const refused = await send('ann', leadId, 'one too many');
    expect([refused.status, refused.body.code, refused.body.limit]).toEqual([409, 'THREAD_FULL', 2_000]);
    expect((await send('ann', leadId, 'last', key)).body).toEqual(last.body);
  });

  test('who belongs to both sides says for which', async () => {
    const leadId = await newLead(world, {}, { as: 'ann' });
    const refused = await send('ann', leadId, 'Hello');
    expect([refused.status, refused.body.errors]).toMatchObject([422, [{ in: 'query', pointer: '/role' }]]);
    const sent = await world.call('sendMessage', {
      params: { leadId },
      query: { role: 'organizer' },
      body: { body: 'Hello' },
    });
    expect([sent.status, sent.body.by]).toEqual([201, 'organizer']);
    const wrong = await world.call('sendMessage', {
      as: 'dan',
      params: { leadId: await newLead(world) },
      query: { role: 'truck' },
      body: { body: 'Hello' },
    });
    expect(wrong.status).toBe(403);
  });
});

describe('attachments', () => {
  const pdf = Buffer.from('%PDF-1.7 a menu');
  let uploads = 0;
  /** Something uploaded by an organization: its id. */
  const upload = (organizationId: string, contentType = 'application/pdf', kind = 'message_attachment') => {
    uploads += 1;
    const uploadId = `upl_${String(uploads).padStart(26, '0')}`;
    world.objects.set(`uploads/${organizationId}/${kind}/${uploadId}`, stored(pdf, contentType));
    return uploadId;
  };
  const keptOf = (leadId: string) =>
    [...world.objects.keys()].filter((key) => key.startsWith(`attachments/${leadId}/`)).length;
  const sendWith = (leadId: string, attachments: readonly string[], key = freshKey()) =>
    world.call('sendMessage', { params: { leadId }, body: { body: 'Our menu', attachments }, key });

  test('outlive their uploads, and both sides save them by links', async () => {
    const leadId = await newLead(world);
    const uploadId = upload(organizationId);
    const key = freshKey();
    const sent = await sendWith(leadId, [uploadId], key);
    const shown = { id: uploadId, contentType: 'application/pdf', bytes: pdf.length };
    expect([sent.status, sent.body.attachments]).toEqual([201, [shown]]);
    world.objects.delete(`uploads/${organizationId}/message_attachment/${uploadId}`);
    const again = await sendWith(leadId, [uploadId], key);
    expect([again.status, again.body, again.headers['Idempotent-Replayed']]).toEqual([
      201,
      sent.body,
      'true',
    ]);
    for (const reader of ['ann', 'dan', 'admin']) {
      const [message] = (await list(reader, leadId)).body.items;
      expect(message.attachments).toEqual([{ ...shown, url: expect.any(String) }]);
      const url = new URL(message.attachments[0].url);
      expect(url.pathname).toContain(`/attachments/${leadId}/${message.id}/${uploadId}`);
      expect(url.searchParams.get('X-Amz-Expires')).toBe('300');
      expect(url.searchParams.get('response-content-disposition')).toBe(
        `attachment; filename="${uploadId}.pdf"`,
      );
    }
  });

  test('are uploads of the side that writes, of an allowed type, each once, five at most', async () => {
    const leadId = await newLead(world);
    const refusedFor = async (attachments: readonly string[]) => {
      const { status, body } = await sendWith(leadId, attachments);
      return [status, body.code, ...body.errors.map(({ pointer }: { pointer: string }) => pointer)];
    };
    const own = upload(organizationId);
    const missing = (index: number) => [422, 'UPLOAD_NOT_FOUND', `/attachments/${index}`];
    expect(await refusedFor([own, 'upl_zzzzzzzzzzzzzzzzzzzzzzzzzz'])).toEqual(missing(1));
    expect(await refusedFor([upload(otherOrganizationId)])).toEqual(missing(0));
    expect(await refusedFor([upload(organizationId, 'text/html')])).toEqual(missing(0));
    expect(await refusedFor([upload(organizationId, 'application/pdf', 'verification_document')])).toEqual(
      missing(0),
    );
    expect(await refusedFor([own, own])).toEqual([422, 'VALIDATION_FAILED', '/attachments']);
    expect(await refusedFor(Array.from({ length: 6 }, () => upload(organizationId)))).toEqual([
      422,
      'VALIDATION_FAILED',
      '/attachments',
    ]);
    expect(keptOf(leadId)).toBe(0);
    expect((await list('dan', leadId)).body.items).toEqual([]);
    expect(
      (
        await sendWith(
          leadId,
          Array.from({ length: 5 }, () => upload(organizationId)),
        )
      ).status,
    ).toBe(201);
    expect(keptOf(leadId)).toBe(5);
  });

  test('of a message that is not taken are not kept', async () => {
    const leadId = await newLead(world);
    await send('ann', leadId, 'first');
    await world.table.update(
      { pk: `LEAD#${leadId}`, sk: 'THREAD' },
      { update: 'SET #sequence = :full', names: { '#sequence': 'sequence' }, values: { ':full': 2_000 } },
    );
    expect((await sendWith(leadId, [upload(organizationId)])).body.code).toBe('THREAD_FULL');
    expect(keptOf(leadId)).toBe(0);
  });
});

describe('read markers', () => {
  test('count what is unread, go forward only, and are seen by both', async () => {
    const leadId = await newLead(world);
    const one = (await send('ann', leadId, 'one')).body.id;
    const two = (await send('ann', leadId, 'two')).body.id;
    const unread = async (as: string) =>
      (await world.call('getLead', { as, params: { leadId } })).body.unread;
    expect([await unread('dan'), await unread('ann')]).toEqual([2, 0]);
    const listed = async (as: string, role: string) => {
      const { items } = (await world.call('listLeads', { as, query: { role } })).body;
      return items.find(({ id }: { id: string }) => id === leadId).unread;
    };
    expect([await listed('dan', 'organizer'), await listed('ann', 'truck')]).toEqual([2, 0]);
    expect((await mark('dan', leadId, one)).body).toMatchObject({ messageId: one, unread: 1 });
    expect((await mark('dan', leadId, two)).body).toMatchObject({ messageId: two, unread: 0 });
    expect((await mark('dan', leadId, one)).body).toMatchObject({ messageId: two, unread: 0 });
    await send('dan', leadId, 'three');
    expect([await unread('dan'), await unread('ann')]).toEqual([0, 1]);
    expect((await list('ann', leadId)).body.readMarkers).toEqual({
      organizer: { messageId: two, at: expect.any(String) },
    });
  });

  test('stand at messages of their lead', async () => {
    const leadId = await newLead(world);
    const other = (await send('ann', await newLead(world), 'elsewhere')).body.id;
    const refused = await mark('dan', leadId, other);
    expect([refused.status, refused.body.errors[0].pointer]).toEqual([422, '/messageId']);
  });
});
