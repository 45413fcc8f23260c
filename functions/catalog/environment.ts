import * as z from 'zod';
import { commonEnvironment, guardEnvironment, idEnvironment } from '../platform/environment.ts';

const catalog = z.object({ CATALOG_TABLE: z.string().min(1), PLANS_BUCKET: z.string().min(1) });

export const catalogQueriesEnvironment = commonEnvironment
  .extend(guardEnvironment.shape)
  .extend(catalog.shape)
  .extend({ TICKETING_TABLE: z.string().min(1) });

export const catalogCommandsEnvironment = commonEnvironment
  .extend(guardEnvironment.shape)
  .extend(idEnvironment.shape)
  .extend(catalog.shape)
  .extend({
    MIN_HOLD_SECONDS: z.coerce.number().int().min(1),
    MAX_HOLD_SECONDS: z.coerce.number().int().max(7_200),
  });

export const catalogPublicationEnvironment = commonEnvironment.extend({
  CATALOG_TABLE: z.string().min(1),
  MARKETPLACE_TABLE: z.string().min(1),
});
