import { importKey } from '../../functions/marketplace/feeds/calendar-import.ts';
import { randomId } from '../../functions/platform/ids.ts';
import { keyOf } from '../../functions/platform/owned-item.ts';
import type { UploadKindName } from '../../functions/platform/upload-kinds.ts';
import { uploadKey } from '../../functions/platform/uploads.ts';
import { briefBody } from '../support/brief-body.ts';
import { truckBody } from '../support/truck-body.ts';
import { drafted, listed, stored, told } from './market-world.ts';
import type { ApiCall, Operation, Platform } from './platform.ts';
import { byApi, byMachine, byQueue, freshKey, must, type Ready, type UseCase } from './use-cases.ts';

type TruckWorld = Awaited<ReturnType<typeof listed>>;

/** What an owner asks of their listed truck. */
const asking =
  (operation: Operation, callOf: (world: TruckWorld) => ApiCall) =>
  async (platform: Platform): Promise<Ready> => {
    const world = await listed(platform);
    const { truckId, truckOwner: as } = world;
    const { params, ...call } = callOf(world);
    const asked = { as, params: { truckId, ...params }, ...call };
    return { marks: [truckId], run: byApi(platform, operation, asked) };
  };

/** An instant so many days after a brief’s event begins. */
const later = (iso: string, days: number): string =>
  new Date(Date.parse(iso) + days * 86_400_000).toISOString();
const { startsAt, endsAt } = briefBody;
const day = { from: startsAt, to: endsAt };
/** As long as a time may be: it reaches into the next month. */
const overMonths = { from: startsAt, to: later(startsAt, 31) };

/** A black pixel, as PNG. */
const picture = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
  'base64',
);
/** An upload of an organization that is there: its id. */
export const uploaded = async (
  platform: Platform,
  organizationId: string,
  kind: UploadKindName,
): Promise<string> => {
  const uploadId = randomId('upl');
  await platform.upload(uploadKey(organizationId, kind, uploadId), picture, 'image/png');
  return uploadId;
};

const withPhoto = async (platform: Platform) => {
  const { truckId, truckOwner: as, truckOrganizationId } = await listed(platform);
  const uploadId = await uploaded(platform, truckOrganizationId, 'truck_photo');
  const call = { as, params: { truckId }, key: freshKey(), body: { uploadId, alt: 'At dusk' } };
  const { body } = await must(platform, 201, 'createPhoto', call);
  const truck = await stored(platform, keyOf('TRUCK', truckId));
  return { as, truckId, photoId: body.id as string, truck };
};
/** The same with its thumbnails. */
const withThumbnails = async (platform: Platform) => {
  const made = await withPhoto(platform);
  if (!(await platform.deliver('thumbnails', told('TRUCK-PHOTO-ADDED', made.truck))))
    throw new Error('No thumbnails');
  return made;
};

const withPapers = async (platform: Platform) => {
  const { truckId, truckOwner: as, truckOrganizationId } = await listed(platform);
  const uploadId = await uploaded(platform, truckOrganizationId, 'verification_document');
  const body = { documents: [{ uploadId, kind: 'food_safety' }] };
  return { truckId, submission: { as, params: { truckId }, key: freshKey(), body } };
};

const inCalendar = (iso: string): string => iso.replaceAll(/[-:]|\.000/g, '');
/** What the calendar of a truck that is fetched has, and those that are sent. */
export const importedCalendar = [
  'BEGIN:VCALENDAR',
  ...[0, 1].flatMap((days) => [
    'BEGIN:VEVENT',
    `UID:${days}@example.com`,
    `DTSTART:${inCalendar(later(startsAt, days))}`,
    `DTEND:${inCalendar(later(endsAt, days))}`,
    'END:VEVENT',
  ]),
  'END:VCALENDAR',
].join('\r\n');
const byFile = { source: 'google', ics: importedCalendar };
const byUrl = { source: 'google', url: 'https://example.com/calendar.ics' };

/** An import that was begun, with what wakes its consumer. */
const importing = async (platform: Platform, source: object) => {
  const { truckId, truckOwner: as } = await listed(platform);
  const call = { as, params: { truckId }, key: freshKey(), body: source };
  const { body } = await must(platform, 202, 'createCalendarImport', call);
  const importId = body.id as string;
  const event = async () =>
    told('CALENDAR-IMPORT-REQUESTED', await stored(platform, importKey(truckId, importId)));
  return { truckId, as, importId, event };
};
const imported = async (platform: Platform, source: object) => {
  const begun = await importing(platform, source);
  if (!(await platform.deliver('calendar-imports', await begun.event()))) throw new Error('Not imported');
  return begun;
};

export const truckUseCases: readonly UseCase[] = [
  {
    name: 'new truck',
    context: 'marketplace',
    calls: ['Query memberships', 'PutItem truck'],
    async prepare(platform) {
      const { truckOwner: as, truckOrganizationId } = await listed(platform);
      const call = { as, key: freshKey(), body: { ...truckBody, name: 'Second' } };
      return { marks: [truckOrganizationId], run: byApi(platform, 'createTruck', call) };
    },
  },
  {
    name: 'listing of a truck',
    context: 'marketplace',
    calls: ['GetItem truck', 'Query memberships', 'UpdateItem truck'],
    async prepare(platform) {
      const { truckOwner: as, truckId } = await drafted(platform);
      const call = { as, params: { truckId }, ifMatch: '"r1"', body: { status: 'listed' } };
      return { marks: [truckId], run: byApi(platform, 'updateTruck', call) };
    },
  },
  {
    name: 'menu of a truck',
    context: 'marketplace',
    calls: ['GetItem truck', 'Query memberships', 'TransactWriteItems truck, menu'],
    prepare: asking('putMenu', () => ({
      ifMatch: '"r2"',
      body: { items: [{ name: 'Tacos', price: { amount: 3_200, currency: 'RON' } }] },
    })),
  },
  {
    name: 'blackout',
    context: 'marketplace',
    calls: [
      'GetItem truck',
      'Query memberships',
      'BatchGetItem calendar',
      'TransactWriteItems calendar, blackout',
    ],
    prepare: asking('createBlackout', () => ({ key: freshKey(), body: day })),
  },
  {
    name: 'end of a blackout of two months',
    context: 'marketplace',
    calls: [
      'GetItem truck',
      'Query memberships',
      'GetItem blackout',
      'BatchGetItem calendar',
      'TransactWriteItems calendar, blackout',
    ],
    async prepare(platform) {
      const { truckId, truckOwner: as } = await listed(platform);
      const params = { truckId };
      const { body } = await must(platform, 201, 'createBlackout', {
        as,
        params,
        key: freshKey(),
        body: overMonths,
      });
      const call = { as, params: { ...params, blackoutId: body.id as string } };
      return { marks: [truckId], run: byApi(platform, 'deleteBlackout', call) };
    },
  },
  {
    name: 'new photo',
    context: 'marketplace',
    calls: [
      'GetItem truck',
      'Query memberships',
      'HeadObject truck_photo',
      'GetItem truck',
      'UpdateItem truck',
    ],
    async prepare(platform) {
      const { truckId, truckOwner: as, truckOrganizationId } = await listed(platform);
      const uploadId = await uploaded(platform, truckOrganizationId, 'truck_photo');
      const call = { as, params: { truckId }, key: freshKey(), body: { uploadId, alt: 'At dusk' } };
      return { marks: [truckId], run: byApi(platform, 'createPhoto', call) };
    },
  },
  {
    name: 'other order of photos',
    context: 'marketplace',
    calls: ['GetItem truck', 'Query memberships', 'UpdateItem truck'],
    async prepare(platform) {
      const { as, truckId, photoId } = await withPhoto(platform);
      const body = { photos: [{ id: photoId, alt: 'At dawn' }] };
      const call = { as, params: { truckId }, ifMatch: '"r3"', body };
      return { marks: [truckId], run: byApi(platform, 'arrangePhotos', call) };
    },
  },
  {
    name: 'end of a photo',
    context: 'marketplace',
    calls: ['GetItem truck', 'Query memberships', 'GetItem truck', 'UpdateItem truck'],
    async prepare(platform) {
      const { as, truckId, photoId } = await withPhoto(platform);
      return { marks: [truckId], run: byApi(platform, 'deletePhoto', { as, params: { truckId, photoId } }) };
    },
  },
  {
    name: 'thumbnails of a photo',
    context: 'marketplace',
    calls: [
      'GetItem truck',
      'GetObject truck_photo',
      'PutObject 320.jpg',
      'PutObject 1280.jpg',
      'GetItem truck',
      'UpdateItem truck',
    ],
    async prepare(platform) {
      const { truckId, truck } = await withPhoto(platform);
      return { marks: [truckId], run: byQueue(platform, 'thumbnails', told('TRUCK-PHOTO-ADDED', truck)) };
    },
  },
  {
    name: 'end of the thumbnails of a photo',
    context: 'marketplace',
    calls: ['DeleteObject 320.jpg', 'DeleteObject 1280.jpg'],
    async prepare(platform) {
      const { as, truckId, photoId, truck } = await withThumbnails(platform);
      await must(platform, 204, 'deletePhoto', { as, params: { truckId, photoId } });
      const after = await stored(platform, truck);
      const event = told('TRUCK-PHOTO-DELETED', after, truck);
      return { marks: [truckId, photoId], run: byQueue(platform, 'thumbnails', event) };
    },
  },
  {
    name: 'a photo is shown',
    context: 'marketplace',
    calls: ['GetObject 320.jpg'],
    async prepare(platform) {
      const { truckId, photoId } = await withThumbnails(platform);
      return { marks: [truckId], run: byApi(platform, 'getPhoto', { params: { photoId, size: '320' } }) };
    },
  },
  {
    name: 'papers of a truck',
    context: 'marketplace',
    calls: [
      'GetItem truck',
      'Query memberships',
      'GetItem verification',
      'HeadObject verification_document',
      'CopyObject documents',
      'PutItem verification',
    ],
    async prepare(platform) {
      const { truckId, submission } = await withPapers(platform);
      return { marks: [truckId], run: byApi(platform, 'submitVerification', submission) };
    },
  },
  {
    name: 'decision on papers',
    context: 'marketplace',
    calls: [
      'GetItem truck',
      'Query memberships',
      'GetItem verification',
      'TransactWriteItems verification, verification decisions, truck',
    ],
    async prepare(platform) {
      const { truckId, submission } = await withPapers(platform);
      await must(platform, 201, 'submitVerification', submission);
      const call = { as: 'admin', roles: ['admin'], params: { truckId }, body: { decision: 'verified' } };
      return { marks: [truckId], run: byApi(platform, 'decideVerification', call) };
    },
  },
  {
    name: 'address of a feed',
    context: 'marketplace',
    calls: ['GetItem truck', 'Query memberships', 'PutItem calendar feed'],
    prepare: asking('createCalendarFeed', () => ({ key: freshKey() })),
  },
  {
    name: 'end of a feed',
    context: 'marketplace',
    calls: ['GetItem truck', 'Query memberships', 'DeleteItem calendar feed'],
    async prepare(platform) {
      const { truckId, truckOwner: as } = await listed(platform);
      const params = { truckId };
      await must(platform, 201, 'createCalendarFeed', { as, params, key: freshKey() });
      return { marks: [truckId], run: byApi(platform, 'deleteCalendarFeed', { as, params }) };
    },
  },
  {
    name: 'a feed is read',
    context: 'marketplace',
    calls: ['BatchGetItem truck, calendar feed', 'BatchGetItem calendar'],
    async prepare(platform) {
      const { truckId, truckOwner: as } = await listed(platform);
      const params = { truckId };
      const { body } = await must(platform, 201, 'createCalendarFeed', { as, params, key: freshKey() });
      const feedToken = body.path.split('/')[4];
      const call = { params: { truckId, feedToken } };
      return { marks: [truckId], run: byApi(platform, 'getCalendarFeed', call) };
    },
  },
  {
    name: 'import of a calendar by file',
    context: 'marketplace',
    calls: [
      'GetItem truck',
      'Query memberships',
      'GetItem calendar sources',
      'TransactWriteItems calendar import, calendar sources',
    ],
    prepare: asking('createCalendarImport', () => ({ key: freshKey(), body: byFile })),
  },
  {
    name: 'import in the place of another',
    context: 'marketplace',
    calls: [
      'GetItem truck',
      'Query memberships',
      'GetItem calendar sources',
      'TransactWriteItems calendar import, calendar sources',
    ],
    async prepare(platform) {
      const { truckId, as } = await imported(platform, byFile);
      const call = { as, params: { truckId }, key: freshKey(), body: byUrl };
      return { marks: [truckId], run: byApi(platform, 'createCalendarImport', call) };
    },
  },
  {
    name: 'times of an imported file',
    context: 'marketplace',
    calls: [
      'GetItem calendar import',
      'BatchGetItem calendar',
      'BatchGetItem calendar',
      'TransactWriteItems calendar, calendar import',
      'UpdateItem calendar import',
    ],
    async prepare(platform) {
      const { truckId, event } = await importing(platform, byFile);
      return { marks: [truckId], run: byQueue(platform, 'calendar-imports', await event()) };
    },
  },
  {
    name: 'times of a fetched calendar',
    context: 'marketplace',
    calls: [
      'GetItem calendar import',
      'GetItem truck',
      'BatchGetItem calendar',
      'BatchGetItem calendar',
      'TransactWriteItems calendar, calendar import',
      'UpdateItem calendar import',
    ],
    async prepare(platform) {
      const { truckId, event } = await importing(platform, byUrl);
      return { marks: [truckId], run: byQueue(platform, 'calendar-imports', await event()) };
    },
  },
  {
    name: 'a fetched calendar is due again',
    context: 'marketplace',
    isAlone: true,
    calls: ['Query by calendar refresh', 'UpdateItem calendar import'],
    async prepare(platform) {
      const { truckId, importId } = await imported(platform, byUrl);
      await platform.marketplaceTable.update(importKey(truckId, importId), {
        update: 'SET gsi1sk = :past',
        condition: 'attribute_exists(gsi1sk)',
        values: { ':past': `2026-01-01T00:00:00.000Z#${importId}` },
      });
      return { marks: [truckId], run: byMachine(() => platform.refreshCalendars()) };
    },
  },
  {
    name: 'end of an import is asked for',
    context: 'marketplace',
    calls: ['GetItem truck', 'Query memberships', 'UpdateItem calendar import'],
    async prepare(platform) {
      const { truckId, as, importId } = await imported(platform, byUrl);
      const call = { as, params: { truckId, importId } };
      return { marks: [truckId], run: byApi(platform, 'deleteCalendarImport', call) };
    },
  },
  {
    name: 'end of the times of an import',
    context: 'marketplace',
    calls: [
      'GetItem calendar import',
      'BatchGetItem calendar',
      'BatchGetItem calendar',
      'TransactWriteItems calendar, calendar import',
      'GetItem calendar sources',
      'TransactWriteItems calendar import, calendar sources',
    ],
    async prepare(platform) {
      const { truckId, as, importId, event } = await imported(platform, byUrl);
      await must(platform, 204, 'deleteCalendarImport', { as, params: { truckId, importId } });
      return { marks: [truckId], run: byQueue(platform, 'calendar-imports', await event()) };
    },
  },
];
