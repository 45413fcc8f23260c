/**
 * The one catalogue of problem codes. A code is stable: clients branch on it. `status` is the HTTP
 * status it is answered with, `title` the short summary (RFC 9457 `title`), `whatToDo` what a client
 * does about it; docs/reference/errors.md is generated from here.
 */
interface ProblemDefinition {
  readonly status: number;
  readonly title: string;
  readonly whatToDo: string;
}

export const problemCatalogue = {
  // General: any route can answer these.
  FORBIDDEN: {
    status: 403,
    title: 'Not allowed',
    whatToDo: 'Ask an owner of the organization for a role that may do this.',
  },
  IDEMPOTENCY_KEY_REQUIRED: {
    status: 400,
    title: 'An Idempotency-Key header is required',
    whatToDo:
      'Send a fresh random key (a UUID will do) with each new thing; send the same key when you retry.',
  },
  IDEMPOTENCY_KEY_REUSED: {
    status: 422,
    title: 'This Idempotency-Key was used with another request',
    whatToDo: 'Use a new key for a new request; repeat a request with exactly the same body.',
  },
  INTERNAL_ERROR: {
    status: 500,
    title: 'Something broke on our side',
    whatToDo: 'Retry with the same Idempotency-Key; if it stays, report the requestId.',
  },
  INVALID_REQUEST: {
    status: 400,
    title: 'The request cannot be read',
    whatToDo: 'Mend the syntax that `detail` names (JSON, a header, the encoding) and send it again.',
  },
  METHOD_NOT_ALLOWED: {
    status: 405,
    title: 'This path does not take that method',
    whatToDo: 'Use one of the methods in the Allow header.',
  },
  NOT_FOUND: {
    status: 404,
    title: 'There is no such thing',
    whatToDo: 'Check the id and the path. Things of other organizations look like missing ones.',
  },
  ORGANIZATION_REQUIRED: {
    status: 422,
    title: 'Say which organization',
    whatToDo: 'You belong to several organizations: send `organizationId`.',
  },
  PAYLOAD_TOO_LARGE: {
    status: 413,
    title: 'The request body is too large',
    whatToDo: 'Stay under the limit that `detail` names; large seating plans go through POST /uploads.',
  },
  PRECONDITION_FAILED: {
    status: 412,
    title: 'It has changed since you read it',
    whatToDo: 'Read it again, apply your change to what is there now, and send the new ETag in If-Match.',
  },
  PRECONDITION_REQUIRED: {
    status: 428,
    title: 'An If-Match header is required',
    whatToDo: 'Read the thing first and send its ETag in If-Match, so that nobody’s change is overwritten.',
  },
  SERVICE_UNAVAILABLE: {
    status: 503,
    title: 'Too busy just now',
    whatToDo: 'Wait for Retry-After seconds and retry with the same Idempotency-Key.',
  },
  TOO_MANY_REQUESTS: {
    status: 429,
    title: 'Too many requests',
    whatToDo: 'Wait for Retry-After seconds and slow down.',
  },
  UNAUTHENTICATED: {
    status: 401,
    title: 'A valid access token is required',
    whatToDo: 'Get a token from the issuer and send it as `Authorization: Bearer …`.',
  },
  UNSUPPORTED_MEDIA_TYPE: {
    status: 415,
    title: 'This media type is not understood',
    whatToDo: 'Send JSON with `Content-Type: application/json`.',
  },
  VALIDATION_FAILED: {
    status: 422,
    title: 'The request breaks the rules of this route',
    whatToDo: 'Mend each place that `errors` points to.',
  },

  // Identity
  ALREADY_A_MEMBER: {
    status: 409,
    title: 'That subject is a member already',
    whatToDo: 'Change the membership with PATCH instead.',
  },
  LAST_OWNER: {
    status: 409,
    title: 'An organization keeps at least one owner',
    whatToDo: 'Make somebody else an owner first.',
  },

  // Catalog
  IN_USE: {
    status: 409,
    title: 'Something else still uses it',
    whatToDo: 'Delete or change what uses it first; `detail` says what that is.',
  },
  NOT_PUBLISHABLE: {
    status: 422,
    title: 'The event cannot be published as it is',
    whatToDo: 'Mend each place that `errors` points to, then publish again.',
  },
  PLAN_REFUSED: {
    status: 422,
    title: 'The seating plan is not valid',
    whatToDo: 'Mend each place that `errors` points to in the plan; nothing of it was imported.',
  },
  TRANSITION_NOT_ALLOWED: {
    status: 409,
    title: 'It is not in a state that allows this',
    whatToDo: '`currentStatus` says what it is, `allowed` what can be done now.',
  },
  UPLOAD_NOT_FOUND: {
    status: 422,
    title: 'Nothing that fits was uploaded under that id',
    whatToDo:
      'PUT the file to the presigned URL first; an upload is kept for a day, and serves what its `kind` says. Of several, `uploadIds` names those that are missing.',
  },

  // Ticketing
  EXTENSION_LIMIT: {
    status: 409,
    title: 'The hold cannot be extended that far',
    whatToDo: 'Pay now, or let it lapse and hold again; `latest` is the last instant it can reach.',
  },
  HOLD_EXPIRED: {
    status: 409,
    title: 'The hold has expired',
    whatToDo: 'Hold places again; the old ones may still be free.',
  },
  HOLD_LIMIT_REACHED: {
    status: 409,
    title: 'Too many live holds for one customer',
    whatToDo: 'Finish or cancel a hold first; `limit` is set by the organizer.',
  },
  HOLD_NOT_ACTIVE: {
    status: 409,
    title: 'The hold is no longer active',
    whatToDo: '`currentStatus` says what became of it.',
  },
  NOT_ADJACENT: {
    status: 409,
    title: 'There are no such places side by side',
    whatToDo: 'Ask for fewer, or without `adjacent`.',
  },
  PLACES_TAKEN: {
    status: 409,
    title: 'Some of the places are taken',
    whatToDo: '`places` names them; choose others. Nothing was held.',
  },
  SESSION_NOT_ON_SALE: {
    status: 409,
    title: 'The session is not on sale',
    whatToDo: '`currentStatus` says why: not published yet, cancelled or over.',
  },
  SOLD_OUT: {
    status: 409,
    title: 'Not enough places are left',
    whatToDo: 'Ask for fewer or for another ticket type; held places may come back.',
  },
  TICKET_TYPE_NOT_ON_SALE: {
    status: 409,
    title: 'The ticket type is not on sale now',
    whatToDo: '`ticketTypes` says from when and until when each is; choose another, or come in its time.',
  },

  // Prices
  PROMO_CODE_EXISTS: {
    status: 409,
    title: 'The event has a promo code of that name',
    whatToDo: 'Choose another name, or change the one there is with PATCH.',
  },
  PROMO_CODE_REFUSED: {
    status: 409,
    title: 'The promo code gives nothing here',
    whatToDo: '`reason` says why; order without it, or with another.',
  },

  // Payments
  WEBHOOK_SIGNATURE_INVALID: {
    status: 400,
    title: 'The signature of the webhook does not fit its body',
    whatToDo:
      'Send the bytes that were signed, with their signature header, within five minutes, signed with a secret of this endpoint.',
  },

  // Orders
  MAIL_LIMIT_REACHED: {
    status: 409,
    title: 'The mail of this order was sent again often enough',
    whatToDo: 'Look whether the address is right; `limit` says how often it may be sent again.',
  },
  NO_MAIL_TO_SEND: {
    status: 409,
    title: 'The order has no tickets to send',
    whatToDo: 'Only a confirmed order with valid tickets has; `currentStatus` says what this one is.',
  },
  NOTHING_TO_REFUND: {
    status: 409,
    title: 'Nothing is left to refund',
    whatToDo: 'Look at the refunds: tickets have ended, or what was due was given back.',
  },
  ORDER_TOO_LARGE: {
    status: 422,
    title: 'The order is too large to be confirmed at once',
    whatToDo: 'Order fewer places at once; nothing was ordered, and the holds stand.',
  },
  PAYMENT_NOT_SETTLED: {
    status: 409,
    title: 'The money of the order is not captured yet',
    whatToDo: 'Wait for Retry-After seconds and retry with the same Idempotency-Key.',
  },
  TEST_PAYMENTS_ONLY: {
    status: 409,
    title: 'Only orders of the test provider are paid here',
    whatToDo: 'Pay with the client secret at the order’s own provider.',
  },

  // RSVPs
  RSVP_CLOSED: {
    status: 409,
    title: 'Answers are no longer taken',
    whatToDo: 'Ask the organizer.',
  },
  RSVP_EXISTS: {
    status: 409,
    title: 'This e-mail address has answered',
    whatToDo: 'Change that answer with PATCH /rsvps/{id}; its id is in the mail about it.',
  },
  TICKET_USED: {
    status: 409,
    title: 'Somebody came in with a ticket that would end',
    whatToDo: '`ticketIds` names them; keep as many places, or ask the organizer.',
  },

  // Admission
  CHECK_IN_CLOSED: {
    status: 409,
    title: 'The session is over: nobody is let in any more',
    whatToDo:
      'Upload what was scanned before its end as a batch; the organizer may move the end with PATCH /sessions/{id}.',
  },
  TICKET_NOT_TRANSFERABLE: {
    status: 409,
    title: 'The ticket stays with its holder',
    whatToDo: '`currentStatus` says why: it was used, refunded or cancelled, or its session is over.',
  },
  TRANSFER_LIMIT_REACHED: {
    status: 409,
    title: 'The ticket has changed hands often enough',
    whatToDo: 'Ask the organizer; `limit` says how often a ticket may be transferred.',
  },
  // Marketplace
  CALENDAR_FULL: {
    status: 409,
    title: 'The calendar takes no more entries in that month',
    whatToDo:
      'Take blackouts away, or make one of many that touch; a recurring one is a setting of the truck.',
  },
  BRIEF_FULL: {
    status: 409,
    title: 'The brief has led to as many leads as one may',
    whatToDo: 'Compare their quotes; `limit` says how many leads a brief has.',
  },
  DEPOSIT_OVERDUE: {
    status: 409,
    title: 'The time to pay the deposit is over',
    whatToDo: 'Ask the truck anew; it was due before `depositBy`.',
  },
  EVENT_NOT_OVER: {
    status: 409,
    title: 'The event is not over',
    whatToDo: 'Come back after `endsAt`; it is completed by itself then.',
  },
  LEAD_NOT_COMPLETED: {
    status: 409,
    title: 'Only a completed lead is reviewed',
    whatToDo: 'Come back after the event; `currentStatus` says what the lead is.',
  },
  LEAD_EXISTS: {
    status: 409,
    title: 'The truck was asked about this brief already',
    whatToDo: 'Go on with the lead that `leadId` names, or decline its quote first.',
  },
  PHOTO_LIMIT_REACHED: {
    status: 409,
    title: 'The truck has as many photos as it may have',
    whatToDo: 'Take one away first, also one that was rejected; `limit` says how many there may be.',
  },
  TOO_MANY_CALENDARS: {
    status: 409,
    title: 'The truck imports as many calendars as it may',
    whatToDo: 'Remove one that is no more needed, or import under its name.',
  },
  OVERLAP: {
    status: 409,
    title: 'A booking or a hold takes that time',
    whatToDo: 'Choose a time that does not touch `conflict`, or end what takes it first.',
  },
  OWN_QUOTE: {
    status: 409,
    title: 'The latest offer is your own',
    whatToDo: 'Wait for the other side: it accepts, declines or offers something else.',
  },
  PAYMENT_REFUSED: {
    status: 409,
    title: 'The provider does not take this payment',
    whatToDo: 'Pay at another provider; the sum or its currency is not for this one.',
  },
  QUOTE_EXPIRED: {
    status: 409,
    title: 'The offer has ended',
    whatToDo: 'Ask the truck anew; `expiresAt` says since when it is no offer any more.',
  },
  QUOTE_LIMIT_REACHED: {
    status: 409,
    title: 'Offers enough were made',
    whatToDo: 'Accept or decline the latest; `limit` says how many there can be.',
  },
  QUOTE_OUTDATED: {
    status: 409,
    title: 'There is a newer offer',
    whatToDo: 'Read it, and accept `latestVersion` if you like it.',
  },
  REVIEW_EXISTS: {
    status: 409,
    title: 'Your side has reviewed this lead',
    whatToDo: 'A review stays as it is, and there is one of each side.',
  },
  THREAD_FULL: {
    status: 409,
    title: 'The lead has as many messages as it takes',
    whatToDo: 'Go on by mail or telephone; `limit` says how many there may be.',
  },
  TRUCK_NOT_AVAILABLE: {
    status: 409,
    title: 'The truck cannot be there at that time',
    whatToDo:
      '`reason` says why, `conflict` what takes its time; ask from `earliestStart` on, or ask another truck.',
  },
} as const satisfies Record<string, ProblemDefinition>;

export type ProblemCode = keyof typeof problemCatalogue;

/** Codes that any route may answer, whatever its own list says. */
export const generalProblemCodes = [
  'INTERNAL_ERROR',
  'INVALID_REQUEST',
  'NOT_FOUND',
  'PAYLOAD_TOO_LARGE',
  'SERVICE_UNAVAILABLE',
  'TOO_MANY_REQUESTS',
  'VALIDATION_FAILED',
] as const satisfies readonly ProblemCode[];
