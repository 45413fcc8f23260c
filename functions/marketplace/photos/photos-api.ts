import { noContent, ok, problem } from '../../platform/answer.ts';
import { etagOf } from '../../platform/etag.ts';
import { changeAt, openOwned } from '../../platform/owned-item.ts';
import { validationProblem } from '../../platform/request.ts';
import type { Handlers } from '../../platform/route.ts';
import { isReplay } from '../../platform/serve.ts';
import type { Table } from '../../platform/table.ts';
import { uploadedFacts, uploadKey } from '../../platform/uploads.ts';
import type { MarketplaceLoaders } from '../loaders.ts';
import type { marketplaceCommandRoutes } from '../routes.ts';
import type { TruckItem } from '../truck.ts';
import { addPhoto, arrangePhotos, maxPhotos, type Photo, removePhoto } from './album.ts';
import { changeAlbum } from './change-album.ts';
import { photoView } from './photo-view.ts';

type Commands = Handlers<typeof marketplaceCommandRoutes, MarketplaceLoaders>;

export const photoCommands = (
  table: Table,
  bucket: string,
): Pick<Commands, 'createPhoto' | 'arrangePhotos' | 'deletePhoto'> => {
  const trucks = openOwned<TruckItem>(table, 'TRUCK');

  return {
    async createPhoto(request) {
      const { truckId, organizationId } = request.resource.entity;
      const photo: Photo = {
        photoId: request.newId('pho'),
        ...request.body,
        status: 'processing',
        requestHash: request.idempotency.requestHash,
      };
      const key = uploadKey(organizationId, 'truck_photo', photo.uploadId);
      const isUploaded = (await uploadedFacts(bucket, 'truck_photo', key)) !== undefined;
      const changed = await changeAlbum(
        trucks,
        truckId,
        (album) => {
          const decision = addPhoto(album, photo);
          // A repeat is answered as it was, though the upload may be gone by now.
          return decision.kind === 'exists' || isUploaded ? decision : { kind: 'notUploaded' as const };
        },
        'truck.photo_added',
        request,
      );
      switch (changed.kind) {
        case 'changed':
          return ok(201, photoView(photo));
        case 'exists':
          return isReplay(changed.photo, request)
            ? ok(201, photoView(changed.photo), { replayed: true })
            : problem('IDEMPOTENCY_KEY_REUSED');
        case 'full':
          return problem('PHOTO_LIMIT_REACHED', { members: { limit: maxPhotos } });
        case 'notUploaded':
          return problem('UPLOAD_NOT_FOUND');
        case 'noTruck':
          return problem('NOT_FOUND');
      }
    },

    async arrangePhotos(request) {
      const { entity: truck } = request.resource;
      if (truck.revision !== request.ifMatchRevision) return problem('PRECONDITION_FAILED');
      const arranged = arrangePhotos(truck.photos ?? [], request.body.photos);
      if (arranged.kind === 'refused') return validationProblem(arranged.faults);
      const changed = await trucks.change(
        truck.truckId,
        changeAt(truck.revision, { photos: arranged.album }, 'truck.photos_arranged', request),
      );
      return changed.written
        ? ok(200, { photos: arranged.album.map(photoView) }, { etag: etagOf(changed.item.revision) })
        : problem('PRECONDITION_FAILED');
    },

    async deletePhoto(request) {
      await changeAlbum(
        trucks,
        request.params.truckId,
        (album) => removePhoto(album, request.params.photoId),
        'truck.photo_deleted',
        request,
      );
      return noContent();
    },
  };
};
