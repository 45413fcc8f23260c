import * as z from 'zod';
import { idOf } from '../../platform/id-schema.ts';
import { policy, publicAccess, route } from '../../platform/route.ts';
import { truckParams } from '../truck-params.ts';
import { alt, maxPhotos, photoId, thumbnailSizes } from './album.ts';
import { photoSchema } from './photo-view.ts';

const id = (prefix: string) => `${prefix}_5zr1v9n6q0w8c4t2m7k3x1y9ab`;
const ofTruck = (action: string) => policy(action, { kind: 'truck', from: 'params.truckId' });

const attached = { id: id('pho'), alt: 'The truck at dusk' };
const example: z.input<typeof photoSchema> = {
  ...attached,
  status: 'ready',
  thumbnails: [
    { size: 320, width: 320, height: 240, path: `/photos/${id('pho')}/320` },
    { size: 1280, width: 1280, height: 960, path: `/photos/${id('pho')}/1280` },
  ],
};
const album = z.strictObject({ photos: z.array(photoSchema) });

export const createPhoto = route({
  operationId: 'createPhoto',
  method: 'POST',
  path: '/trucks/{truckId}/photos',
  function: 'marketplace-commands',
  tags: ['Trucks'],
  summary: 'Attach an uploaded photo to a truck',
  description:
    'An upload of the kind `truck_photo`. Its thumbnails are made in the background: upright, and without what the ' +
    'camera wrote beside the picture (place, time, device). What is no picture is `rejected`, and never served.',
  access: ofTruck('ManagePhotos'),
  creates: true,
  params: truckParams,
  body: z.strictObject({ uploadId: idOf('upl'), alt }),
  requestExample: { uploadId: id('upl'), alt: attached.alt },
  responses: {
    201: { description: 'The photo.', schema: photoSchema, example: { ...attached, status: 'processing' } },
  },
  problems: ['PHOTO_LIMIT_REACHED', 'UPLOAD_NOT_FOUND'],
});

export const listPhotos = route({
  operationId: 'listPhotos',
  method: 'GET',
  path: '/trucks/{truckId}/photos',
  function: 'marketplace-queries',
  tags: ['Trucks'],
  summary: 'All photos of a truck, whatever became of them',
  description: 'Everybody else sees those that are ready, on the truck.',
  access: ofTruck('ReadPhotos'),
  params: truckParams,
  responses: { 200: { description: 'In their order.', schema: album, example: { photos: [example] } } },
});

export const arrangePhotos = route({
  operationId: 'arrangePhotos',
  method: 'PUT',
  path: '/trucks/{truckId}/photos',
  function: 'marketplace-commands',
  tags: ['Trucks'],
  summary: 'Put the photos of a truck in order, and change what is said of them',
  description: 'Names each photo that the truck has exactly once.',
  access: ofTruck('ManagePhotos'),
  ifMatch: true,
  params: truckParams,
  body: z.strictObject({ photos: z.array(z.strictObject({ id: photoId, alt })).max(maxPhotos) }),
  requestExample: { photos: [attached] },
  responses: {
    200: { description: 'As they are now.', schema: album, example: { photos: [example] } },
  },
});

export const deletePhoto = route({
  operationId: 'deletePhoto',
  method: 'DELETE',
  path: '/trucks/{truckId}/photos/{photoId}',
  function: 'marketplace-commands',
  tags: ['Trucks'],
  summary: 'Take a photo away',
  access: ofTruck('ManagePhotos'),
  params: truckParams.extend({ photoId }),
  responses: { 204: { description: 'It is gone, or was. Caches forget it within a day.' } },
});

export const getPhoto = route({
  operationId: 'getPhoto',
  method: 'GET',
  path: '/photos/{photoId}/{size}',
  function: 'marketplace-photos',
  tags: ['Trucks'],
  summary: 'A photo as JPEG',
  description: 'At most so many pixels wide. The id is unguessable, and all that a reader needs.',
  access: publicAccess(),
  params: z.strictObject({
    photoId,
    size: z.enum(thumbnailSizes.map(String)).meta({ example: '320' }),
  }),
  responses: {
    200: { description: 'The picture.', document: { mediaType: 'image/jpeg', isBinary: true } },
  },
});
