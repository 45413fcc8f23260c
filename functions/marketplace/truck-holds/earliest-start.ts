import type { Table } from '../../platform/table.ts';
import { blockedBy, earliestStart } from '../calendar/calendar.ts';
import { entriesIn, judgedBy } from '../calendar/calendar-month.ts';
import { readCalendar } from '../calendar/calendar-store.ts';
import type { TruckItem } from '../truck.ts';
import { rulesOf, setupOf } from '../truck-rules.ts';
import type { LeadTime } from './truck-hold.ts';

/** How far after the wanted start another one is looked for. */
export const earliestStartDays = 14;

export interface EarliestStart {
  /** Epoch seconds; left out when nothing of the same length is free so soon. */
  readonly earliestStart?: number;
}

/** For a time that was refused: the first start, at most two weeks later, from which a window as long as that fits. */
export const earliestStartOf = async (
  table: Table,
  truck: TruckItem,
  { leadId, window, place }: Pick<LeadTime, 'leadId' | 'window' | 'place'>,
  now: number,
): Promise<EarliestStart> => {
  const latest = window.from + earliestStartDays * 86_400;
  const length = window.to - window.from;
  const read = judgedBy(blockedBy(setupOf(truck), { from: window.from, to: latest + length }));
  const [rules, { months }] = await Promise.all([
    rulesOf(truck, read),
    readCalendar(table, truck.truckId, read, { consistent: true }),
  ]);
  const others = entriesIn(months).filter(({ id }) => id !== leadId);
  const start = earliestStart(others, rules, { shown: window, place }, now, latest);
  return start === undefined ? {} : { earliestStart: start };
};
