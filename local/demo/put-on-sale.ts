import { routes } from '../../functions/routes.ts';
import type { Api } from './api.ts';
import type { Offer } from './buyers.ts';
import type { PicturedLayout } from './hall-picture.ts';
import { until } from './parallel.ts';

/** Larger plans go by presigned upload. */
const maxInlineBytes = 1_000_000;

/** Holds outlast any sale that a crowd can make of it. */
const holdSeconds = 3_600;

/** An organization of its own, with the hall’s plan and a session in which every category has its price. */
export const putOnSale = async (
  api: Api,
  plan: Record<string, unknown>,
  say: (line: string) => void = () => undefined,
  progress: (line: string) => void = () => undefined,
): Promise<Offer & { readonly layout: PicturedLayout }> => {
  const key = () => ({ idempotencyKey: crypto.randomUUID() });
  await api.must(201, routes.createOrganization, {
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
  const startsAt = Date.now() + 30 * 24 * 60 * 60 * 1_000;
  const session = await api.must(201, routes.createSession, {
    ...key(),
    params: { eventId },
    body: {
      startsAt: new Date(startsAt).toISOString(),
      endsAt: new Date(startsAt + 3 * 60 * 60 * 1_000).toISOString(),
      holdSeconds,
      ticketTypes: (seatingPlan?.categories ?? [])
        .filter(({ seats, capacity }) => seats + capacity > 0)
        .map(({ name }, index) => ({
          name,
          price: { amount: Math.max(1_500, 9_000 - index * 1_000), currency: 'EUR' },
          planCategory: name,
        })),
    },
  });

  const publishedAt = performance.now();
  await api.must(202, routes.publishEvent, { params: { eventId } });
  await until('the inventory', 120_000, async () => {
    const page = await api.must(200, routes.getEvent, { params: { eventId } });
    const inventory = page.sessions[0]?.inventory;
    if (inventory !== undefined && inventory.total > 0)
      progress(`building: ${inventory.built} of ${inventory.total} blocks`);
    return page.status === 'published' ? true : undefined;
  });
  say(`on sale ${((performance.now() - publishedAt) / 1_000).toFixed(1)} s after publishing`);

  const layout = await api.must(200, routes.getPlan, { params: { sessionId: session.id } });
  return {
    sessionId: session.id,
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
