import { isDeepStrictEqual } from 'node:util';
import type { Change } from '../../platform/lifecycle-event.ts';
import { absent, type Expression, type Item, type Table } from '../../platform/table.ts';
import { untilWritten } from '../../platform/until-written.ts';
import { type LeadFact, type LeadFacts, withFact } from './truck-facts.ts';

export interface FactsItem extends Item {
  /** Counts writes. */
  readonly version: number;
  readonly leads: LeadFacts;
}

/** Beside the truck: its facts change without it. */
export const factsKey = (truckId: string) => ({ pk: `TRUCK#${truckId}`, sk: 'LEAD-FACTS' });

const unchanged = (item: FactsItem | undefined): Expression =>
  item === undefined
    ? absent
    : {
        condition: '#version = :version',
        names: { '#version': 'version' },
        values: { ':version': item.version },
      };

/**
 * Notes a fact of a lead with its truck, unless it is known.
 * @throws Error when others were faster eight times in a row: the message comes again.
 */
export const noteFact = async (
  table: Table,
  truckId: string,
  leadId: string,
  fact: LeadFact,
  change: Change,
): Promise<void> => {
  const key = factsKey(truckId);
  await untilWritten(`The facts of ${truckId}`, async () => {
    const item = await table.get<FactsItem>(key, { consistent: true });
    const known = item?.leads ?? {};
    const leads = withFact(known, leadId, fact);
    if (isDeepStrictEqual(leads, known)) return true;
    const version = (item?.version ?? 0) + 1;
    const written = await table.put({ ...key, version, leads, change }, unchanged(item));
    return written.written || undefined;
  });
};
