import type * as z from 'zod';
import { routes } from '../../functions/routes.ts';
import type { Api } from './api.ts';
import type { PicturedLayout } from './hall-picture.ts';
import { until } from './parallel.ts';
import type { Offer } from './shop.ts';

/** Larger plans go by presigned upload. */
const maxInlineBytes = 1_000_000;

type TicketTypes = z.input<typeof routes.createSession.body>['ticketTypes'];

const hourMs = 60 * 60 * 1_000;

export interface OnSale extends Offer {
  readonly organizationId: string;
  readonly layout: PicturedLayout;
  /** Another session of the same event, whose tickets are no good for this one. */
  readonly otherSession: Offer;
}

/**
 * An organization of its own, with the hall’s plan and a session in which every category has its price. It begins
 * in an hour, so its doors are open; a second session is on another day.
 */
export const putOnSale = async (
  api: Api,
  plan: Record<string, unknown>,
  holdSeconds: number,
  say: (line: string) => void = () => undefined,
  progress: (line: string) => void = () => undefined,
): Promise<OnSale> => {
  const key = () => ({ idempotencyKey: crypto.randomUUID() });
  const { id: organizationId } = await api.must(201, routes.createOrganization, {
    ...key(),
    body: { name: 'Flash sale', kind: 'organizer' },
  });
  const { id: venueId } = await api.must(201, routes.createVenue, {
    ...key(),
    body: {
      name: 'The hall of the flash sale',
      address: '',
      city: 'La Laguna',
      country: 'ES',
      location: { lat: 28.4817, lon: -16.3176 },
      timeZone: 'Atlantic/Canary',
    },
  });
  const imported = await importPlan(api, venueId, plan);
  say(`plan imported: ${imported.seats} seats and ${imported.generalAdmission} standing places`);
  const { seatingPlan } = await api.must(200, routes.getVenue, { params: { venueId } });
  const { id: eventId } = await api.must(201, routes.createEvent, {
    ...key(),
    body: { name: 'Flash sale', category: 'concert', venueId },
  });
  const createSession = (inHours: number, ticketTypes: TicketTypes) =>
    api.must(201, routes.createSession, {
      ...key(),
      params: { eventId },
      body: {
        startsAt: new Date(Date.now() + inHours * hourMs).toISOString(),
        endsAt: new Date(Date.now() + (inHours + 3) * hourMs).toISOString(),
        holdSeconds,
        ticketTypes,
      },
    });
  const euros = (amount: number) => ({ amount, currency: 'EUR' });
  const session = await createSession(
    1,
    (seatingPlan?.categories ?? [])
      .filter(({ seats, capacity }) => seats + capacity > 0)
      .map(({ name }, index) => ({
        name,
        price: euros(Math.max(1_500, 9_000 - index * 1_000)),
        planCategory: name,
      })),
  );
  const other = await createSession(25, [{ name: 'Rehearsal', price: euros(500), quantity: 20 }]);

  const publishedAt = performance.now();
  await api.must(202, routes.publishEvent, { params: { eventId } });
  await until('the inventory', 120_000, async () => {
    const page = await api.must(200, routes.getEvent, { params: { eventId } });
    const inventory = page.sessions.find(({ id }) => id === session.id)?.inventory;
    if (inventory !== undefined && inventory.total > 0)
      progress(`building: ${inventory.built} of ${inventory.total} blocks`);
    const isOnSale = page.sessions.every(({ status }) => status === 'published');
    return page.status === 'published' && isOnSale ? true : undefined;
  });
  say(`on sale ${((performance.now() - publishedAt) / 1_000).toFixed(1)} s after publishing`);

  const layout = await api.must(200, routes.getPlan, { params: { sessionId: session.id } });
  return {
    organizationId,
    sessionId: session.id,
    otherSession: { sessionId: other.id, ticketTypeIds: other.ticketTypes.map(({ id }) => id), rows: [] },
    ticketTypeIds: session.ticketTypes.map(({ id }) => id),
    rows: layout.zones.flatMap(({ rows }) => rows.map(({ seats }) => seats.map(({ guid }) => guid))),
    layout,
  };
};

const importPlan = async (api: Api, venueId: string, plan: Record<string, unknown>) => {
  const json = JSON.stringify(plan);
  const params = { venueId };
  if (Buffer.byteLength(json) <= maxInlineBytes)
    return api.must(200, routes.importSeatingPlan, { params, body: plan });
  const upload = await api.must(201, routes.createUpload, {
    idempotencyKey: crypto.randomUUID(),
    body: { kind: 'seating-plan', contentType: 'application/json', bytes: Buffer.byteLength(json) },
  });
  const put = await fetch(upload.url, { method: upload.method, headers: upload.headers, body: json });
  if (!put.ok) throw new Error(`The upload was answered ${put.status}: ${await put.text()}`);
  return api.must(200, routes.importSeatingPlan, { params, body: { uploadId: upload.id } });
};
