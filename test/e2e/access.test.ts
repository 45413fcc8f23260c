import { generateKeyPair, SignJWT } from 'jose';
import { beforeAll, describe, expect, inject, test } from 'vitest';
import type { ProblemDocument } from '../../functions/platform/client.ts';
import type { RouteDefinition } from '../../functions/platform/route.ts';
import { routes } from '../../functions/routes.ts';
import { briefBody } from '../support/brief-body.ts';
import { quoteBody } from '../support/quote-body.ts';
import { truckBody } from '../support/truck-body.ts';
import { anybody, type Client, clientWith, type Operation, type Request, signIn, tokenOf } from './client.ts';
import {
  buyTicket,
  calendarBody,
  endsAt,
  euros,
  feedTokenIn,
  freshName,
  type LeadStage,
  newEvent,
  newLead,
  newOrganizer,
  newSession,
  newTruck,
  newVenue,
  type OnSale,
  type Organizer,
  putOnSale,
  smallHall,
  smallHallTicketTypes,
  startsAt,
  tinyPng,
  uploadAs,
  venueBody,
} from './scenario.ts';
import { waitFor } from './wait-for.ts';

/** What exists before each case: an organization with something on sale, and drafts made on demand. */
interface World {
  readonly organizer: Organizer;
  readonly organizationId: string;
  readonly sale: OnSale;
  newVenueId(): Promise<string>;
  newPerformerId(): Promise<string>;
  newDraftEventId(): Promise<string>;
  newDraftSessionId(): Promise<string>;
  newCancelledSessionId(): Promise<string>;
  newMember(): Promise<string>;
  newHoldId(): Promise<string>;
  newPromoCode(): Promise<{ eventId: string; code: string }>;
  newOrderId(): Promise<string>;
  /** Its money is captured. */
  newPaidOrderId(): Promise<string>;
  newTicketId(): Promise<string>;
  newDraftTruckId(): Promise<string>;
  /** Its papers wait for an admin. */
  newSubmittedTruckId(): Promise<string>;
  newBlackout(): Promise<{ truckId: string; blackoutId: string }>;
  newCalendarFeed(): Promise<{ truckId: string; feedToken: string }>;
  newCalendarImport(): Promise<{ truckId: string; importId: string }>;
  /** Everybody sees it. */
  readonly listedTruckId: string;
  newBriefId(): Promise<string>;
  /** About a truck of the same organization, which so has both sides. */
  newLeadId(until?: LeadStage): Promise<string>;
  newMessage(): Promise<{ leadId: string; messageId: string }>;
  /** A yes that waits for the organizer. */
  newRsvpId(): Promise<string>;
}

/** How an allowed caller uses a route, and the status that means that it worked. */
interface Case<O extends Operation> {
  readonly status: number;
  readonly request: (world: World) => Promise<Request<O>>;
}

const performer = { name: 'Jessye Norman' };
const orderBody = {
  customer: { name: 'Ana Pop', email: 'ana@example.com' },
  payment: { provider: 'test' },
} as const;
const blackoutBody = { from: '2027-12-24T00:00:00Z', to: '2027-12-27T00:00:00Z' };
const rsvpBody = () =>
  ({ answer: 'yes', name: 'Ana Pop', email: `${freshName('ana')}@example.com` }) as const;
const session = { startsAt, endsAt, ticketTypes: smallHallTicketTypes };

/**
 * One case for every route of the table. A route that is added needs one too: this object is typed by the
 * table, and a test below compares both.
 */
const cases: { readonly [O in Operation]: Case<O> } = {
  getHealth: { status: 200, request: async () => ({}) },
  getOpenApi: { status: 200, request: async () => ({}) },

  createOrganization: { status: 201, request: async () => ({ body: { name: 'New', kind: 'organizer' } }) },
  listOrganizations: { status: 200, request: async () => ({}) },
  getMe: { status: 200, request: async () => ({}) },
  getOrganization: {
    status: 200,
    request: async ({ organizationId }) => ({ params: { organizationId } }),
  },
  updateOrganization: {
    status: 200,
    request: async ({ organizationId }) => ({
      params: { organizationId },
      ifMatch: '"r1"',
      body: { name: 'Renamed' },
    }),
  },
  addMember: {
    status: 201,
    request: async ({ organizationId }) => ({
      params: { organizationId },
      body: { subject: freshName('staff'), role: 'staff' },
    }),
  },
  listMembers: { status: 200, request: async ({ organizationId }) => ({ params: { organizationId } }) },
  getMember: {
    status: 200,
    request: async ({ organizationId, newMember }) => ({
      params: { organizationId, subject: await newMember() },
    }),
  },
  updateMember: {
    status: 200,
    request: async ({ organizationId, newMember }) => ({
      params: { organizationId, subject: await newMember() },
      ifMatch: '"r1"',
      body: { role: 'manager' },
    }),
  },
  removeMember: {
    status: 204,
    request: async ({ organizationId, newMember }) => ({
      params: { organizationId, subject: await newMember() },
    }),
  },

  createVenue: {
    status: 201,
    request: async ({ organizationId }) => ({ body: { ...venueBody, organizationId } }),
  },
  getVenue: {
    status: 200,
    request: async ({ newVenueId }) => ({ params: { venueId: await newVenueId() } }),
  },
  listVenues: { status: 200, request: async ({ organizationId }) => ({ query: { organizationId } }) },
  updateVenue: {
    status: 200,
    request: async ({ newVenueId }) => ({
      params: { venueId: await newVenueId() },
      ifMatch: '"r1"',
      body: { name: 'Renamed' },
    }),
  },
  deleteVenue: {
    status: 204,
    request: async ({ newVenueId }) => ({ params: { venueId: await newVenueId() } }),
  },
  importSeatingPlan: {
    status: 200,
    request: async ({ newVenueId }) => ({ params: { venueId: await newVenueId() }, body: smallHall }),
  },
  createUpload: {
    status: 201,
    request: async ({ organizationId }) => ({
      body: { kind: 'seating-plan', contentType: 'application/json', bytes: 1_000, organizationId },
    }),
  },

  createPerformer: {
    status: 201,
    request: async ({ organizationId }) => ({ body: { ...performer, organizationId } }),
  },
  getPerformer: {
    status: 200,
    request: async ({ newPerformerId }) => ({ params: { performerId: await newPerformerId() } }),
  },
  listPerformers: { status: 200, request: async ({ organizationId }) => ({ query: { organizationId } }) },
  updatePerformer: {
    status: 200,
    request: async ({ newPerformerId }) => ({
      params: { performerId: await newPerformerId() },
      ifMatch: '"r1"',
      body: { description: 'Soprano' },
    }),
  },
  deletePerformer: {
    status: 204,
    request: async ({ newPerformerId }) => ({ params: { performerId: await newPerformerId() } }),
  },

  createEvent: {
    status: 201,
    request: async ({ organizationId, sale }) => ({
      body: { name: 'Recital', category: 'concert', venueId: sale.venueId, organizationId },
    }),
  },
  getEvent: {
    status: 200,
    request: async ({ newDraftEventId }) => ({ params: { eventId: await newDraftEventId() } }),
  },
  listEvents: { status: 200, request: async ({ organizationId }) => ({ query: { organizationId } }) },
  updateEvent: {
    status: 200,
    request: async ({ newDraftEventId }) => ({
      params: { eventId: await newDraftEventId() },
      ifMatch: '"r1"',
      body: { name: 'Renamed' },
    }),
  },
  deleteEvent: {
    status: 204,
    request: async ({ newDraftEventId }) => ({ params: { eventId: await newDraftEventId() } }),
  },
  publishEvent: {
    status: 202,
    request: async ({ organizer, newDraftEventId }) => {
      const eventId = await newDraftEventId();
      await newSession(organizer, eventId, { ticketTypes: smallHallTicketTypes });
      return { params: { eventId } };
    },
  },
  cancelEvent: {
    status: 200,
    request: async ({ newDraftEventId }) => ({ params: { eventId: await newDraftEventId() } }),
  },
  createSession: {
    status: 201,
    request: async ({ newDraftEventId }) => ({
      params: { eventId: await newDraftEventId() },
      body: session,
    }),
  },
  getSession: {
    status: 200,
    request: async ({ newDraftSessionId }) => ({ params: { sessionId: await newDraftSessionId() } }),
  },
  updateSession: {
    status: 200,
    request: async ({ newDraftSessionId }) => ({
      params: { sessionId: await newDraftSessionId() },
      ifMatch: '"r1"',
      body: { holdSeconds: 300 },
    }),
  },
  deleteSession: {
    status: 204,
    request: async ({ newDraftSessionId }) => ({ params: { sessionId: await newDraftSessionId() } }),
  },
  cancelSession: {
    status: 200,
    request: async ({ newDraftSessionId }) => ({ params: { sessionId: await newDraftSessionId() } }),
  },

  createHold: {
    status: 201,
    request: async ({ sale }) => ({
      params: { sessionId: sale.sessionId },
      body: { ticketTypeId: sale.session.ticketTypes[0]?.id ?? '', quantity: 1 },
    }),
  },
  getHold: { status: 200, request: async ({ newHoldId }) => ({ params: { holdId: await newHoldId() } }) },
  extendHold: {
    status: 200,
    request: async ({ newHoldId }) => ({ params: { holdId: await newHoldId() }, body: {} }),
  },
  cancelHold: { status: 204, request: async ({ newHoldId }) => ({ params: { holdId: await newHoldId() } }) },
  getTicket: {
    status: 200,
    request: async ({ newTicketId }) => ({ params: { ticketId: await newTicketId() } }),
  },
  getTicketQrSvg: {
    status: 200,
    request: async ({ newTicketId }) => ({ params: { ticketId: await newTicketId() } }),
  },
  getTicketQrPng: {
    status: 200,
    request: async ({ newTicketId }) => ({ params: { ticketId: await newTicketId() } }),
  },
  getTicketPdf: {
    status: 200,
    request: async ({ newTicketId }) => ({ params: { ticketId: await newTicketId() } }),
  },
  getTicketCalendar: {
    status: 200,
    request: async ({ newTicketId }) => ({ params: { ticketId: await newTicketId() } }),
  },
  getTicketKeys: { status: 200, request: async () => ({}) },
  transferTicket: {
    status: 201,
    request: async ({ newTicketId }) => ({
      params: { ticketId: await newTicketId() },
      body: { email: 'ana@example.com', name: 'Ana Ionescu' },
    }),
  },
  checkIn: {
    status: 200,
    request: async ({ newDraftSessionId }) => ({
      params: { sessionId: await newDraftSessionId() },
      body: { code: 'of no ticket', nonce: freshName('scan') },
    }),
  },
  uploadScans: {
    status: 200,
    request: async ({ newDraftSessionId }) => ({
      params: { sessionId: await newDraftSessionId() },
      body: {
        scans: [{ code: 'of no ticket', nonce: freshName('scan'), at: startsAt, device: 'scanner' }],
      },
    }),
  },
  getManifest: {
    status: 200,
    request: async ({ newDraftSessionId }) => ({ params: { sessionId: await newDraftSessionId() } }),
  },
  listConflicts: {
    status: 200,
    request: async ({ newDraftSessionId }) => ({ params: { sessionId: await newDraftSessionId() } }),
  },
  getCheckInSummary: {
    status: 200,
    request: async ({ newDraftSessionId }) => ({ params: { sessionId: await newDraftSessionId() } }),
  },

  getSeats: { status: 200, request: async ({ sale }) => ({ params: { sessionId: sale.sessionId } }) },
  getPlan: { status: 200, request: async ({ sale }) => ({ params: { sessionId: sale.sessionId } }) },

  createOrder: {
    status: 201,
    request: async ({ newHoldId }) => ({ body: { ...orderBody, holdIds: [await newHoldId()] } }),
  },
  getOrder: { status: 200, request: async ({ newOrderId }) => ({ params: { orderId: await newOrderId() } }) },
  getTestPayment: {
    status: 200,
    request: async ({ newOrderId }) => ({ params: { orderId: await newOrderId() } }),
  },
  payOrder: {
    status: 202,
    request: async ({ newOrderId }) => ({
      params: { orderId: await newOrderId() },
      body: { method: 'card_ok' },
    }),
  },
  createPromoCode: {
    status: 201,
    request: async ({ newDraftEventId }) => ({
      params: { eventId: await newDraftEventId() },
      body: { code: 'EARLY10', discount: { basisPoints: 1_000 } },
    }),
  },
  listPromoCodes: {
    status: 200,
    request: async ({ newDraftEventId }) => ({ params: { eventId: await newDraftEventId() } }),
  },
  updatePromoCode: {
    status: 200,
    request: async ({ newPromoCode }) => ({
      params: await newPromoCode(),
      ifMatch: '"r1"',
      body: { isActive: false },
    }),
  },
  getPromoCode: { status: 200, request: async ({ newPromoCode }) => ({ params: await newPromoCode() }) },
  // Nobody but Stripe can sign; and where it is not offered, there is nothing to tell it of.
  receiveStripeWebhook: {
    status: inject('stripePort') === undefined ? 404 : 400,
    request: async () => ({}),
  },
  listOrders: {
    status: 200,
    request: async ({ newDraftSessionId }) => ({ params: { sessionId: await newDraftSessionId() } }),
  },
  exportOrders: {
    status: 200,
    request: async ({ newDraftSessionId }) => ({ params: { sessionId: await newDraftSessionId() } }),
  },
  getCancellation: {
    status: 200,
    request: async ({ newCancelledSessionId }) => ({ params: { sessionId: await newCancelledSessionId() } }),
  },
  resendOrderMail: {
    status: 202,
    request: async ({ newPaidOrderId }) => ({ params: { orderId: await newPaidOrderId() } }),
  },
  createRefund: {
    status: 201,
    request: async ({ newPaidOrderId }) => ({
      params: { orderId: await newPaidOrderId() },
      body: { reason: 'Ill on the day' },
    }),
  },
  undoOrder: {
    status: 202,
    request: async ({ newPaidOrderId }) => ({ params: { orderId: await newPaidOrderId() }, body: {} }),
  },
  createTruck: {
    status: 201,
    request: async ({ organizationId }) => ({ body: { ...truckBody, organizationId } }),
  },
  getTruck: {
    status: 200,
    request: async ({ newDraftTruckId }) => ({ params: { truckId: await newDraftTruckId() } }),
  },
  listTrucks: { status: 200, request: async ({ organizationId }) => ({ query: { organizationId } }) },
  updateTruck: {
    status: 200,
    request: async ({ newDraftTruckId }) => ({
      params: { truckId: await newDraftTruckId() },
      ifMatch: '"r1"',
      body: { status: 'listed' },
    }),
  },
  putMenu: {
    status: 200,
    request: async ({ newDraftTruckId }) => ({
      params: { truckId: await newDraftTruckId() },
      ifMatch: '"r1"',
      body: { items: [{ name: 'Tacos', price: { amount: 3_200, currency: 'RON' } }] },
    }),
  },
  createPhoto: {
    status: 201,
    request: async ({ organizer, newDraftTruckId }) => ({
      params: { truckId: await newDraftTruckId() },
      body: { uploadId: await uploadAs(organizer, 'truck_photo', 'image/png', tinyPng), alt: 'At dusk' },
    }),
  },
  listPhotos: {
    status: 200,
    request: async ({ newDraftTruckId }) => ({ params: { truckId: await newDraftTruckId() } }),
  },
  arrangePhotos: {
    status: 200,
    request: async ({ newDraftTruckId }) => ({
      params: { truckId: await newDraftTruckId() },
      ifMatch: '"r1"',
      body: { photos: [] },
    }),
  },
  deletePhoto: {
    status: 204,
    request: async ({ newDraftTruckId }) => ({
      params: { truckId: await newDraftTruckId(), photoId: 'pho_zzzzzzzzzzzzzzzzzzzzzzzzzz' },
    }),
  },
  // Whoever knows the id of a picture sees it; that of a truck is in trucks.test.ts.
  getPhoto: {
    status: 404,
    request: async () => ({ params: { photoId: 'pho_zzzzzzzzzzzzzzzzzzzzzzzzzz', size: '320' } }),
  },
  submitVerification: {
    status: 201,
    request: async ({ organizer, newDraftTruckId }) => ({
      params: { truckId: await newDraftTruckId() },
      body: {
        documents: [
          {
            uploadId: await uploadAs(organizer, 'verification_document', 'image/png', tinyPng),
            kind: 'insurance',
          },
        ],
      },
    }),
  },
  getVerification: {
    status: 200,
    request: async ({ newDraftTruckId }) => ({ params: { truckId: await newDraftTruckId() } }),
  },
  decideVerification: {
    status: 200,
    request: async ({ newSubmittedTruckId }) => ({
      params: { truckId: await newSubmittedTruckId() },
      body: { decision: 'verified' },
    }),
  },
  listVerifications: { status: 200, request: async () => ({}) },
  getAvailability: {
    status: 200,
    request: async ({ newDraftTruckId }) => ({
      params: { truckId: await newDraftTruckId() },
      query: blackoutBody,
    }),
  },
  createBlackout: {
    status: 201,
    request: async ({ newDraftTruckId }) => ({
      params: { truckId: await newDraftTruckId() },
      body: blackoutBody,
    }),
  },
  listBlackouts: {
    status: 200,
    request: async ({ newBlackout }) => ({ params: { truckId: (await newBlackout()).truckId } }),
  },
  deleteBlackout: {
    status: 204,
    request: async ({ newBlackout }) => ({ params: await newBlackout() }),
  },
  createBrief: {
    status: 201,
    request: async ({ organizationId }) => ({ body: { ...briefBody, organizationId } }),
  },
  getBrief: { status: 200, request: async ({ newBriefId }) => ({ params: { briefId: await newBriefId() } }) },
  listBriefs: { status: 200, request: async ({ organizationId }) => ({ query: { organizationId } }) },
  updateBrief: {
    status: 200,
    request: async ({ newBriefId }) => ({
      params: { briefId: await newBriefId() },
      ifMatch: '"r1"',
      body: { notes: 'There is power at the gate.' },
    }),
  },
  createLeads: {
    status: 200,
    request: async ({ organizer, newBriefId }) => ({
      params: { briefId: await newBriefId() },
      body: { truckIds: [(await newTruck(organizer)).id] },
    }),
  },
  compareQuotes: {
    status: 200,
    request: async ({ newBriefId }) => ({ params: { briefId: await newBriefId() } }),
  },
  listLeads: {
    status: 200,
    request: async ({ organizationId }) => ({ query: { organizationId, role: 'truck' } }),
  },
  createLead: {
    status: 201,
    request: async ({ organizer, newBriefId }) => ({
      body: { briefId: await newBriefId(), truckId: (await newTruck(organizer)).id },
    }),
  },
  getLead: { status: 200, request: async ({ newLeadId }) => ({ params: { leadId: await newLeadId() } }) },
  extendLeadHold: {
    status: 200,
    request: async ({ newLeadId }) => ({ params: { leadId: await newLeadId() }, body: { minutes: 90 } }),
  },
  createCalendarFeed: {
    status: 201,
    request: async ({ newDraftTruckId }) => ({ params: { truckId: await newDraftTruckId() } }),
  },
  deleteCalendarFeed: {
    status: 204,
    request: async ({ newCalendarFeed }) => ({ params: { truckId: (await newCalendarFeed()).truckId } }),
  },
  getCalendarFeed: {
    status: 200,
    request: async ({ newCalendarFeed }) => ({ params: await newCalendarFeed() }),
  },
  createCalendarImport: {
    status: 202,
    request: async ({ newDraftTruckId }) => ({
      params: { truckId: await newDraftTruckId() },
      body: calendarBody(),
    }),
  },
  listCalendarImports: {
    status: 200,
    request: async ({ newCalendarImport }) => ({ params: { truckId: (await newCalendarImport()).truckId } }),
  },
  getCalendarImport: {
    status: 200,
    request: async ({ newCalendarImport }) => ({ params: await newCalendarImport() }),
  },
  deleteCalendarImport: {
    status: 204,
    request: async ({ newCalendarImport }) => ({ params: await newCalendarImport() }),
  },
  contactLead: {
    status: 200,
    request: async ({ newLeadId }) => ({ params: { leadId: await newLeadId() } }),
  },
  quoteLead: {
    status: 201,
    request: async ({ newLeadId }) => ({
      params: { leadId: await newLeadId('contacted') },
      query: { role: 'truck' },
      body: quoteBody,
    }),
  },
  acceptLead: {
    status: 200,
    request: async ({ newLeadId }) => ({
      params: { leadId: await newLeadId('quoted') },
      query: { role: 'organizer' },
      body: { quoteVersion: 1 },
    }),
  },
  declineLead: {
    status: 200,
    request: async ({ newLeadId }) => ({
      params: { leadId: await newLeadId('quoted') },
      query: { role: 'organizer' },
      body: { reason: 'Too dear' },
    }),
  },
  payDeposit: {
    status: 201,
    request: async ({ newLeadId }) => ({
      params: { leadId: await newLeadId('accepted') },
      body: { payment: { provider: 'test' } },
    }),
  },
  retryDepositRefund: {
    status: 200,
    request: async ({ newLeadId }) => ({ params: { leadId: await newLeadId('cancelled') } }),
  },
  cancelLead: {
    status: 200,
    request: async ({ newLeadId }) => ({
      params: { leadId: await newLeadId('booked') },
      query: { role: 'truck' },
      body: { reason: 'The engine broke' },
    }),
  },
  completeLead: {
    status: 200,
    request: async ({ newLeadId }) => ({
      params: { leadId: await newLeadId('booked') },
      query: { role: 'organizer' },
    }),
  },
  sendMessage: {
    status: 201,
    request: async ({ newLeadId }) => ({
      params: { leadId: await newLeadId() },
      query: { role: 'truck' },
      body: { body: 'Is there power at the square?' },
    }),
  },
  listMessages: {
    status: 200,
    request: async ({ newMessage }) => ({ params: { leadId: (await newMessage()).leadId } }),
  },
  putReadMarker: {
    status: 200,
    request: async ({ newMessage }) => {
      const { leadId, messageId } = await newMessage();
      return { params: { leadId }, query: { role: 'organizer' }, body: { messageId } };
    },
  },
  createReview: {
    status: 201,
    request: async ({ newLeadId }) => ({
      params: { leadId: await newLeadId('completed') },
      query: { role: 'organizer' },
      body: { rating: 5 },
    }),
  },
  listTruckReviews: {
    status: 200,
    request: async ({ newDraftTruckId }) => ({ params: { truckId: await newDraftTruckId() } }),
  },
  cancelOrder: {
    status: 202,
    request: async ({ newOrderId }) => ({ params: { orderId: await newOrderId() } }),
  },

  createRsvp: {
    status: 201,
    request: async ({ sale }) => ({ params: { eventId: sale.eventId }, body: rsvpBody() }),
  },
  getRsvp: { status: 200, request: async ({ newRsvpId }) => ({ params: { rsvpId: await newRsvpId() } }) },
  updateRsvp: {
    status: 200,
    request: async ({ newRsvpId }) => ({
      params: { rsvpId: await newRsvpId() },
      ifMatch: '"r1"',
      body: { answer: 'maybe' },
    }),
  },
  confirmRsvp: {
    status: 200,
    request: async ({ newRsvpId }) => ({ params: { rsvpId: await newRsvpId() } }),
  },
  cancelRsvp: { status: 200, request: async ({ newRsvpId }) => ({ params: { rsvpId: await newRsvpId() } }) },
  listRsvps: {
    status: 200,
    request: async ({ newDraftSessionId }) => ({ params: { sessionId: await newDraftSessionId() } }),
  },
  countRsvps: {
    status: 200,
    request: async ({ newDraftSessionId }) => ({ params: { sessionId: await newDraftSessionId() } }),
  },
  exportRsvps: {
    status: 200,
    request: async ({ newDraftSessionId }) => ({ params: { sessionId: await newDraftSessionId() } }),
  },
};

const operations = Object.keys(routes) as Operation[];
const definitionOf = (operation: Operation): RouteDefinition => routes[operation];

/** Runs a case’s request as somebody; the types of single routes do not matter here. */
const callAs = (client: Client, operation: Operation, request: object) =>
  client.call(operation as 'getHealth', request as Request<'getHealth'>);

const okAs = async (client: Client, operation: Operation, request: object): Promise<unknown> => {
  const answer = await callAs(client, operation, request);
  const { status } = cases[operation];
  if (!answer.ok && answer.problem.status === status) return undefined;
  expect(answer.ok ? answer.status : answer.problem).toBe(status);
  return answer.ok ? answer.body : undefined;
};

const problemAs = async (client: Client, operation: Operation, request: object): Promise<ProblemDocument> => {
  const answer = await callAs(client, operation, request);
  if (answer.ok) throw new Error(`${operation} should be refused, but answered ${answer.status}`);
  return answer.problem;
};

/** A problem without what differs from one request to the next. */
const said = ({ instance: _, requestId: __, ...rest }: ProblemDocument) => rest;

/** The same request about a thing that does not exist. */
const aboutNothing = (operation: Operation, request: object): object => {
  const { access } = definitionOf(operation);
  if (access.kind !== 'policy') throw new Error(`${operation} is about no thing`);
  const [part = '', name = ''] = access.resource.from.split('.');
  const given = request as Record<string, Record<string, string> | undefined>;
  const id = given[part]?.[name] ?? '';
  return { ...given, [part]: { ...given[part], [name]: id.replace(/_.*/, '_00000000000000000000000000') } };
};

/** The claims of a real token under a signature of another key, with the real key’s name. */
const forge = async (token: string): Promise<string> => {
  const [header = '', claims = ''] = token
    .split('.')
    .map((part) => Buffer.from(part, 'base64url').toString());
  const { privateKey } = await generateKeyPair('RS256');
  return new SignJWT(JSON.parse(claims) as Record<string, string>)
    .setProtectedHeader(JSON.parse(header) as { alg: string })
    .sign(privateKey);
};

/** Claims that nobody signed. */
const unsigned = (token: string): string =>
  `${Buffer.from('{"alg":"none","typ":"JWT"}').toString('base64url')}.${token.split('.')[1]}.`;

let world: World;
let admin: Client;
let stranger: Client;
let staff: Client;
let badTokens: readonly (readonly [string, Client])[];

beforeAll(async () => {
  // As many places as all cases together buy and hold.
  const sale = await putOnSale({
    ticketTypes: [
      { name: 'Pit', price: euros(20), quantity: 5_000 },
      { name: 'Guests', price: euros(0), quantity: 100 },
    ],
    rsvp: { ticketType: 'Guests', approval: 'organizer' },
  });
  const { organizer } = sale;
  const { client, organizationId } = organizer;
  world = {
    organizer,
    organizationId,
    sale,
    newVenueId: async () => (await newVenue(organizer)).id,
    newPerformerId: async () =>
      (await client.ok(201, 'createPerformer', { body: { ...performer, organizationId } })).body.id,
    newDraftEventId: async () => (await newEvent(organizer, sale.venueId)).id,
    newDraftSessionId: async () => {
      const { id } = await newEvent(organizer, sale.venueId);
      return (await newSession(organizer, id, { ticketTypes: smallHallTicketTypes })).id;
    },
    newCancelledSessionId: async () => {
      const sessionId = await world.newDraftSessionId();
      await client.ok(200, 'cancelSession', { params: { sessionId } });
      return sessionId;
    },
    newMember: async () => {
      const subject = freshName('staff');
      await client.ok(201, 'addMember', { params: { organizationId }, body: { subject, role: 'staff' } });
      return subject;
    },
    newHoldId: async () =>
      (
        await anybody().ok(201, 'createHold', {
          params: { sessionId: sale.sessionId },
          body: { ticketTypeId: sale.session.ticketTypes[0]?.id ?? '', quantity: 1 },
        })
      ).body.id,
    newPromoCode: async () => {
      const params = { eventId: await world.newDraftEventId() };
      const body = { code: 'EARLY10', discount: { basisPoints: 1_000 } };
      await organizer.client.ok(201, 'createPromoCode', { params, body });
      return { ...params, code: body.code };
    },
    newOrderId: async () =>
      (
        await anybody().ok(201, 'createOrder', {
          body: { ...orderBody, holdIds: [await world.newHoldId()] },
        })
      ).body.id,
    newPaidOrderId: async () => {
      const params = { orderId: await world.newOrderId() };
      await anybody().ok(202, 'payOrder', { params, body: { method: 'card_ok' } });
      await waitFor('the order is captured', async () => {
        const { body } = await anybody().ok(200, 'getOrder', { params });
        return body.payment?.status === 'captured' ? body : undefined;
      });
      return params.orderId;
    },
    newTicketId: () => buyTicket(sale),
    newDraftTruckId: async () =>
      (await client.ok(201, 'createTruck', { body: { ...truckBody, organizationId } })).body.id,
    newSubmittedTruckId: async () => {
      const { params, body } = await cases.submitVerification.request(world);
      await client.ok(201, 'submitVerification', { params, body });
      return params.truckId;
    },
    newBlackout: async () => {
      const truckId = await world.newDraftTruckId();
      const made = await client.ok(201, 'createBlackout', { params: { truckId }, body: blackoutBody });
      return { truckId, blackoutId: made.body.id };
    },
    newCalendarFeed: async () => {
      const truckId = await world.newDraftTruckId();
      const made = await client.ok(201, 'createCalendarFeed', { params: { truckId } });
      return { truckId, feedToken: feedTokenIn(made.body.path) };
    },
    newCalendarImport: async () => {
      const truckId = await world.newDraftTruckId();
      const made = await client.ok(202, 'createCalendarImport', {
        params: { truckId },
        body: calendarBody(),
      });
      return { truckId, importId: made.body.id };
    },
    listedTruckId: (await newTruck(organizer)).id,
    newBriefId: async () =>
      (await client.ok(201, 'createBrief', { body: { ...briefBody, organizationId } })).body.id,
    newLeadId: async (until) => {
      const { id: truckId } = await newTruck(organizer);
      return newLead({ organizer, briefId: await world.newBriefId(), truck: organizer, truckId }, until);
    },
    newMessage: async () => {
      const leadId = await world.newLeadId();
      const sent = { params: { leadId }, query: { role: 'truck' }, body: { body: 'Good morning' } } as const;
      return { leadId, messageId: (await client.ok(201, 'sendMessage', sent)).body.id };
    },
    newRsvpId: async () =>
      (await anybody().ok(201, 'createRsvp', { params: { eventId: sale.eventId }, body: rsvpBody() })).body
        .id,
  };
  // A stranger is no nobody: they have an organization of their own, with the same role in it.
  stranger = (await newOrganizer()).client;
  admin = await signIn(freshName('admin'), { roles: ['admin'] });
  staff = await signIn(await world.newMember());
  const valid = await tokenOf(organizer.subject);
  badTokens = [
    ['forged', clientWith(await forge(valid))],
    ['unsigned', clientWith(unsigned(valid))],
    ['expired', clientWith(await tokenOf(organizer.subject, { expiresInSeconds: -3_600 }))],
    ['no token at all', clientWith('42')],
  ];
});

test('every route of the table has a case here, and no other has', () => {
  expect(Object.keys(cases).toSorted()).toEqual(operations.toSorted());
});

const refusesBadTokens = async (operation: Operation, request: object): Promise<void> => {
  for (const [what, client] of badTokens) {
    const problem = await problemAs(client, operation, request);
    expect([what, problem.status, problem.code]).toEqual([what, 401, 'UNAUTHENTICATED']);
  }
};

/** What operators of the platform alone do: to all others, owners too, it is forbidden. */
const adminsOnly: ReadonlySet<Operation> = new Set(['decideVerification', 'listVerifications']);

const reads = new Set(['GET']);
/** What staff do not read though their organization has it: what codes there are is for those who sell, and orders, answers, leads and papers name people. */
const notForStaff: ReadonlySet<Operation> = new Set([
  'listPromoCodes',
  'listOrders',
  'exportOrders',
  'getCancellation',
  'listRsvps',
  'countRsvps',
  'exportRsvps',
  'getBrief',
  'listBriefs',
  'compareQuotes',
  'getLead',
  'listLeads',
  'getVerification',
  'listMessages',
]);
/** What staff do besides reading. */
const staffMay: ReadonlySet<Operation> = new Set(['checkIn', 'uploadScans']);
const isForStaff = (operation: Operation): boolean =>
  staffMay.has(operation) || (reads.has(definitionOf(operation).method) && !notForStaff.has(operation));

const withAccess = (kind: RouteDefinition['access']['kind']) =>
  operations.filter((operation) => definitionOf(operation).access.kind === kind);

describe('whoever calls a public route is answered, and no token is looked at:', () => {
  test.for(withAccess('public'))('%s', async (operation) => {
    for (const client of [anybody(), stranger, ...badTokens.map(([, bad]) => bad)]) {
      await okAs(client, operation, await cases[operation].request(world));
    }
  });
});

describe('anybody may call, but a token that is sent must be valid:', () => {
  test.for(withAccess('optionalCaller'))('%s', async (operation) => {
    const request = await cases[operation].request(world);
    await refusesBadTokens(operation, request);
    await okAs(anybody(), operation, request);
    await okAs(stranger, operation, await cases[operation].request(world));
  });
});

describe('whoever has a valid token may call, and sees only what is theirs:', () => {
  test.for(withAccess('signedIn'))('%s', async (operation) => {
    const request = await cases[operation].request(world);
    expect(await problemAs(anybody(), operation, request)).toMatchObject({ status: 401 });
    await refusesBadTokens(operation, request);
    if (adminsOnly.has(operation)) {
      for (const client of [stranger, world.organizer.client])
        expect(await problemAs(client, operation, request)).toMatchObject({ status: 403, code: 'FORBIDDEN' });
      await okAs(admin, operation, request);
      return;
    }
    const seen = await okAs(stranger, operation, request);
    expect(JSON.stringify(seen)).not.toContain(world.organizationId);
    await okAs(world.organizer.client, operation, await cases[operation].request(world));
  });
});

describe('a policy decides:', () => {
  test.for(withAccess('policy'))('%s', async (operation) => {
    const { access } = definitionOf(operation);
    if (access.kind !== 'policy') throw new Error('not about a thing');
    const request = await cases[operation].request(world);

    const withoutToken = await problemAs(anybody(), operation, request);
    // What may be public is not found by who may not see it; all else wants to know first who asks.
    expect(withoutToken).toMatchObject(
      access.publicWhenVisible
        ? { status: 404, code: 'NOT_FOUND' }
        : { status: 401, code: 'UNAUTHENTICATED' },
    );
    await refusesBadTokens(operation, request);

    // A member of another organization cannot tell the thing from one that does not exist.
    const refused = await problemAs(stranger, operation, request);
    expect(refused).toMatchObject({ status: 404, code: 'NOT_FOUND' });
    const missing = await problemAs(stranger, operation, aboutNothing(operation, request));
    expect(said(refused)).toEqual(said(missing));

    // Staff read what their organization has, let people in, and change nothing.
    if (isForStaff(operation)) await okAs(staff, operation, request);
    else expect(await problemAs(staff, operation, request)).toMatchObject({ status: 403, code: 'FORBIDDEN' });

    // And none of them changed anything: the very same request still works.
    const owner = world.organizer.client;
    if (adminsOnly.has(operation))
      expect(await problemAs(owner, operation, request)).toMatchObject({ status: 403, code: 'FORBIDDEN' });
    await okAs(adminsOnly.has(operation) ? admin : owner, operation, request);
  });
});

const isAboutPublicThings = ({ access }: RouteDefinition): boolean =>
  access.kind === 'policy' && ['event', 'session', 'truck'].includes(access.resource.kind);

/** The same path of something that everybody sees. */
const publicParams = (given: object): Record<string, string> => {
  const { eventId, sessionId } = world.sale;
  const things = { eventId, sessionId, truckId: world.listedTruckId };
  return Object.fromEntries(
    Object.entries({ ...given }).map(([name, value]) => [name, things[name as keyof typeof things] ?? value]),
  );
};

describe('of what is public a stranger knows, and may not change it:', () => {
  test.for(
    operations.filter(
      (operation) =>
        isAboutPublicThings(definitionOf(operation)) && !reads.has(definitionOf(operation).method),
    ),
  )('%s', async (operation) => {
    const request = await cases[operation].request(world);
    const params = publicParams((request as { readonly params: object }).params);
    const refused = await problemAs(stranger, operation, { ...request, params });
    expect(refused).toMatchObject({ status: 403, code: 'FORBIDDEN' });
  });

  test.for(
    operations.filter((operation) => {
      const { access } = definitionOf(operation);
      return access.kind === 'policy' && access.publicWhenVisible;
    }),
  )('%s is read by all', async (operation) => {
    const given = await cases[operation].request(world);
    const request = { ...given, params: publicParams((given as { readonly params: object }).params) };
    for (const client of [anybody(), stranger]) await okAs(client, operation, request);
    await refusesBadTokens(operation, request);
  });
});

test('an operator of the platform may do what an owner may', async () => {
  await okAs(admin, 'getVenue', await cases.getVenue.request(world));
  await okAs(admin, 'updateVenue', await cases.updateVenue.request(world));
  const { organizationId } = world;
  await admin.ok(201, 'createPerformer', { body: { ...performer, organizationId } });
});
