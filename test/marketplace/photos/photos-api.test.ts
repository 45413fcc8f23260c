import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { processPhoto } from '../../../functions/marketplace/photos/process-photo.ts';
import type { ConsumerContext } from '../../../functions/platform/consumer.ts';
import type { Table } from '../../../functions/platform/table.ts';
import { freshKey } from '../../support/api-call.ts';
import { stored } from '../../support/memory-bucket.ts';
import { phonePicture, textFile } from '../../support/pictures.ts';
import { type Marketplace, newTruck, organizationId, startMarketplace } from '../harness.ts';

let world: Marketplace;
let picture: Buffer;
beforeAll(async () => {
  world = await startMarketplace();
  picture = await phonePicture();
});
afterAll(() => world.stop());

const context = {
  caller: { subject: 'system:marketplace-thumbnails' },
  requestId: 'message-1',
  traceparent: undefined,
  now: new Date(),
} as ConsumerContext;

let uploads = 0;
/** An upload that is there: its id. */
const upload = (
  body: Uint8Array = picture,
  { kind = 'truck_photo', contentType = 'image/jpeg', organization = organizationId } = {},
): string => {
  uploads += 1;
  const uploadId = `upl_${String(uploads).padStart(26, '0')}`;
  world.objects.set(`uploads/${organization}/${kind}/${uploadId}`, stored(body, contentType));
  return uploadId;
};

const attach = (truckId: string, uploadId: string, options: object = {}) =>
  world.call('createPhoto', { params: { truckId }, body: { uploadId, alt: 'At dusk' }, ...options });

const process = (truckId: string, photoId: string) =>
  processPhoto(world.table, 'objects', { truckId, photoId }, context);

const photosOf = async (truckId: string) =>
  (await world.call('listPhotos', { params: { truckId } })).body.photos as { id: string; status: string }[];
const publicPhotosOf = async (truckId: string) =>
  (await world.call('getTruck', { as: null, params: { truckId } })).body.photos as object[];
const thumbnailsIn = (photoId: string) =>
  [...world.objects.keys()].filter((key) => key.startsWith(`photos/${photoId}/`)).sort();

describe('a photo', () => {
  test('is seen by its organization at once, and by everybody when its thumbnails are made', async () => {
    const truckId = await newTruck(world);
    const attached = await attach(truckId, upload());
    const { id } = attached.body;
    const processing = { id, alt: 'At dusk', status: 'processing' };
    expect([attached.status, attached.body]).toEqual([201, processing]);
    expect([await photosOf(truckId), await publicPhotosOf(truckId)]).toEqual([[processing], []]);

    await process(truckId, id);
    const ready = {
      id,
      alt: 'At dusk',
      status: 'ready',
      thumbnails: [
        { size: 320, width: 320, height: 427, path: `/photos/${id}/320` },
        { size: 1280, width: 480, height: 640, path: `/photos/${id}/1280` },
      ],
    };
    expect([await photosOf(truckId), await publicPhotosOf(truckId)]).toEqual([[ready], [ready]]);
    expect(thumbnailsIn(id)).toEqual([`photos/${id}/1280.jpg`, `photos/${id}/320.jpg`]);
    expect(world.objects.get(`photos/${id}/320.jpg`)).toMatchObject({
      contentType: 'image/jpeg',
      cacheControl: 'public, max-age=86400',
    });
    // Made, listed, attached, settled: the tag of the page tells of each.
    const page = await world.call('getTruck', { as: null, params: { truckId } });
    expect(page.etag).toBe('"r4"');
    await process(truckId, id);
    expect((await world.call('getTruck', { params: { truckId } })).etag).toBe('"r4"');
  });

  test.each([
    ['a text', () => upload(textFile()), 'not_an_image'],
    ['half of a picture', () => upload(picture.subarray(0, 2_000)), 'damaged'],
  ])('that is %s is rejected with the reason, and never served', async (_, made, reason) => {
    const truckId = await newTruck(world);
    const { id } = (await attach(truckId, made())).body;
    await process(truckId, id);
    expect(await photosOf(truckId)).toEqual([{ id, alt: 'At dusk', status: 'rejected', reason }]);
    expect([await publicPhotosOf(truckId), thumbnailsIn(id)]).toEqual([[], []]);
  });

  test('whose upload was deleted before its turn came says so', async () => {
    const truckId = await newTruck(world);
    const uploadId = upload();
    const { id } = (await attach(truckId, uploadId)).body;
    world.objects.delete(`uploads/${organizationId}/truck_photo/${uploadId}`);
    await process(truckId, id);
    expect(await photosOf(truckId)).toMatchObject([{ status: 'rejected', reason: 'upload_gone' }]);
  });

  test('that is taken away before or while its thumbnails are made leaves nothing behind', async () => {
    const truckId = await newTruck(world);
    const takeAway = (photoId: string) => world.call('deletePhoto', { params: { truckId, photoId } });
    const early = (await attach(truckId, upload())).body.id;
    expect((await takeAway(early)).status).toBe(204);
    await process(truckId, early);
    const late = (await attach(truckId, upload())).body.id;
    let reads = 0;
    let written: readonly string[] = [];
    const table: Table = {
      ...world.table,
      // The first read finds the photo; before the second its owner takes it away.
      get: async (...given: Parameters<Table['get']>) => {
        reads += 1;
        if (reads === 2) {
          written = thumbnailsIn(late);
          await takeAway(late);
        }
        return world.table.get(...given) as never;
      },
    };
    await processPhoto(table, 'objects', { truckId, photoId: late }, context);
    expect(written).toHaveLength(2);
    expect([await photosOf(truckId), thumbnailsIn(early), thumbnailsIn(late)]).toEqual([[], [], []]);
    expect((await takeAway(late)).status).toBe(204);
  });

  test('sent again is the same one, also when its upload is gone; with another body the key is refused', async () => {
    const truckId = await newTruck(world);
    const key = freshKey();
    const uploadId = upload();
    const first = await attach(truckId, uploadId, { key });
    world.objects.delete(`uploads/${organizationId}/truck_photo/${uploadId}`);
    const again = await attach(truckId, uploadId, { key });
    expect([again.status, again.body, again.headers['Idempotent-Replayed']]).toEqual([
      201,
      first.body,
      'true',
    ]);
    const other = await attach(truckId, upload(), { key });
    expect([other.status, other.body.code]).toEqual([422, 'IDEMPOTENCY_KEY_REUSED']);
    expect(await photosOf(truckId)).toHaveLength(1);
  });

  test.each([
    ['of another organization', () => upload(picture, { organization: 'org_bbbbbbbbbbbbbbbbbbbbbbbbbb' })],
    ['for something else', () => upload(picture, { kind: 'verification_document' })],
    ['of another type than its kind takes', () => upload(picture, { contentType: 'text/html' })],
    ['larger than its kind takes', () => upload(Buffer.alloc(10 * 1024 * 1024 + 1))],
    ['that nobody made', () => 'upl_zzzzzzzzzzzzzzzzzzzzzzzzzz'],
  ])('of an upload %s is refused', async (_, made) => {
    const truckId = await newTruck(world);
    const refused = await attach(truckId, made());
    expect([refused.status, refused.body.code]).toEqual([422, 'UPLOAD_NOT_FOUND']);
    expect(await photosOf(truckId)).toEqual([]);
  });
});

describe('the photos of a truck', () => {
  test('are twelve at most: of fourteen at once, two are refused', async () => {
    const truckId = await newTruck(world);
    for (let count = 0; count < 10; count += 1) await attach(truckId, upload());
    const answers = await Promise.all(Array.from({ length: 4 }, () => attach(truckId, upload())));
    expect(answers.map(({ status }) => status).sort()).toEqual([201, 201, 409, 409]);
    const refused = answers.find(({ status }) => status === 409);
    expect(refused?.body).toMatchObject({ code: 'PHOTO_LIMIT_REACHED', limit: 12 });
    const photos = await photosOf(truckId);
    expect(new Set(photos.map(({ id }) => id)).size).toBe(12);
    const [first] = photos;
    await world.call('deletePhoto', { params: { truckId, photoId: first?.id ?? '' } });
    expect((await attach(truckId, upload())).status).toBe(201);
  });

  test('are put in order by who has read them; each is named once', async () => {
    const truckId = await newTruck(world);
    const params = { truckId };
    const ids: string[] = [];
    for (let count = 0; count < 2; count += 1) ids.push((await attach(truckId, upload())).body.id);
    const [one = '', two = ''] = ids;
    const wanted = [
      { id: two, alt: 'Menu' },
      { id: one, alt: 'Crew' },
    ];
    const arrange = (ifMatch: string, photos: readonly object[]) =>
      world.call('arrangePhotos', { params, ifMatch, body: { photos } });
    expect((await arrange('"r3"', wanted)).status).toBe(412);
    const faulty = await arrange('"r4"', wanted.slice(1));
    expect([faulty.status, faulty.body.errors]).toMatchObject([
      422,
      [{ in: 'body', pointer: '/photos', code: 'MISSING_PHOTO' }],
    ]);
    const arranged = await arrange('"r4"', wanted);
    expect([arranged.status, arranged.etag, arranged.body.photos]).toMatchObject([200, '"r5"', wanted]);
    expect(await photosOf(truckId)).toMatchObject(wanted);
  });

  test('are for owners and managers to change, and for staff to see', async () => {
    const truckId = await newTruck(world);
    const params = { truckId };
    const uploadId = upload();
    expect((await attach(truckId, uploadId, { as: 'cat' })).status).toBe(403);
    expect((await attach(truckId, uploadId, { as: 'bob' })).status).toBe(403);
    expect((await world.call('listPhotos', { as: 'cat', params })).status).toBe(200);
    expect((await world.call('listPhotos', { as: 'bob', params })).status).toBe(403);
  });
});
