import { readFileSync } from 'node:fs';
import { inject } from 'vitest';
import { quoteBody } from '../support/quote-body.ts';
import { truckBody } from '../support/truck-body.ts';
import { anybody, type Body, type Client, type Request, signIn } from './client.ts';
import { waitFor } from './wait-for.ts';

/** Each journey has an organization of its own, so that journeys never meet. */
export interface Organizer {
  readonly subject: string;
  readonly client: Client;
  readonly organizationId: string;
}

export type Session = Body<'createSession', 201>;
export type NewSession = Request<'createSession'>['body'];
export type TicketTypes = NewSession['ticketTypes'];
export type EventPage = Body<'getEvent', 200>;

export const freshName = (what: string): string => `${what}-${crypto.randomUUID()}`;

export const startsAt = '2037-03-01T20:00:00Z';
export const endsAt = '2037-03-01T22:00:00Z';
export const euros = (amount: number) => ({ amount: amount * 100, currency: 'EUR' });

export const newOrganizer = async (): Promise<Organizer> => {
  const subject = freshName('owner');
  const client = await signIn(subject);
  const { body } = await client.ok(201, 'createOrganization', {
    body: { name: 'Paraninfo Concerts', kind: 'organizer' },
  });
  return { subject, client, organizationId: body.id };
};

export const fixture = (name: 'ull-paraninfo' | 'seatmap-canvas-stadium'): Record<string, unknown> =>
  JSON.parse(
    readFileSync(new URL(`../fixtures/seating/${name}.pretix.json`, import.meta.url), 'utf8'),
  ) as Record<string, unknown>;

const row = (name: string, seats: number, category: string, y: number) => ({
  row_number: name,
  position: { x: 0, y },
  seats: Array.from({ length: seats }, (_, index) => ({
    seat_guid: `${name}-${index + 1}`,
    seat_number: String(index + 1),
    position: { x: index * 25, y: 0 },
    category,
  })),
});

/** 25 seats: rows A and B of ten in the stalls, row C of five in the balcony. */
export const smallHall = {
  name: 'Small hall',
  size: { width: 300, height: 200 },
  categories: [
    { name: 'Stalls', color: '#1f77b4' },
    { name: 'Balcony', color: '#ff7f0e' },
  ],
  zones: [
    {
      name: 'Stalls',
      position: { x: 20, y: 20 },
      rows: [row('A', 10, 'Stalls', 0), row('B', 10, 'Stalls', 25)],
    },
    { name: 'Balcony', position: { x: 20, y: 120 }, rows: [row('C', 5, 'Balcony', 0)] },
  ],
};

export const smallHallTicketTypes: TicketTypes = [
  { name: 'Stalls', price: euros(45), planCategory: 'Stalls' },
  { name: 'Balcony', price: euros(30), planCategory: 'Balcony' },
];

export const venueBody = {
  name: 'Paraninfo',
  address: 'Calle Padre Herrera',
  city: 'La Laguna',
  country: 'ES',
  location: { lat: 28.4817, lon: -16.3176 },
  timeZone: 'Atlantic/Canary',
};

/** A picture of one pixel. */
export const tinyPng = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
  'base64',
);

type UploadBody = Request<'createUpload'>['body'];

/** Uploads something by a presigned URL: its id. */
export const uploadAs = async (
  { client, organizationId }: Organizer,
  kind: UploadBody['kind'],
  contentType: UploadBody['contentType'],
  bytes: Uint8Array<ArrayBuffer>,
): Promise<string> => {
  const body = { kind, contentType, bytes: bytes.length, organizationId } as UploadBody;
  const { body: upload } = await client.ok(201, 'createUpload', { body });
  const put = await fetch(upload.url, { method: upload.method, headers: upload.headers, body: bytes });
  if (!put.ok) throw new Error(`The store answered ${put.status}: ${await put.text()}`);
  return upload.id;
};

/** A listed truck of the organizer’s organization. */
export const newTruck = async ({ client, organizationId }: Organizer) => {
  const { body } = await client.ok(201, 'createTruck', { body: { ...truckBody, organizationId } });
  const listed = await client.ok(200, 'updateTruck', {
    params: { truckId: body.id },
    ifMatch: '"r1"',
    body: { status: 'listed' },
  });
  return listed.body;
};

/** How far a lead is taken. */
export type LeadStage =
  | 'new'
  | 'contacted'
  | 'quoted'
  | 'accepted'
  | 'booked'
  | 'completed'
  /** Its deposit was paid, and the truck called it off: all of it is to be given back. */
  | 'cancelled';

/** A truck that is asked about a brief; both may belong to one organizer. Booked and completed with nothing due in advance. */
export const newLead = async (
  sides: {
    readonly organizer: Organizer;
    readonly briefId: string;
    readonly truck: Organizer;
    readonly truckId: string;
  },
  until: LeadStage = 'new',
): Promise<string> => {
  const { organizer, briefId, truck, truckId } = sides;
  const { id: leadId } = (await organizer.client.ok(201, 'createLead', { body: { briefId, truckId } })).body;
  const params = { leadId };
  if (until === 'new') return leadId;
  await truck.client.ok(200, 'contactLead', { params });
  if (until === 'contacted') return leadId;
  await truck.client.ok(201, 'quoteLead', {
    params,
    query: { role: 'truck' },
    body: { ...quoteBody, deposit: { percent: until === 'booked' || until === 'completed' ? 0 : 25 } },
  });
  if (until === 'quoted') return leadId;
  await organizer.client.ok(200, 'acceptLead', {
    params,
    query: { role: 'organizer' },
    body: { quoteVersion: 1 },
  });
  if (until === 'accepted' || until === 'booked') return leadId;
  if (until === 'cancelled') {
    const payment = { provider: 'test' as const };
    await organizer.client.ok(201, 'payDeposit', { params, body: { payment } });
    const body = { reason: 'The engine broke' };
    await truck.client.ok(200, 'cancelLead', { params, query: { role: 'truck' }, body });
    return leadId;
  }
  await organizer.client.ok(200, 'completeLead', { params, query: { role: 'organizer' } });
  return leadId;
};

export const newVenue = async (
  { client, organizationId }: Organizer,
  seatingPlan?: Record<string, unknown>,
): Promise<Body<'createVenue', 201>> =>
  (
    await client.ok(201, 'createVenue', {
      body: { ...venueBody, organizationId, ...(seatingPlan !== undefined && { seatingPlan }) },
    })
  ).body;

export const newEvent = async (
  { client, organizationId }: Organizer,
  venueId: string,
): Promise<Body<'createEvent', 201>> =>
  (
    await client.ok(201, 'createEvent', {
      body: { name: 'Four Last Songs', category: 'concert', venueId, organizationId },
    })
  ).body;

export const newSession = async (
  { client }: Organizer,
  eventId: string,
  settings: Partial<NewSession> & { readonly ticketTypes: TicketTypes },
): Promise<Session> =>
  (
    await client.ok(201, 'createSession', {
      params: { eventId },
      body: { startsAt, endsAt, ...settings },
    })
  ).body;

/** How long the inventory of the largest plan may take; a LocalStack-compatible server is slower. */
export const publishSeconds = (): number => (inject('target').kind === 'embedded' ? 60 : 300);

/** Publishes and waits until everything is on sale; `progress` sees every page read on the way. */
export const publish = async (
  { client }: Organizer,
  eventId: string,
  progress: (page: EventPage) => void = () => undefined,
): Promise<EventPage> => {
  await client.ok(202, 'publishEvent', { params: { eventId } });
  return waitFor(
    `event ${eventId} to be published`,
    async () => {
      const { body } = await client.ok(200, 'getEvent', { params: { eventId } });
      progress(body);
      const isBuilding = body.sessions.some(({ status }) => status === 'publishing');
      return body.status === 'published' && !isBuilding ? body : undefined;
    },
    { timeoutMs: publishSeconds() * 1_000 },
  );
};

export interface OnSale {
  readonly organizer: Organizer;
  readonly venueId: string;
  readonly eventId: string;
  readonly session: Session;
  readonly sessionId: string;
}

/** A session that can be bought: by default the small hall, with stalls and balcony. */
export const putOnSale = async (
  settings: Partial<NewSession> = {},
  plan: Record<string, unknown> | undefined = smallHall,
): Promise<OnSale> => {
  const organizer = await newOrganizer();
  const venue = await newVenue(organizer, plan);
  const event = await newEvent(organizer, venue.id);
  const session = await newSession(organizer, event.id, { ticketTypes: smallHallTicketTypes, ...settings });
  await publish(organizer, event.id);
  return { organizer, venueId: venue.id, eventId: event.id, session, sessionId: session.id };
};

/** Id of the session’s n-th ticket type. */
export const ticketTypeOf = ({ ticketTypes }: Session, index: number): string => {
  const type = ticketTypes[index];
  if (type === undefined) throw new Error(`The session has no ticket type ${index}`);
  return type.id;
};

export const placesOf = (hold: Body<'createHold', 201>): readonly string[] =>
  hold.places.map(({ place }) => place);

/** Holds a place of the first ticket type, orders and pays it: the id of the ticket. */
export const buyTicket = async ({
  session,
  sessionId,
}: Pick<OnSale, 'session' | 'sessionId'>): Promise<string> => {
  const { body: hold } = await anybody().ok(201, 'createHold', {
    params: { sessionId },
    body: { ticketTypeId: ticketTypeOf(session, 0), quantity: 1 },
  });
  const { body: order } = await anybody().ok(201, 'createOrder', {
    body: {
      holdIds: [hold.id],
      customer: { email: 'stefan@example.com', name: 'Ștefan Țepeș' },
      payment: { provider: 'test' },
    },
  });
  const params = { orderId: order.id };
  if (order.status !== 'confirmed')
    await anybody().ok(202, 'payOrder', { params, body: { method: 'card_ok' } });
  return waitFor(`the ticket of ${order.id}`, async () => {
    const { body } = await anybody().ok(200, 'getOrder', { params });
    return body.tickets[0]?.id;
  });
};

/** A calendar to import: a day a week from now. */
export const calendarBody = (source = 'google') => {
  const stamp = (days: number): string =>
    new Date(Date.now() + days * 86_400_000).toISOString().slice(0, 10).replaceAll('-', '');
  const lines = [
    'BEGIN:VCALENDAR',
    'VERSION:2.0',
    'PRODID:-//Test//EN',
    'BEGIN:VEVENT',
    'UID:1@example.com',
    'DTSTAMP:20261101T000000Z',
    `DTSTART;VALUE=DATE:${stamp(7)}`,
    `DTEND;VALUE=DATE:${stamp(8)}`,
    'END:VEVENT',
    'END:VCALENDAR',
    '',
  ];
  return { source, ics: lines.join('\r\n') };
};

/** The secret in the address of a truck’s feed. */
export const feedTokenIn = (path: string): string => /\/feeds\/(cft_\w+)\//.exec(path)?.[1] ?? '';
