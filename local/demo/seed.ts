import { readFileSync } from 'node:fs';
import { routes } from '../../functions/routes.ts';
import { addTrucks } from './add-trucks.ts';
import { type Api, connect, keyOf, type Platform, tokenFor } from './api.ts';
import { type Concert, dayMs, instantAt, moveToFuture, readConcerts } from './concerts.ts';
import { inParallel, until } from './parallel.ts';

/** Who owns the demo’s organization: ask the local issuer for a token of this subject. */
export const demoOrganizer = 'demo-organizer';

export interface SeedOptions extends Platform {
  readonly log?: (line: string) => void;
  /** Day that future dates are counted from; default now. */
  readonly today?: Date;
}

export interface Seeded {
  readonly organizationId: string;
  /** Paraninfo and meadow. */
  readonly venueIds: readonly string[];
  /** Concerts by date, then the festival. */
  readonly eventIds: readonly string[];
  /** The next concert that can be bought. */
  readonly sessionId: string;
  /** Listed, in the order of the data. */
  readonly truckIds: readonly string[];
  /** Holds two seats when pasted into a shell; pasted again it shows the same hold. */
  readonly curl: string;
  /** Shows the first truck, and when it is free within four weeks: longer than any holidays of a truck. */
  readonly truckCurl: string;
}

const timeZone = 'Atlantic/Canary';
const euros = (amount: number) => ({ amount: amount * 100, currency: 'EUR' });
const concertMinutes = 120;

const paraninfo = {
  name: 'Paraninfo',
  address: 'Calle Padre Herrera',
  city: 'La Laguna',
  country: 'ES',
  location: { lat: 28.4817, lon: -16.3176 },
  timeZone,
};
const meadow = {
  name: 'Llano de la Laguna',
  address: 'Camino de las Mercedes',
  city: 'La Laguna',
  country: 'ES',
  location: { lat: 28.4986, lon: -16.3053 },
  timeZone,
};
const concertTickets = [
  { name: 'Stalls', price: euros(45), planCategory: 'Patio de Butacas' },
  { name: 'Lower boxes', price: euros(38), planCategory: 'Palco Bajo' },
  { name: 'Circle', price: euros(30), planCategory: 'Anfiteatro' },
  { name: 'Upper boxes', price: euros(22), planCategory: 'Palco Alto' },
];
const festival = {
  id: 'festival',
  name: 'Summer on the meadow',
  description: 'A day of music under the open sky, for ten thousand standing guests.',
  category: 'festival',
};
const festivalTickets = [{ name: 'Day ticket', price: euros(59), quantity: 10_000 }];

/**
 * Fills a platform with the demo: an organization, the Paraninfo with its plan, eighteen concerts with
 * their performers at future dates, and a festival of 10,000, all on sale; and food trucks of several
 * firms. Again, it finds what is there.
 */
export const seed = async ({
  log = () => undefined,
  today = new Date(),
  ...platform
}: SeedOptions): Promise<Seeded> => {
  const startedAt = performance.now();
  const api = connect(platform, await tokenFor(platform, demoOrganizer));

  const organizationBody = { name: 'Paraninfo Concerts', kind: 'organizer' } as const;
  const { id: organizationId } = await api.must(201, routes.createOrganization, {
    idempotencyKey: keyOf('organization', organizationBody),
    body: organizationBody,
  });
  const createVenue = async (body: typeof paraninfo & { seatingPlan?: Record<string, unknown> }) => {
    const owned = { ...body, organizationId };
    const request = { idempotencyKey: keyOf('venue', owned), body: owned };
    return (await api.must(201, routes.createVenue, request)).id;
  };
  const [hallId, meadowId] = await Promise.all([
    createVenue({ ...paraninfo, seatingPlan: readPlan() }),
    createVenue(meadow),
  ]);
  log('demo: venue Paraninfo with its plan of 603 seats');

  const concerts = moveToFuture(readConcerts(), today);
  const performerIds = await createPerformers(api, organizationId, concerts);
  log(`demo: ${performerIds.size} performers`);

  const create = createEvent(api, organizationId);
  const events = await inParallel(4, concerts, async (concert) => {
    const startsAt = instantAt(concert.date, concert.minutes, timeZone);
    return create(
      {
        id: concert.id,
        name: concert.name,
        description: concert.description,
        category: 'concert',
        venueId: hallId,
        performerIds: concert.performers.map(({ name }) => performerIds.get(name) ?? ''),
      },
      { startsAt, minutes: concertMinutes, ticketTypes: concertTickets },
    );
  });
  const lastDay =
    concerts
      .map(({ date }) => date)
      .toSorted()
      .at(-1) ?? '';
  const festivalDay = new Date(Date.parse(lastDay) + 14 * dayMs).toISOString().slice(0, 10);
  const festivalId = await create(
    { ...festival, venueId: meadowId, performerIds: [] },
    { startsAt: instantAt(festivalDay, 14 * 60, timeZone), minutes: 10 * 60, ticketTypes: festivalTickets },
  );
  const eventIds = [...events, festivalId];
  log(`demo: ${events.length} concerts and a festival of 10,000; building their inventory`);

  const [pages, truckIds] = await Promise.all([
    inParallel(4, eventIds, (eventId) => published(api, eventId)),
    addTrucks(platform, log),
  ]);
  const offers = pages
    .slice(0, -1)
    .flatMap(({ sessions }) => sessions)
    .filter(({ status, startsAt }) => status === 'published' && Date.parse(startsAt) > Date.now())
    .toSorted((a, b) => Date.parse(a.startsAt) - Date.parse(b.startsAt));
  const [next] = offers;
  const ticketTypeId = next?.ticketTypes[0]?.id;
  if (next === undefined || ticketTypeId === undefined) {
    throw new Error('Every concert of the demo is over: delete the data directory and start again');
  }
  log(`demo: on sale in ${((performance.now() - startedAt) / 1_000).toFixed(1)} s`);
  return {
    organizationId,
    venueIds: [hallId, meadowId],
    eventIds,
    sessionId: next.id,
    truckIds,
    curl: curlOf(platform.url, next.id, ticketTypeId),
    truckCurl: truckCurlOf(`${platform.url}/trucks/${truckIds[0]}`, today),
  };
};

const readPlan = (): Record<string, unknown> =>
  JSON.parse(readFileSync(new URL('./data/ull-paraninfo.pretix.json', import.meta.url), 'utf8')) as Record<
    string,
    unknown
  >;

/** Performer ids by name. */
const createPerformers = async (
  api: Api,
  organizationId: string,
  concerts: readonly Concert[],
): Promise<ReadonlyMap<string, string>> => {
  const byName = new Map(concerts.flatMap(({ performers }) => performers.map((one) => [one.name, one])));
  const created = await inParallel(8, [...byName.values()], async (performer) => {
    const body = { ...performer, organizationId };
    const request = { idempotencyKey: keyOf('performer', body), body };
    return [performer.name, (await api.must(201, routes.createPerformer, request)).id] as const;
  });
  return new Map(created);
};

interface EventFacts {
  readonly id: string;
  readonly name: string;
  readonly description: string;
  readonly category: string;
  readonly venueId: string;
  readonly performerIds: string[];
}

interface SessionFacts {
  readonly startsAt: Date;
  readonly minutes: number;
  readonly ticketTypes: typeof concertTickets | typeof festivalTickets;
}

/** An event with one session, published. An earlier start’s session stays as it is, with its dates. */
const createEvent =
  (api: Api, organizationId: string) =>
  async ({ id, ...facts }: EventFacts, { startsAt, minutes, ticketTypes }: SessionFacts): Promise<string> => {
    const body = { ...facts, organizationId };
    const event = await api.must(201, routes.createEvent, {
      idempotencyKey: keyOf(`event-${id}`, body),
      body,
    });
    const params = { eventId: event.id };
    if (event.sessionIds.length === 0) {
      await api.must(201, routes.createSession, {
        params,
        idempotencyKey: `demo-session-${id}`,
        body: {
          startsAt: startsAt.toISOString(),
          endsAt: new Date(startsAt.getTime() + minutes * 60_000).toISOString(),
          ticketTypes: [...ticketTypes],
        },
      });
    }
    if (event.status === 'draft') await api.must(202, routes.publishEvent, { params });
    return event.id;
  };

const published = (api: Api, eventId: string) =>
  until(`event ${eventId} to be on sale`, 60_000, async () => {
    const page = await api.must(200, routes.getEvent, { params: { eventId } });
    return page.status === 'publishing' || page.status === 'draft' ? undefined : page;
  });

const curlOf = (url: string, sessionId: string, ticketTypeId: string): string =>
  [
    `curl -s ${url}/sessions/${sessionId}/holds`,
    `-H 'Content-Type: application/json'`,
    `-H 'Idempotency-Key: ${crypto.randomUUID()}'`,
    `-d '{"ticketTypeId":"${ticketTypeId}","quantity":2}'`,
  ].join(' \\\n  ');

const truckCurlOf = (truckUrl: string, today: Date): string => {
  const dayAfter = (days: number) =>
    `${new Date(today.getTime() + days * dayMs).toISOString().slice(0, 10)}T00:00:00Z`;
  return `curl -s -w '\\n' ${truckUrl} \\\n  '${truckUrl}/availability?from=${dayAfter(1)}&to=${dayAfter(29)}'`;
};
