import * as z from 'zod';
import { commonEnvironment, guardEnvironment, idEnvironment } from '../platform/environment.ts';

const admission = {
  ADMISSION_TABLE: z.string().min(1),
  CATALOG_TABLE: z.string().min(1),
  /** Ids of the keys that sign tickets, newest first, separated by commas. */
  TICKET_KEYS: z
    .string()
    .min(1)
    .transform((list) => list.split(',')),
};

export const admissionCommandsEnvironment = commonEnvironment
  .extend(guardEnvironment.shape)
  .extend(idEnvironment.shape)
  .extend(admission);
export const admissionQueriesEnvironment = commonEnvironment.extend(guardEnvironment.shape).extend(admission);
