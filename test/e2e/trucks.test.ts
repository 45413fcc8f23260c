import sharp from 'sharp';
import { expect, inject, test } from 'vitest';
import { phonePicture, textFile } from '../support/pictures.ts';
import { anybody, signIn } from './client.ts';
import { freshName, newOrganizer, newTruck, tinyPng, uploadAs } from './scenario.ts';
import { waitFor } from './wait-for.ts';

const pathOf = (path: string): string => `${inject('target').url}${path}`;

test('a phone’s picture is shown upright and without its place; a text under its name is rejected', async () => {
  const organizer = await newOrganizer();
  const { client } = organizer;
  const params = { truckId: (await newTruck(organizer)).id };
  const picture = await phonePicture();
  expect((await sharp(picture).metadata()).exif).toBeDefined();
  const attach = async (bytes: Buffer) => {
    const uploadId = await uploadAs(organizer, 'truck_photo', 'image/jpeg', new Uint8Array(bytes));
    return (await client.ok(201, 'createPhoto', { params, body: { uploadId, alt: 'At dusk' } })).body;
  };
  const attached = await attach(picture);
  expect(attached.status).toBe('processing');
  const text = await attach(textFile());
  const photos = await waitFor('the photos to be looked at', async () => {
    const { body } = await client.ok(200, 'listPhotos', { params });
    return body.photos.every(({ status }) => status !== 'processing') ? body.photos : undefined;
  });
  expect(photos).toMatchObject([
    { id: attached.id, status: 'ready' },
    { id: text.id, status: 'rejected', reason: 'not_an_image' },
  ]);

  const page = await anybody().ok(200, 'getTruck', { params });
  expect(page.body.photos.map(({ id, alt }) => [id, alt])).toEqual([[attached.id, 'At dusk']]);
  for (const { size, width, height, path } of page.body.photos[0]?.thumbnails ?? []) {
    const answer = await fetch(pathOf(path), { headers: { accept: 'image/avif,image/webp,*/*' } });
    expect([answer.status, answer.headers.get('content-type'), answer.headers.get('cache-control')]).toEqual([
      200,
      'image/jpeg',
      'public, max-age=86400',
    ]);
    const seen = await sharp(await answer.arrayBuffer()).metadata();
    expect([size, seen.width, seen.height, seen.exif, seen.orientation]).toEqual([
      size,
      width,
      height,
      undefined,
      undefined,
    ]);
    expect(seen.height).toBeGreaterThan(seen.width);
    const again = await fetch(pathOf(path), {
      headers: { 'if-none-match': answer.headers.get('etag') ?? '' },
    });
    expect(again.status).toBe(304);
  }
  await anybody().refused('NOT_FOUND', 'getPhoto', { params: { photoId: text.id, size: '320' } });

  // Taken away, its pictures go too.
  await client.ok(204, 'deletePhoto', { params: { ...params, photoId: attached.id } });
  await waitFor('the pictures to be gone', async () => {
    const answer = await anybody().call('getPhoto', { params: { photoId: attached.id, size: '1280' } });
    return answer.ok ? undefined : answer.problem.code;
  });
  expect((await anybody().ok(200, 'getTruck', { params })).body.photos).toEqual([]);
});

test('papers are loaded by an admin, decided on, and everybody sees that the truck is verified', async () => {
  const organizer = await newOrganizer();
  const { client } = organizer;
  const truck = await newTruck(organizer);
  const params = { truckId: truck.id };
  const uploadId = await uploadAs(organizer, 'verification_document', 'image/png', tinyPng);
  const submitted = await client.ok(201, 'submitVerification', {
    params,
    body: { documents: [{ uploadId, kind: 'food_safety' }] },
  });
  const admin = await signIn(freshName('admin'), { roles: ['admin'] });
  const waiting = await waitFor('the papers to be listed', async () => {
    const { body } = await admin.ok(200, 'listVerifications', { query: { limit: 100 } });
    return body.items.find(({ truckId }) => truckId === truck.id);
  });
  expect(waiting).toMatchObject({ status: 'submitted', subject: { name: truck.name } });
  const { body: seen } = await admin.ok(200, 'getVerification', { params });
  const loaded = await fetch(seen.documents[0]?.url ?? '');
  expect([loaded.status, Buffer.from(await loaded.arrayBuffer()).equals(tinyPng)]).toEqual([200, true]);

  const refused = await admin.ok(200, 'decideVerification', {
    params,
    body: { decision: 'rejected', reason: 'Of last year.', submissionId: submitted.body.submissionId ?? '' },
  });
  expect(refused.body.status).toBe('rejected');
  const again = await client.ok(201, 'submitVerification', {
    params,
    body: { documents: [{ uploadId, kind: 'food_safety' }] },
  });
  expect(again.body.submissionId).not.toBe(submitted.body.submissionId);
  const verified = await admin.ok(200, 'decideVerification', { params, body: { decision: 'verified' } });
  const page = await anybody().ok(200, 'getTruck', { params });
  expect(page.body.verified).toEqual({ at: verified.body.decision?.at });
  const late = await admin.refused('TRANSITION_NOT_ALLOWED', 'decideVerification', {
    params,
    body: { decision: 'rejected', reason: 'Too late.' },
  });
  expect(late).toMatchObject({ currentStatus: 'verified', allowed: ['submit', 'withdraw'] });

  await admin.ok(200, 'decideVerification', {
    params,
    body: { decision: 'withdrawn', reason: 'The insurance was called off.' },
  });
  const { body: after } = await anybody().ok(200, 'getTruck', { params });
  expect(after).not.toHaveProperty('verified');
  const { body: whole } = await client.ok(200, 'getVerification', { params });
  expect(whole.decisions.map(({ outcome }) => outcome)).toEqual(['withdrawn', 'verified', 'rejected']);
});
