import { routes } from '../functions/routes.ts';
import { connect, type Platform, tokenFor } from '../local/demo/api.ts';
import { until } from '../local/demo/parallel.ts';

/** A session of standing places that begins in an hour, so that its doors are open. */
export interface Evening {
  readonly sessionId: string;
  /** One a price, in their order. */
  readonly ticketTypeIds: readonly string[];
  /** Of its organizer, who may also scan. */
  readonly token: string;
}

const hourMs = 60 * 60 * 1_000;

/**
 * Puts an evening without a seating plan on sale.
 * @param prices in cents; each has a ticket type of `quantity` places.
 * @param holdSeconds how long its holds last.
 */
export const sellEvening = async (
  platform: Platform,
  prices: readonly number[],
  quantity: number,
  holdSeconds: number,
): Promise<Evening> => {
  const token = await tokenFor(platform, `bench-${crypto.randomUUID()}`);
  const organizer = connect(platform, token);
  const key = () => ({ idempotencyKey: crypto.randomUUID() });
  await organizer.must(201, routes.createOrganization, {
    ...key(),
    body: { name: 'Evening', kind: 'organizer' },
  });
  const { id: venueId } = await organizer.must(201, routes.createVenue, {
    ...key(),
    body: {
      name: 'Meadow',
      address: '',
      city: 'La Laguna',
      country: 'ES',
      location: { lat: 28.4817, lon: -16.3176 },
      timeZone: 'Atlantic/Canary',
    },
  });
  const { id: eventId } = await organizer.must(201, routes.createEvent, {
    ...key(),
    body: { name: 'Evening', category: 'concert', venueId },
  });
  const session = await organizer.must(201, routes.createSession, {
    ...key(),
    params: { eventId },
    body: {
      startsAt: new Date(Date.now() + hourMs).toISOString(),
      endsAt: new Date(Date.now() + 4 * hourMs).toISOString(),
      holdSeconds,
      ticketTypes: prices.map((amount, index) => ({
        name: `Standing ${index + 1}`,
        price: { amount, currency: 'EUR' },
        quantity,
      })),
    },
  });
  await organizer.must(202, routes.publishEvent, { params: { eventId } });
  await until('the inventory', 120_000, async () => {
    const { status } = await organizer.must(200, routes.getEvent, { params: { eventId } });
    return status === 'published' ? true : undefined;
  });
  return { sessionId: session.id, ticketTypeIds: session.ticketTypes.map(({ id }) => id), token };
};
