import type { Operation } from '../e2e/client.ts';
import { clientWith, tokenOf } from '../e2e/client.ts';
import {
  buyTicket,
  calendarBody,
  feedTokenIn,
  freshName,
  type LeadStage,
  newEvent,
  newLead,
  newOrganizer,
  newSession,
  newTruck,
  newVenue,
  type Organizer,
  publish,
  smallHall,
  smallHallTicketTypes,
  tinyPng,
  uploadAs,
} from '../e2e/scenario.ts';
import { briefBody } from '../support/brief-body.ts';
import type { Ids } from './schema-arbitrary.ts';

/** What is there while odd requests come: things to ask for, and people who ask. */
export interface Scenery {
  /** Tokens by who they are of; none for anybody. */
  readonly tokens: Readonly<Record<string, string | undefined>>;
  readonly ids: Ids;
  /** Ids that an operation’s path names: destructive ones have things of their own to destroy. */
  readonly idsFor: (operation: Operation) => Ids;
  readonly subjectsFor: (operation: Operation) => readonly string[];
}

const inDays = (days: number): string => new Date(Date.now() + days * 24 * 60 * 60 * 1_000).toISOString();

export const missingId = (prefix: string): string => `${prefix}_zzzzzzzzzzzzzzzzzzzzzzzzzz`;

const onSale = async (organizer: Organizer, venueId: string) => {
  const event = await newEvent(organizer, venueId);
  const session = await newSession(organizer, event.id, {
    ticketTypes: [
      ...smallHallTicketTypes,
      { name: 'Pit', price: { amount: 1_000, currency: 'EUR' }, quantity: 2_000 },
      { name: 'Guests', price: { amount: 0, currency: 'EUR' }, quantity: 500 },
    ],
    rsvp: { ticketType: 'Guests', guestsMax: 4 },
  });
  await publish(organizer, event.id);
  return { event, session };
};

const holdsOf = async (
  sessionId: string,
  ticketTypeId: string,
  count: number,
): Promise<readonly string[]> => {
  const holds: string[] = [];
  for (let made = 0; made < count; made += 1) {
    const { body } = await clientWith(undefined).ok(201, 'createHold', {
      params: { sessionId },
      body: { ticketTypeId, quantity: 2 },
    });
    holds.push(body.id);
  }
  return holds;
};

export const setScenery = async (): Promise<Scenery> => {
  const organizer = await newOrganizer();
  const other = await newOrganizer();
  const { client, organizationId } = organizer;
  const staff = freshName('staff');
  await client.ok(201, 'addMember', { params: { organizationId }, body: { subject: staff, role: 'staff' } });
  const manager = freshName('manager');
  await client.ok(201, 'addMember', {
    params: { organizationId },
    body: { subject: manager, role: 'manager' },
  });
  const leaving = freshName('leaving');
  await client.ok(201, 'addMember', {
    params: { organizationId },
    body: { subject: leaving, role: 'staff' },
  });
  const inTwo = freshName('in-two');
  for (const { client, organizationId } of [organizer, other])
    await client.ok(201, 'addMember', {
      params: { organizationId },
      body: { subject: inTwo, role: 'owner' },
    });

  const venue = await newVenue(organizer, smallHall);
  const bare = await newVenue(organizer);
  const performerIds: string[] = [];
  for (const name of ['Jessye Norman', 'Nobody'])
    performerIds.push((await client.ok(201, 'createPerformer', { body: { name } })).body.id);
  const [performerId = '', unusedPerformerId = ''] = performerIds;
  const sold = await onSale(organizer, venue.id);
  const kept = await onSale(organizer, venue.id);
  const ended = await onSale(organizer, venue.id);
  const draft = await newEvent(organizer, venue.id);
  const draftSession = await newSession(organizer, draft.id, { ticketTypes: smallHallTicketTypes });
  const doomedSession = await newSession(organizer, (await newEvent(organizer, venue.id)).id, {
    ticketTypes: smallHallTicketTypes,
  });
  const openEvent = await newEvent(organizer, venue.id);
  const doomedEvent = await newEvent(organizer, venue.id);
  const doomedVenue = await newVenue(organizer);
  const upload = await client.ok(201, 'createUpload', {
    body: { kind: 'seating-plan', contentType: 'application/json', bytes: 100 },
  });
  const pit = sold.session.ticketTypes[2]?.id ?? '';
  const holds = await holdsOf(sold.session.id, pit, 3);
  const ticketsOf = (count: number) =>
    Promise.all(
      Array.from({ length: count }, () => buyTicket({ session: sold.session, sessionId: sold.session.id })),
    );
  const tickets = await ticketsOf(2);
  const movedTickets = await ticketsOf(3);
  const ordersOf = async (count: number): Promise<readonly string[]> => {
    const orders: string[] = [];
    for (const holdId of await holdsOf(sold.session.id, pit, count)) {
      const { body } = await clientWith(undefined).ok(201, 'createOrder', {
        body: {
          holdIds: [holdId],
          customer: { name: 'Ana Pop', email: 'ana@example.com' },
          payment: { provider: 'test' },
        },
      });
      orders.push(body.id);
    }
    return orders;
  };
  const orders = await ordersOf(2);
  const paidOrders = await ordersOf(3);
  const doomedOrders = await ordersOf(3);
  for (const orderId of [...paidOrders, ...doomedOrders])
    await clientWith(undefined).ok(202, 'payOrder', { params: { orderId }, body: { method: 'card_ok' } });
  const rsvpsOf = async (count: number): Promise<readonly string[]> => {
    const rsvps: string[] = [];
    for (let index = 0; index < count; index += 1) {
      const body = { answer: 'yes', name: 'Ana Pop', email: `${freshName('ana')}@example.com` } as const;
      const params = { eventId: sold.event.id };
      rsvps.push((await clientWith(undefined).ok(201, 'createRsvp', { params, body })).body.id);
    }
    return rsvps;
  };
  const rsvps = await rsvpsOf(2);
  const doomedHolds = await holdsOf(sold.session.id, pit, 5);

  const truck = await newTruck(organizer);
  const otherTruck = await newTruck(organizer);
  const attachable = await uploadAs(organizer, 'truck_photo', 'image/png', tinyPng);
  const pictured = await newTruck(organizer);
  const photo = await client.ok(201, 'createPhoto', {
    params: { truckId: pictured.id },
    body: { uploadId: attachable, alt: 'At dusk' },
  });
  const paper = await uploadAs(organizer, 'verification_document', 'image/png', tinyPng);
  const decided = await newTruck(organizer);
  const submitted = await client.ok(201, 'submitVerification', {
    params: { truckId: decided.id },
    body: { documents: [{ uploadId: paper, kind: 'other' }] },
  });
  const blackout = await client.ok(201, 'createBlackout', {
    params: { truckId: truck.id },
    body: { from: inDays(200), to: inDays(203) },
  });

  const feed = await client.ok(201, 'createCalendarFeed', { params: { truckId: truck.id } });
  const importOf = async (source: string): Promise<string> => {
    const params = { truckId: truck.id };
    return (await client.ok(202, 'createCalendarImport', { params, body: calendarBody(source) })).body.id;
  };
  const keptImport = await importOf('kept');
  const doomedImport = await importOf('doomed');
  const newBrief = async (): Promise<string> =>
    (await client.ok(201, 'createBrief', { body: briefBody })).body.id;
  const briefId = await newBrief();
  /** A truck is asked about a brief once: both of its own for each route that asks. */
  const toAsk = async () => ({
    brf: [await newBrief(), await newBrief()],
    trk: [(await newTruck(organizer)).id, (await newTruck(organizer)).id],
  });
  const { body: lead } = await client.ok(201, 'createLead', {
    body: { briefId, truckId: truck.id },
  });
  // Briefs and trucks of one organization: it may say everything, for either side.
  const leadsOf = async (until: LeadStage, count: number): Promise<readonly string[]> => {
    const leads: string[] = [];
    for (let made = 0; made < count; made += 1) {
      const { id: briefId } = (
        await client.ok(201, 'createBrief', { body: { ...briefBody, organizationId } })
      ).body;
      const { id: truckId } = await newTruck(organizer);
      leads.push(await newLead({ organizer, briefId, truck: organizer, truckId }, until));
    }
    return leads;
  };

  // Ids of messages are known within their lead only.
  const [talked = ''] = await leadsOf('new', 1);
  const message = await client.ok(201, 'sendMessage', {
    params: { leadId: talked },
    query: { role: 'truck' },
    body: { body: 'Good morning' },
  });
  const thread = { lead: [talked], msg: [message.body.id] };

  const known: Record<string, readonly string[]> = {
    org: [organizationId, other.organizationId],
    ven: [venue.id, bare.id],
    prf: [performerId],
    evt: [kept.event.id, draft.id],
    ses: [kept.session.id, draftSession.id],
    tt: sold.session.ticketTypes.map(({ id }) => id),
    hld: holds,
    tkt: tickets,
    upl: [upload.body.id, attachable, paper],
    ord: orders,
    trk: [truck.id],
    pho: [photo.body.id],
    ver: [submitted.body.submissionId ?? ''],
    blk: [blackout.body.id],
    cft: [feedTokenIn(feed.body.path)],
    cim: [keptImport],
    rsvp: rsvps,
    brf: [briefId],
    lead: [lead.id],
  };
  const forOperation: Partial<Record<Operation, Record<string, readonly string[]>>> = {
    createHold: { ses: [sold.session.id] },
    createLead: await toAsk(),
    createLeads: await toAsk(),
    // No truck was asked about it.
    updateBrief: { brf: [await newBrief()] },
    // Others cancel the answers that all know.
    // Of its own: what is attached there is not to be put in order elsewhere.
    createPhoto: { trk: [pictured.id], upl: [attachable] },
    submitVerification: { trk: [(await newTruck(organizer)).id], upl: [paper] },
    // Another truck’s, so that the picture stays to be looked at.
    deletePhoto: { trk: [decided.id] },
    decideVerification: { trk: [decided.id] },
    confirmRsvp: { rsvp: await rsvpsOf(2) },
    // Of its own: other routes publish and cancel the events that all know.
    createSession: { evt: [openEvent.id] },
    contactLead: { lead: await leadsOf('new', 2) },
    quoteLead: { lead: await leadsOf('quoted', 2) },
    acceptLead: { lead: await leadsOf('quoted', 4) },
    declineLead: { lead: await leadsOf('quoted', 2) },
    cancelLead: { lead: await leadsOf('booked', 2) },
    completeLead: { lead: await leadsOf('booked', 2) },
    sendMessage: thread,
    listMessages: thread,
    putReadMarker: thread,
    createReview: { lead: await leadsOf('completed', 2) },
    payDeposit: { lead: await leadsOf('accepted', 3) },
    retryDepositRefund: { lead: await leadsOf('cancelled', 1) },
    getSeats: { ses: [sold.session.id] },
    getPlan: { ses: [sold.session.id] },
    cancelEvent: { evt: [ended.event.id] },
    cancelSession: { ses: [ended.session.id] },
    transferTicket: { tkt: movedTickets },
    cancelHold: { hld: doomedHolds },
    createOrder: { hld: await holdsOf(sold.session.id, pit, 5) },
    payOrder: { ord: await ordersOf(3) },
    cancelOrder: { ord: await ordersOf(3) },
    createRefund: { ord: paidOrders },
    undoOrder: { ord: doomedOrders },
    resendOrderMail: { ord: paidOrders },
    getCancellation: { ses: [ended.session.id] },
    createRsvp: { evt: [sold.event.id], ses: [sold.session.id] },
    cancelRsvp: { rsvp: await rsvpsOf(3) },
    // Of their own: others ask for the feed that all know, and the ten calendars of its truck fill up.
    createCalendarFeed: { trk: [otherTruck.id] },
    deleteCalendarFeed: { trk: [otherTruck.id] },
    deleteCalendarImport: { cim: [doomedImport] },
    deleteVenue: { ven: [venue.id, doomedVenue.id] },
    deletePerformer: { prf: [unusedPerformerId] },
    deleteEvent: { evt: [kept.event.id, doomedEvent.id] },
    deleteSession: { ses: [kept.session.id, doomedSession.id] },
  };
  const idsIn =
    (from: Record<string, readonly string[]>): Ids =>
    (prefix) => [...(from[prefix] ?? known[prefix] ?? []), missingId(prefix)];

  return {
    tokens: {
      nobody: undefined,
      admin: await tokenOf(freshName('admin'), { roles: ['admin'] }),
      owner: client.token,
      manager: await tokenOf(manager),
      staff: await tokenOf(staff),
      inTwo: await tokenOf(inTwo),
      stranger: await tokenOf(freshName('stranger')),
      expired: await tokenOf(organizer.subject, { expiresInSeconds: -60 }),
    },
    ids: idsIn({}),
    idsFor: (operation) => idsIn(forOperation[operation] ?? {}),
    subjectsFor: (operation) => [
      ...(operation === 'removeMember' ? [leaving] : [staff, manager]),
      'auth0|nobody',
    ],
  };
};
