import { ok, problem } from '../../platform/answer.ts';
import { readEnvironment } from '../../platform/environment.ts';
import { serve } from '../../platform/serve.ts';
import { photosEnvironment } from '../environment.ts';
import { marketplacePhotoRoutes } from '../routes.ts';
import type { ThumbnailSize } from './album.ts';
import { readThumbnail, thumbnailCache } from './photo-objects.ts';

const environment = readEnvironment(photosEnvironment);

/** Pictures of trucks, apart from all else: a page of twelve must not stand in line before those who ask or book. */
export const handler = serve({
  routes: marketplacePhotoRoutes,
  handlers: {
    async getPhoto({ params: { photoId, size } }) {
      const jpeg = await readThumbnail(environment.OBJECTS_BUCKET, photoId, Number(size) as ThumbnailSize);
      return jpeg === undefined
        ? problem('NOT_FOUND')
        : ok(200, jpeg, { etag: `"${photoId}.${size}"`, cacheControl: thumbnailCache });
    },
  },
  loaders: {},
});
