import { maxDaysAhead } from '../briefs/brief.ts';
import type { Interval } from '../calendar/interval.ts';
import type { Place } from '../calendar/travel.ts';
import { servesPlace } from '../service-area.ts';
import type { Truck } from '../truck.ts';

/** Why a truck is not asked, and which of the two is the cause. */
export interface Misfit {
  readonly of: 'brief' | 'truck';
  readonly code: 'IN_THE_PAST' | 'TOO_FAR_AHEAD' | 'GUESTS_OUT_OF_RANGE' | 'OUTSIDE_SERVICE_AREA';
  readonly detail: string;
}

/** Everything for which a truck cannot be asked, whatever its calendar says. */
export const misfits = (
  brief: { readonly window: Interval; readonly venue: Place; readonly guests: number },
  truck: Pick<Truck, 'guests' | 'serviceArea' | 'home'>,
  now: number,
): readonly Misfit[] => {
  const { window, venue, guests } = brief;
  const { min, max } = truck.guests;
  const found: Misfit[] = [];
  if (window.from <= now) found.push({ of: 'brief', code: 'IN_THE_PAST', detail: 'It has begun.' });
  if (window.to > now + maxDaysAhead * 86_400)
    found.push({
      of: 'brief',
      code: 'TOO_FAR_AHEAD',
      detail: `Trucks are asked at most ${maxDaysAhead} days ahead.`,
    });
  if (guests < min || guests > max)
    found.push({
      of: 'truck',
      code: 'GUESTS_OUT_OF_RANGE',
      detail: `It serves ${min} to ${max} guests; ${guests} are expected.`,
    });
  if (!servesPlace(truck.serviceArea, truck.home, venue))
    found.push({ of: 'truck', code: 'OUTSIDE_SERVICE_AREA', detail: 'It does not serve that place.' });
  return found;
};
