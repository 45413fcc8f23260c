import type { Occasion } from '../../catalog/occasion-contracts.ts';
import type { openAvailability, SessionAvailability } from '../../ticketing/contracts.ts';

export interface Sales {
  readonly sold: number;
  readonly capacity: number;
}

const salesIn = (availability: SessionAvailability | undefined): Sales =>
  Object.values(availability?.ticketTypes ?? {}).reduce(
    (sum: Sales, { available, held, sold }) => ({
      sold: sum.sold + sold,
      capacity: sum.capacity + available + held + sold,
    }),
    { sold: 0, capacity: 0 },
  );

/** The sessions that a brief of an event is about. */
const sessionsOf = ({ sessions }: Occasion, sessionId: string | undefined): readonly string[] =>
  sessions
    .filter((session) => session.status !== 'cancelled')
    .map((session) => session.sessionId)
    .filter((id) => sessionId === undefined || id === sessionId);

/** What is sold of an event now, by session or of all (undefined); counts are at most two seconds old. */
export type SoldOf = (sessionId: string | undefined) => Sales;

/** Counts what is sold of an event: of one of its sessions, or of all of them that take place. */
export const openEventSales =
  (availabilityOf: ReturnType<typeof openAvailability>) =>
  async (occasion: Occasion, ofSession?: string): Promise<SoldOf> => {
    const availability = await availabilityOf(sessionsOf(occasion, ofSession));
    return (sessionId) =>
      sessionsOf(occasion, sessionId)
        .map((id) => salesIn(availability.get(id)))
        .reduce((sum, { sold, capacity }) => ({ sold: sum.sold + sold, capacity: sum.capacity + capacity }), {
          sold: 0,
          capacity: 0,
        });
  };
