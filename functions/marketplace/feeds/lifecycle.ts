import * as z from 'zod';
import {
  type Change,
  defineLifecycleEvent,
  type LifecycleEvent,
  lifecycleEvent,
} from '../../platform/lifecycle-event.ts';
import type { StreamChange } from '../../platform/relay.ts';
import { type ImportItem, importPrefix, isToBeApplied } from './calendar-import.ts';

export const calendarImportRequested = defineLifecycleEvent({
  type: 'CALENDAR-IMPORT-REQUESTED',
  version: 1,
  description: 'A calendar is to be fetched, or its times are to be brought into a truck’s or taken away.',
  aggregate: 'calendar-import',
  data: z.object({ truckId: z.string(), importId: z.string() }),
  example: {
    truckId: 'trk_5zr1v9n6q0w8c4t2m7k3x1y9ab',
    importId: 'cim_5zr1v9n6q0w8c4t2m7k3x1y9ab',
  },
});

/** The lifecycle events that a change of an import means. */
export const importLifecycle = ({ after }: StreamChange): readonly LifecycleEvent[] => {
  if (!after?.sk.startsWith(importPrefix)) return [];
  const { truckId, importId, organizationId, revision, status, change } = after as ImportItem & {
    readonly change: Change;
  };
  if (!isToBeApplied(status)) return [];
  const data = { truckId, importId };
  return [
    lifecycleEvent(calendarImportRequested, {
      aggregateId: importId,
      sequence: revision,
      change,
      organizationId,
      data,
    }),
  ];
};
