import { Duration } from 'aws-cdk-lib';
import type * as z from 'zod';
import {
  admissionCommandsEnvironment,
  admissionQueriesEnvironment,
} from '../functions/admission/environment.ts';
import {
  catalogCommandsEnvironment,
  catalogPublicationEnvironment,
  catalogQueriesEnvironment,
} from '../functions/catalog/environment.ts';
import {
  identityCommandsEnvironment,
  identityQueriesEnvironment,
} from '../functions/identity/environment.ts';
import {
  leadsDepositsEnvironment,
  leadsPaymentEnvironment,
  leadsPaymentNewsEnvironment,
} from '../functions/marketplace/deposits/deposit-environment.ts';
import {
  leadsCommandsEnvironment,
  leadsHoldExpiryEnvironment,
  leadsOutgrownEnvironment,
  leadsQueriesEnvironment,
  leadsTimeTakenEnvironment,
  marketplaceBackgroundEnvironment,
  marketplaceRelayEnvironment,
  photosEnvironment,
  thumbnailsEnvironment,
  truckCommandsEnvironment,
  truckQueriesEnvironment,
} from '../functions/marketplace/environment.ts';
import {
  notificationsMailEnvironment,
  notificationsNoticesEnvironment,
  notificationsRemindersEnvironment,
} from '../functions/notifications/environment.ts';
import {
  ordersBackgroundEnvironment,
  ordersCommandsEnvironment,
  ordersPaymentNewsEnvironment,
  ordersQueriesEnvironment,
  ordersReconciliationEnvironment,
  ordersRelayEnvironment,
  ordersRsvpsEnvironment,
  ordersSessionCancelledEnvironment,
  ordersSessionUndoEnvironment,
} from '../functions/orders/environment.ts';
import { commonEnvironment, relayEnvironment } from '../functions/platform/environment.ts';
import {
  holdExpiryEnvironment,
  sessionSyncEnvironment,
  ticketingCommandsEnvironment,
  ticketingConsumerEnvironment,
  ticketingQueriesEnvironment,
  ticketingRelayEnvironment,
} from '../functions/ticketing/environment.ts';

export interface FunctionDefinition {
  /** Module whose `handler` is the function, from the project’s root. */
  readonly entry: string;
  /** What the module reads from its environment; lib/ must set exactly these variables. */
  readonly environment: z.ZodObject;
  readonly kind: 'api' | 'relay' | 'consumer' | 'task' | 'scheduled';
  /** Lambda gives CPU by memory: 1,769 MB is one whole processor. */
  readonly memoryMb: number;
  readonly timeout: Duration;
  /** Most invocations at once, where the stage reserves concurrency. */
  readonly reservedConcurrency: number;
}

/** API Gateway gives up after 29 seconds; a client long before that. */
const api = { kind: 'api', memoryMb: 1_024, timeout: Duration.seconds(10) } as const;
const relay = {
  kind: 'relay',
  memoryMb: 512,
  timeout: Duration.seconds(30),
  reservedConcurrency: 20,
} as const;
const consumer = {
  kind: 'consumer',
  memoryMb: 512,
  timeout: Duration.seconds(30),
  reservedConcurrency: 10,
} as const;

/** What a state machine calls. */
const task = { kind: 'task', memoryMb: 512, timeout: Duration.seconds(30) } as const;

/** It ends before the next run begins, five minutes later. */
const reconciliation = {
  kind: 'scheduled',
  memoryMb: 512,
  timeout: Duration.minutes(4),
  reservedConcurrency: 1,
} as const;

/** Every function of the platform. Its name is also that of its folder under .build/functions. */
export const functionTable = {
  'platform-queries': {
    ...api,
    entry: 'functions/platform/queries.ts',
    environment: commonEnvironment,
    reservedConcurrency: 10,
  },
  'identity-commands': {
    ...api,
    entry: 'functions/identity/commands.ts',
    environment: identityCommandsEnvironment,
    reservedConcurrency: 20,
  },
  'identity-queries': {
    ...api,
    entry: 'functions/identity/queries.ts',
    environment: identityQueriesEnvironment,
    reservedConcurrency: 20,
  },
  'identity-relay': {
    ...relay,
    entry: 'functions/identity/relay.ts',
    environment: relayEnvironment,
    reservedConcurrency: 10,
  },
  'catalog-commands': {
    ...api,
    entry: 'functions/catalog/commands.ts',
    environment: catalogCommandsEnvironment,
    // A plan of 5 MB is parsed and checked within the request.
    memoryMb: 1_769,
    timeout: Duration.seconds(28),
    reservedConcurrency: 30,
  },
  'catalog-queries': {
    ...api,
    entry: 'functions/catalog/queries.ts',
    environment: catalogQueriesEnvironment,
    reservedConcurrency: 60,
  },
  'catalog-relay': { ...relay, entry: 'functions/catalog/relay.ts', environment: relayEnvironment },
  'catalog-publication': {
    ...consumer,
    entry: 'functions/catalog/publication.ts',
    environment: catalogPublicationEnvironment,
  },
  'ticketing-commands': {
    ...api,
    entry: 'functions/ticketing/commands.ts',
    environment: ticketingCommandsEnvironment,
    // Holds are what must answer when everybody comes at once.
    reservedConcurrency: 250,
  },
  'ticketing-queries': {
    ...api,
    entry: 'functions/ticketing/queries.ts',
    environment: ticketingQueriesEnvironment,
    reservedConcurrency: 60,
  },
  'ticketing-relay': {
    ...relay,
    entry: 'functions/ticketing/relay.ts',
    environment: ticketingRelayEnvironment,
  },
  'ticketing-inventory-builder': {
    ...consumer,
    entry: 'functions/ticketing/inventory-builder.ts',
    environment: ticketingConsumerEnvironment,
    // The layout of 40,000 seats is parsed, and its 2,000 blocks are written, in one run.
    memoryMb: 1_769,
    timeout: Duration.minutes(5),
  },
  'ticketing-session-sync': {
    ...consumer,
    entry: 'functions/ticketing/session-sync.ts',
    environment: sessionSyncEnvironment,
  },
  'ticketing-session-sweep': {
    ...consumer,
    entry: 'functions/ticketing/session-sweep.ts',
    environment: ticketingConsumerEnvironment,
    timeout: Duration.minutes(5),
  },
  'ticketing-reconciliation': {
    ...reconciliation,
    entry: 'functions/ticketing/reconciliation.ts',
    environment: ticketingConsumerEnvironment,
  },
  'ticketing-hold-expiry': {
    ...consumer,
    entry: 'functions/ticketing/hold-expiry.ts',
    environment: holdExpiryEnvironment,
  },
  'ticketing-claim-release': {
    ...consumer,
    entry: 'functions/ticketing/claim-release.ts',
    environment: ticketingConsumerEnvironment,
  },
  'orders-commands': {
    ...api,
    entry: 'functions/orders/commands.ts',
    environment: ordersCommandsEnvironment,
    reservedConcurrency: 60,
  },
  'orders-queries': {
    ...api,
    entry: 'functions/orders/queries.ts',
    environment: ordersQueriesEnvironment,
    reservedConcurrency: 30,
  },
  'orders-rsvps': {
    ...api,
    entry: 'functions/orders/rsvps/commands.ts',
    environment: ordersRsvpsEnvironment,
    reservedConcurrency: 20,
  },
  'orders-relay': { ...relay, entry: 'functions/orders/relay.ts', environment: ordersRelayEnvironment },
  'orders-machine': {
    ...task,
    reservedConcurrency: 10,
    entry: 'functions/orders/machine.ts',
    environment: ordersBackgroundEnvironment,
  },
  'orders-settlement': {
    ...consumer,
    entry: 'functions/orders/settlement.ts',
    environment: ordersBackgroundEnvironment,
    timeout: Duration.minutes(1),
  },
  'orders-payment-news': {
    ...consumer,
    entry: 'functions/orders/payment-news.ts',
    environment: ordersPaymentNewsEnvironment,
  },
  'orders-reconciliation': {
    ...reconciliation,
    entry: 'functions/orders/reconciliation.ts',
    environment: ordersReconciliationEnvironment,
  },
  'orders-session-cancelled': {
    ...consumer,
    entry: 'functions/orders/session-cancelled.ts',
    environment: ordersSessionCancelledEnvironment,
    reservedConcurrency: 2,
  },
  'orders-session-undo': {
    ...consumer,
    entry: 'functions/orders/session-undo.ts',
    environment: ordersSessionUndoEnvironment,
    timeout: Duration.minutes(1),
    reservedConcurrency: 5,
  },
  'admission-commands': {
    ...api,
    entry: 'functions/admission/commands.ts',
    environment: admissionCommandsEnvironment,
    reservedConcurrency: 25,
  },
  'admission-queries': {
    ...api,
    entry: 'functions/admission/queries.ts',
    environment: admissionQueriesEnvironment,
    // PDF tickets are drawn, and the tickets of the largest sessions are counted, within the request.
    memoryMb: 1_769,
    reservedConcurrency: 25,
  },
  'admission-relay': {
    ...relay,
    entry: 'functions/admission/relay.ts',
    environment: relayEnvironment,
    reservedConcurrency: 10,
  },
  'marketplace-commands': {
    ...api,
    entry: 'functions/marketplace/commands.ts',
    environment: truckCommandsEnvironment,
    reservedConcurrency: 10,
  },
  'marketplace-queries': {
    ...api,
    entry: 'functions/marketplace/queries.ts',
    environment: truckQueriesEnvironment,
    reservedConcurrency: 12,
  },
  'leads-commands': {
    ...api,
    entry: 'functions/marketplace/leads/commands.ts',
    environment: leadsCommandsEnvironment,
    reservedConcurrency: 12,
  },
  'leads-messages': {
    ...api,
    entry: 'functions/marketplace/messages/messages.ts',
    environment: truckCommandsEnvironment,
    reservedConcurrency: 5,
  },
  'leads-queries': {
    ...api,
    entry: 'functions/marketplace/leads/queries.ts',
    environment: leadsQueriesEnvironment,
    reservedConcurrency: 15,
  },
  'marketplace-photos': {
    ...api,
    entry: 'functions/marketplace/photos/photos.ts',
    environment: photosEnvironment,
    reservedConcurrency: 8,
  },
  'marketplace-thumbnails': {
    ...consumer,
    entry: 'functions/marketplace/photos/thumbnails.ts',
    environment: thumbnailsEnvironment,
    // A photo of fifty megapixels takes a few hundred megabytes and some seconds, and a batch has ten.
    memoryMb: 2_048,
    timeout: Duration.minutes(2),
    reservedConcurrency: 2,
  },
  'leads-hold-expiry': {
    ...consumer,
    entry: 'functions/marketplace/truck-holds/hold-expiry.ts',
    environment: leadsHoldExpiryEnvironment,
    reservedConcurrency: 2,
  },
  'leads-truck-facts': {
    ...consumer,
    entry: 'functions/marketplace/truck-facts/truck-facts-consumer.ts',
    environment: marketplaceBackgroundEnvironment,
    reservedConcurrency: 2,
  },
  'leads-deposits': {
    ...api,
    entry: 'functions/marketplace/deposits/deposits.ts',
    environment: leadsDepositsEnvironment,
    reservedConcurrency: 5,
  },
  'leads-settlement': {
    ...consumer,
    entry: 'functions/marketplace/deposits/settlement.ts',
    environment: leadsPaymentEnvironment,
    timeout: Duration.minutes(1),
    reservedConcurrency: 2,
  },
  'marketplace-payment-news': {
    ...consumer,
    entry: 'functions/marketplace/deposits/payment-news.ts',
    environment: leadsPaymentNewsEnvironment,
    reservedConcurrency: 2,
  },
  'marketplace-relay': {
    ...relay,
    entry: 'functions/marketplace/relay.ts',
    environment: marketplaceRelayEnvironment,
    reservedConcurrency: 4,
  },
  'marketplace-calendar-imports': {
    ...consumer,
    entry: 'functions/marketplace/feeds/imports.ts',
    environment: marketplaceBackgroundEnvironment,
    // Ten calendars of a batch may each take ten seconds to fetch.
    timeout: Duration.minutes(3),
    reservedConcurrency: 2,
  },
  'marketplace-calendar-refresh': {
    kind: 'scheduled',
    entry: 'functions/marketplace/feeds/refresh.ts',
    environment: marketplaceBackgroundEnvironment,
    memoryMb: 512,
    timeout: Duration.minutes(2),
    reservedConcurrency: 1,
  },
  'leads-machine': {
    ...task,
    entry: 'functions/marketplace/leads/machine.ts',
    environment: leadsPaymentEnvironment,
    reservedConcurrency: 4,
  },
  'leads-reconciliation': {
    ...reconciliation,
    entry: 'functions/marketplace/reconciliation/reconciliation.ts',
    environment: leadsPaymentEnvironment,
  },
  'leads-time-taken': {
    ...consumer,
    entry: 'functions/marketplace/leads/time-taken-consumer.ts',
    environment: leadsTimeTakenEnvironment,
    reservedConcurrency: 2,
  },
  'leads-outgrown': {
    ...consumer,
    entry: 'functions/marketplace/event-food/outgrown-consumer.ts',
    environment: leadsOutgrownEnvironment,
    reservedConcurrency: 2,
  },
  'notifications-mail': {
    ...consumer,
    entry: 'functions/notifications/mail.ts',
    environment: notificationsMailEnvironment,
    // A hundred tickets are drawn as PDF for one mail. It ends before the lease of a mail does.
    memoryMb: 1_769,
    timeout: Duration.minutes(2),
  },
  'notifications-notices': {
    ...consumer,
    entry: 'functions/notifications/notices.ts',
    environment: notificationsNoticesEnvironment,
    // Notices to whole sessions leave room for the mails of orders.
    reservedConcurrency: 4,
  },
  'notifications-reminders': {
    kind: 'scheduled',
    entry: 'functions/notifications/reminders.ts',
    environment: notificationsRemindersEnvironment,
    memoryMb: 512,
    timeout: Duration.minutes(5),
    reservedConcurrency: 1,
  },
} as const satisfies Readonly<Record<string, FunctionDefinition>>;

export type FunctionName = keyof typeof functionTable;

/** The entry of every function, by name. */
export const entriesOf = <Name extends string>(
  table: Readonly<Record<Name, FunctionDefinition>>,
): Readonly<Record<Name, string>> =>
  Object.fromEntries(
    Object.entries<FunctionDefinition>(table).map(([name, { entry }]) => [name, entry]),
  ) as Record<Name, string>;

/** The variables a function needs, each as text; a missing or unknown one does not compile. */
export type EnvironmentOf<Name extends FunctionName> = {
  readonly [Variable in keyof z.input<(typeof functionTable)[Name]['environment']>]-?: string;
};
