import { describe, expect, test } from 'vitest';
import {
  type Album,
  addPhoto,
  arrangePhotos,
  type Photo,
  removePhoto,
  settlePhoto,
} from '../../../functions/marketplace/photos/album.ts';

const photo = (photoId: string, fields: object = {}): Photo =>
  ({
    photoId,
    uploadId: 'upl_1',
    alt: photoId,
    requestHash: 'hash',
    status: 'processing',
    ...fields,
  }) as Photo;
const album = (count: number): Album => Array.from({ length: count }, (_, index) => photo(`pho_${index}`));
const ids = (photos: Album) => photos.map(({ photoId }) => photoId);

describe('an album', () => {
  test('takes twelve photos, the new one last, and no thirteenth', () => {
    const added = addPhoto(album(11), photo('new'));
    expect(added.kind === 'changed' && ids(added.album)).toEqual([...ids(album(11)), 'new']);
    expect(addPhoto(album(12), photo('new'))).toEqual({ kind: 'full' });
  });

  test('knows a photo that it has, also when it is full', () => {
    expect(addPhoto(album(12), photo('pho_3'))).toEqual({ kind: 'exists', photo: photo('pho_3') });
  });

  test('loses the one that is taken away', () => {
    const removed = removePhoto(album(3), 'pho_1');
    expect(removed.kind === 'changed' && ids(removed.album)).toEqual(['pho_0', 'pho_2']);
    expect(removePhoto(album(3), 'pho_9')).toEqual({ kind: 'absent' });
  });

  test('hears once what became of a photo', () => {
    const outcome = { status: 'rejected', reason: 'damaged' } as const;
    const settled = settlePhoto(album(2), 'pho_1', outcome);
    expect(settled).toEqual({ kind: 'changed', album: [photo('pho_0'), photo('pho_1', outcome)] });
    const again = settlePhoto([photo('pho_1', outcome)], 'pho_1', { status: 'ready', thumbnails: [] });
    expect(again).toEqual({ kind: 'settled' });
    expect(settlePhoto(album(2), 'pho_9', outcome)).toEqual({ kind: 'absent' });
  });

  test('is put in another order, with other texts', () => {
    const arranged = arrangePhotos(album(2), [
      { id: 'pho_1', alt: 'first' },
      { id: 'pho_0', alt: 'second' },
    ]);
    expect(arranged).toEqual({
      kind: 'changed',
      album: [photo('pho_1', { alt: 'first' }), photo('pho_0', { alt: 'second' })],
    });
  });

  test.each([
    ['one left out', ['pho_0'], [['/photos', 'MISSING_PHOTO']]],
    ['one twice', ['pho_0', 'pho_1', 'pho_0'], [['/photos/2/id', 'UNKNOWN_PHOTO']]],
    [
      'a stranger in the place of one',
      ['pho_9', 'pho_1'],
      [
        ['/photos/0/id', 'UNKNOWN_PHOTO'],
        ['/photos', 'MISSING_PHOTO'],
      ],
    ],
  ])('with %s the order is refused, and it says where', (_, wanted, faults) => {
    const refused = arrangePhotos(
      album(2),
      wanted.map((id) => ({ id, alt: id })),
    );
    expect(refused.kind === 'refused' && refused.faults.map(({ pointer, code }) => [pointer, code])).toEqual(
      faults,
    );
  });
});
