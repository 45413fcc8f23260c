import type { stamp } from '../platform/lifecycle-event.ts';
import type { Expression, Item, Table } from '../platform/table.ts';
import type { EventItem, SessionItem } from './items.ts';
import { touchEvent } from './session-store.ts';
import { takesPlace } from './takes-place.ts';

/** A lead of the event as last told; one that was called off stays, so that an older word cannot bring it back. */
interface FoodBooking extends Item {
  readonly leadId: string;
  readonly truckId: string;
  /** That it serves; all of the event’s where none is said. */
  readonly sessionId?: string | undefined;
  /** ISO 8601: when guests are served. */
  readonly from: string;
  readonly to: string;
  readonly isBooked: boolean;
  /** Of the lead’s lifecycle event. */
  readonly sequence: number;
}

/** A truck as pages show it. */
interface FoodTruck extends Item {
  readonly truckId: string;
  readonly name: string;
  readonly cuisines: readonly string[];
  readonly isListed: boolean;
  /** Of the truck. */
  readonly revision: number;
}

/** Food of an event’s page: who is booked, and what is known of the trucks. */
export interface EventFood {
  readonly bookings: readonly FoodBooking[];
  /** Of the bookings, each once. */
  readonly truckIds: readonly string[];
  /** By id; one that nobody told of yet is missing. */
  readonly trucks: ReadonlyMap<string, FoodTruck>;
}

/** Leads that are read for one page, also those called off. */
const maxBookingsRead = 100;
/** Trucks on one page: with venue and performers their revisions are read in one call of 100 keys. */
const maxTrucks = 60;

const bookingPrefix = 'FOOD#';
const eventPartition = (eventId: string): string => `EVENT#${eventId}`;
export const foodTruckKey = (truckId: string) => ({ pk: `TRUCK#${truckId}`, sk: 'TRUCK' });

/** The condition of writing what was told: nothing later was. */
const newerThan = (field: string, sequence: number): Expression => ({
  condition: 'attribute_not_exists(pk) OR #sequence < :sequence',
  names: { '#sequence': field },
  values: { ':sequence': sequence },
});

type Booking = Pick<
  FoodBooking,
  'leadId' | 'truckId' | 'sessionId' | 'from' | 'to' | 'isBooked' | 'sequence'
>;

/**
 * Notes that a truck is booked for an event, or no more, and counts the event’s revision on. What is older than what is
 * known, and what is about an event that is gone, changes nothing.
 */
export const noteBooking = async (
  table: Table,
  eventId: string,
  { leadId, truckId, sessionId, from, to, isBooked, sequence }: Booking,
  context: Parameters<typeof stamp>[1],
): Promise<void> => {
  const key = { pk: eventPartition(eventId), sk: `${bookingPrefix}${leadId}` };
  await table.transact([
    {
      put: {
        ...key,
        leadId,
        truckId,
        ...(sessionId !== undefined && { sessionId }),
        from,
        to,
        isBooked,
        sequence,
      },
      when: newerThan('sequence', sequence),
    },
    touchEvent(eventId, 'event.food_changed', context),
  ]);
};

type Truck = Pick<FoodTruck, 'truckId' | 'name' | 'cuisines' | 'isListed' | 'revision'>;

/** Notes what pages show of a truck, unless what is known is as new. */
export const noteTruck = async (
  table: Table,
  { truckId, name, cuisines, isListed, revision }: Truck,
): Promise<void> => {
  await table.put(
    { ...foodTruckKey(truckId), truckId, name, cuisines, isListed, revision },
    newerThan('revision', revision),
  );
};

/** Reads who is booked for an event, strongly consistent: one query, and where somebody is, the trucks in one call. */
export const readEventFood = async (table: Table, eventId: string): Promise<EventFood> => {
  const { items } = await table.query<FoodBooking>({
    pk: eventPartition(eventId),
    skPrefix: bookingPrefix,
    limit: maxBookingsRead,
    consistent: true,
  });
  const bookings = items.filter(({ isBooked }) => isBooked);
  const truckIds = [...new Set(bookings.map(({ truckId }) => truckId))].slice(0, maxTrucks);
  const trucks =
    truckIds.length === 0
      ? []
      : await table.batchGet<FoodTruck>(truckIds.map(foodTruckKey), { consistent: true });
  return { bookings, truckIds, trucks: new Map(trucks.map((truck) => [truck.truckId, truck])) };
};

/**
 * What the page shows: booked trucks that everybody may see, the earliest first. For what does not take place there is no
 * food, whoever is still booked.
 */
export const foodView = (
  { bookings, trucks }: EventFood,
  event: Pick<EventItem, 'status'>,
  sessions: readonly Pick<SessionItem, 'sessionId' | 'status'>[],
) =>
  bookings
    .filter(({ sessionId }) => takesPlace(event, sessions, sessionId))
    .flatMap(({ truckId, from, to }) => {
      const truck = trucks.get(truckId);
      return truck?.isListed ? [{ truckId, name: truck.name, cuisines: truck.cuisines, from, to }] : [];
    })
    .sort((one, other) => one.from.localeCompare(other.from) || one.name.localeCompare(other.name));
