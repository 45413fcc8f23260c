import { Duration, Stack, type StackProps } from 'aws-cdk-lib';
import type { Metric } from 'aws-cdk-lib/aws-cloudwatch';
import type { Table } from 'aws-cdk-lib/aws-dynamodb';
import { Rule, Schedule } from 'aws-cdk-lib/aws-events';
import { LambdaFunction, SqsQueue } from 'aws-cdk-lib/aws-events-targets';
import type { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { EventSourceMapping, StartingPosition } from 'aws-cdk-lib/aws-lambda';
import { SqsDlq } from 'aws-cdk-lib/aws-lambda-event-sources';
import type { Construct } from 'constructs';
import { sessionIndex } from '../functions/admission/ticket-index.ts';
import { leadIndexes } from '../functions/marketplace/leads/lead-indexes.ts';
import { leadMachine } from '../functions/marketplace/leads/lead-machine.ts';
import { sessionIndex as ordersBySession, outstandingIndex } from '../functions/orders/order-indexes.ts';
import { acknowledge } from './acknowledge.ts';
import type { Bundle } from './bundle.ts';
import { Alarms } from './constructs/alarms.ts';
import { ConsumerQueue, deadLetterQueue } from './constructs/consumer-queue.ts';
import type { MailSender } from './constructs/mail-sender.ts';
import { OrderMachine } from './constructs/order-machine.ts';
import { PlatformFunction } from './constructs/platform-function.ts';
import { TaskMachine } from './constructs/task-machine.ts';
import { TlsOnly } from './constructs/tls-only.ts';
import { type DataStack, organizationIndex, plansBucketExport } from './data-stack.ts';
import { watchDrift } from './drift-metrics.ts';
import { type EnvironmentOf, type FunctionName, functionTable } from './function-table.ts';
import {
  bucketFolders,
  putEvents,
  readBucket,
  readFolder,
  readStream,
  readTable,
  readWriteBucket,
  readWriteMarketplace,
  readWriteTable,
  receiveMessages,
  scanTable,
  sendMail,
  sendMessages,
  signTickets,
  startExecutions,
  useSecret,
  writeFolder,
} from './grants.ts';
import type { IssuerSettings } from './identity-stack.ts';
import { addSalesMetrics } from './sales-metrics.ts';
import type { Settings } from './settings.ts';

export type Bundles = Readonly<Record<FunctionName, Bundle>>;

interface AppStackProps extends StackProps {
  readonly settings: Settings;
  readonly data: DataStack;
  readonly issuer: IssuerSettings;
  readonly bundles: Bundles;
}

/** Most records a stream, and messages a queue, hands over at once. */
const streamBatchSize = 100;
const queueBatchSize = 10;

/** Seconds that a `card_slow` of the test provider takes. */
const slowPaymentSeconds = 3;

/** Tries of a batch of stream records; what still fails is bisected down to the record and set aside. */
const streamRetries = 10;

/** What computes: functions, their queues and triggers, the alarms. It keeps nothing. */
export class AppStack extends Stack {
  readonly functions: Partial<Record<FunctionName, PlatformFunction>> = {};
  readonly alarms: Alarms;
  readonly queues: Record<string, ConsumerQueue> = {};
  /** Metrics of what is sold. */
  readonly sales: readonly Metric[];
  /** What reconciliations found. */
  readonly drift: Metric[] = [];
  private readonly settings: Settings;
  private readonly data: DataStack;
  private readonly bundles: Bundles;
  private readonly tlsOnly: TlsOnly;

  constructor(scope: Construct, id: string, props: AppStackProps) {
    super(scope, id, props);
    this.settings = props.settings;
    this.data = props.data;
    this.bundles = props.bundles;
    this.addStackDependency(props.data);
    this.alarms = new Alarms(this, props.settings.alarmEmail);
    this.tlsOnly = new TlsOnly(this, 'TlsOnly');

    const { data, settings } = this;
    const identityTable = { table: data.identityTable };
    const catalogTable = { table: data.catalogTable, indexes: [organizationIndex] };
    const ticketingTable = { table: data.ticketingTable };

    const common = { STAGE: settings.stage };
    const guard = {
      IDENTITY_TABLE: data.identityTable.tableName,
      ISSUER: props.issuer.issuer,
      JWKS_URI: props.issuer.jwksUri,
      AUDIENCE: props.issuer.audience,
    };
    const ids = { ID_SECRET_ARN: data.idSecret.secretArn };
    const catalog = {
      CATALOG_TABLE: data.catalogTable.tableName,
      PLANS_BUCKET: data.plansBucket.bucketName,
    };
    const ticketing = {
      TICKETING_TABLE: data.ticketingTable.tableName,
      PLANS_BUCKET: data.plansBucket.bucketName,
    };
    const holdBounds = {
      MIN_HOLD_SECONDS: String(settings.minHold.toSeconds()),
      MAX_HOLD_SECONDS: String(settings.maxHold.toSeconds()),
    };

    const relay = { ...common, BUS_NAME: data.bus.eventBusName };

    this.addFunction('platform-queries', common, []);

    this.addFunction('identity-commands', { ...common, ...guard, ...ids }, [
      readWriteTable(identityTable),
      useSecret(data.idSecret),
    ]);
    this.addFunction('identity-queries', { ...common, ...guard }, [readTable(identityTable)]);
    this.addRelay('identity-relay', data.identityTable, relay);

    this.addFunction('catalog-commands', { ...common, ...guard, ...ids, ...catalog, ...holdBounds }, [
      readWriteTable(catalogTable),
      readTable(identityTable),
      ...readWriteBucket(data.plansBucketArn),
      useSecret(data.idSecret),
    ]);
    this.addFunction(
      'catalog-queries',
      { ...common, ...guard, ...catalog, TICKETING_TABLE: data.ticketingTable.tableName },
      [
        readTable(catalogTable),
        readTable(identityTable),
        readTable(ticketingTable),
        ...readBucket(data.plansBucketArn),
      ],
    );
    this.addRelay('catalog-relay', data.catalogTable, relay);
    this.addConsumer(
      'catalog-publication',
      {
        ...common,
        CATALOG_TABLE: data.catalogTable.tableName,
        MARKETPLACE_TABLE: data.marketplaceTable.tableName,
      },
      [readWriteTable(catalogTable), readTable({ table: data.marketplaceTable })],
      {
        'fairground.ticketing': ['SESSION-INVENTORY-BUILT'],
        'fairground.catalog': ['SESSION-CANCELLED'],
        'fairground.marketplace': [
          'LEAD-BOOKED',
          'LEAD-CANCELLED',
          'TRUCK-CREATED',
          'TRUCK-UPDATED',
          'TRUCK-LISTED',
          'TRUCK-UNLISTED',
        ],
      },
    );

    const readPlans = readBucket(data.plansBucketArn);
    this.addFunction('ticketing-commands', { ...common, ...guard, ...ids, ...ticketing }, [
      readWriteTable(ticketingTable),
      readTable(identityTable),
      ...readPlans,
      useSecret(data.idSecret),
    ]);
    this.addFunction('ticketing-queries', { ...common, ...ticketing }, [
      readTable(ticketingTable),
      ...readPlans,
    ]);
    const inventory = [readWriteTable(ticketingTable), ...readPlans];
    this.addConsumer('ticketing-inventory-builder', { ...common, ...ticketing }, inventory, {
      'fairground.catalog': ['SESSION-PUBLISHING'],
    });
    this.addConsumer('ticketing-claim-release', { ...common, ...ticketing }, inventory, {
      'fairground.ticketing': ['SEAT-HOLD-CANCELLED', 'SEAT-HOLD-EXPIRED'],
    });
    const expiryTimers = this.addQueue('ticketing-hold-expiry');
    const holdExpiry = { HOLD_EXPIRY_QUEUE_URL: expiryTimers.queue.queueUrl };
    const setTimer = sendMessages(expiryTimers.queue);
    this.addQueueConsumer(
      'ticketing-hold-expiry',
      { ...common, ...ticketing, ...holdExpiry },
      [...inventory, setTimer],
      expiryTimers,
    );
    this.addRelay('ticketing-relay', data.ticketingTable, { ...relay, ...holdExpiry }, [setTimer]);
    const sweeps = this.addQueue('ticketing-session-sweep');
    this.addQueueConsumer('ticketing-session-sweep', { ...common, ...ticketing }, inventory, sweeps);
    this.addReconciliation('ticketing-reconciliation', { ...common, ...ticketing }, [
      ...inventory,
      scanTable(data.ticketingTable),
    ]);
    this.addConsumer(
      'ticketing-session-sync',
      {
        ...common,
        TICKETING_TABLE: data.ticketingTable.tableName,
        SESSION_SWEEP_QUEUE_URL: sweeps.queue.queueUrl,
      },
      [readWriteTable(ticketingTable), sendMessages(sweeps.queue)],
      { 'fairground.catalog': ['SESSION-UPDATED', 'SESSION-POSTPONED', 'SESSION-CANCELLED'] },
    );

    const payments = {
      PAYMENT_PROVIDERS: settings.paymentProviders.join(),
      STRIPE_SECRET_ARN: data.stripeSecret?.secretArn ?? '',
      STRIPE_API_ORIGIN: settings.stripeApiOrigin,
    };
    const usePayments = data.stripeSecret === undefined ? [] : [useSecret(data.stripeSecret)];
    const ordersTable = { table: data.ordersTable };
    const admissionTable = { table: data.admissionTable, indexes: [sessionIndex.name] };
    const orders = {
      ...ticketing,
      ORDERS_TABLE: data.ordersTable.tableName,
      ADMISSION_TABLE: data.admissionTable.tableName,
      ...payments,
    };
    /** Confirming an order sells its places and issues its tickets, in one transaction. */
    const confirmOrders = [
      readWriteTable(ordersTable),
      readWriteTable(ticketingTable),
      readWriteTable({ table: data.admissionTable }),
      ...readPlans,
      ...usePayments,
    ];
    const events = { CATALOG_TABLE: data.catalogTable.tableName };
    const readEvents = readTable({ table: data.catalogTable });
    const paymentNews = this.addQueue('orders-payment-news');
    const askAboutPayments = sendMessages(paymentNews.queue);
    const newsQueue = { PAYMENT_NEWS_QUEUE_URL: paymentNews.queue.queueUrl };
    const leadPaymentNews = this.addQueue('marketplace-payment-news');
    this.addFunction(
      'orders-commands',
      {
        ...common,
        ...guard,
        ...ids,
        ...orders,
        ...newsQueue,
        ...events,
        MARKETPLACE_PAYMENT_NEWS_QUEUE_URL: leadPaymentNews.queue.queueUrl,
        PAYMENT_GRACE_SECONDS: String(settings.paymentGrace.toSeconds()),
        SLOW_PAYMENT_SECONDS: String(slowPaymentSeconds),
      },
      [
        ...confirmOrders,
        readTable(identityTable),
        readEvents,
        askAboutPayments,
        sendMessages(leadPaymentNews.queue),
        useSecret(data.idSecret),
      ],
    );
    this.addFunction(
      'orders-rsvps',
      {
        ...common,
        ...guard,
        ...ids,
        ...ticketing,
        ...events,
        ORDERS_TABLE: data.ordersTable.tableName,
        ADMISSION_TABLE: data.admissionTable.tableName,
      },
      [
        readWriteTable(ordersTable),
        readWriteTable(ticketingTable),
        readWriteTable({ table: data.admissionTable }),
        ...readPlans,
        readTable(identityTable),
        readEvents,
        useSecret(data.idSecret),
      ],
    );
    this.addFunction(
      'orders-queries',
      { ...common, ...guard, ...events, ORDERS_TABLE: data.ordersTable.tableName },
      [
        readTable({ table: data.ordersTable, indexes: [ordersBySession.name] }),
        readTable(identityTable),
        readEvents,
      ],
    );
    this.addQueueConsumer(
      'orders-payment-news',
      { ...common, ...orders, ...newsQueue },
      [...confirmOrders, askAboutPayments],
      paymentNews,
    );
    const settlement = this.addConsumer('orders-settlement', { ...common, ...orders }, confirmOrders, {
      'fairground.orders': ['ORDER-CONFIRMED', 'ORDER-CANCELLED', 'ORDER-PAYMENT-LATE', 'REFUND-REQUESTED'],
    });
    const undos = this.addQueue('orders-session-undo');
    const undoQueue = { SESSION_UNDO_QUEUE_URL: undos.queue.queueUrl };
    const askForUndo = sendMessages(undos.queue);
    this.addConsumer('orders-session-cancelled', { ...common, ...undoQueue }, [askForUndo], {
      'fairground.catalog': ['SESSION-CANCELLED'],
    });
    this.addQueueConsumer(
      'orders-session-undo',
      {
        ...common,
        ...undoQueue,
        ORDERS_TABLE: data.ordersTable.tableName,
        TICKETING_TABLE: data.ticketingTable.tableName,
        ADMISSION_TABLE: data.admissionTable.tableName,
      },
      [
        readWriteTable({ table: data.ordersTable, indexes: [ordersBySession.name] }),
        readWriteTable(ticketingTable),
        readWriteTable(admissionTable),
        askForUndo,
      ],
      undos,
    );
    const task = this.addFunction('orders-machine', { ...common, ...orders }, confirmOrders);
    const orderMachine = new OrderMachine(this, 'OrderMachine', { task, settings, alarms: this.alarms });
    for (const answerer of [task, settlement]) orderMachine.letAnswer(answerer);
    this.addRelay(
      'orders-relay',
      data.ordersTable,
      { ...relay, ORDER_MACHINE_ARN: orderMachine.machine.stateMachineArn },
      [startExecutions(orderMachine.machine)],
    );
    const ordersReconciliation = this.addReconciliation(
      'orders-reconciliation',
      { ...common, ...orders, ORDER_MACHINE_ARN: orderMachine.machine.stateMachineArn },
      [
        ...confirmOrders,
        readTable({ table: data.ordersTable, indexes: [outstandingIndex.name] }),
        startExecutions(orderMachine.machine),
      ],
    );
    orderMachine.letAnswer(ordersReconciliation);
    const admission = {
      ADMISSION_TABLE: data.admissionTable.tableName,
      CATALOG_TABLE: data.catalogTable.tableName,
      TICKET_KEYS: data.ticketKeys.map(({ keyArn }) => keyArn).join(','),
    };
    const readFacts = readTable({ table: data.catalogTable });
    this.addFunction('admission-commands', { ...common, ...guard, ...ids, ...admission }, [
      readWriteTable({ table: data.admissionTable }),
      readFacts,
      readTable(identityTable),
      ...signTickets(data.ticketKeys),
      useSecret(data.idSecret),
    ]);
    this.addFunction('admission-queries', { ...common, ...guard, ...admission }, [
      readTable(admissionTable),
      readFacts,
      readTable(identityTable),
      ...signTickets(data.ticketKeys),
    ]);
    this.addRelay('admission-relay', data.admissionTable, relay);

    const marketplaceTable = { table: data.marketplaceTable, indexes: [organizationIndex] };
    const objects = { OBJECTS_BUCKET: data.plansBucket.bucketName };
    const marketplace = { MARKETPLACE_TABLE: data.marketplaceTable.tableName };
    const trucks = { ...marketplace, ...objects };
    this.addFunction('marketplace-commands', { ...common, ...guard, ...ids, ...trucks }, [
      ...readWriteMarketplace(marketplaceTable),
      readTable(identityTable),
      ...readFolder(data.plansBucketArn, 'uploads'),
      writeFolder(data.plansBucketArn, 'documents'),
      useSecret(data.idSecret),
    ]);
    this.addFunction('marketplace-queries', { ...common, ...guard, ...trucks }, [
      readTable(marketplaceTable),
      readTable(identityTable),
      ...readFolder(data.plansBucketArn, 'documents'),
    ]);
    const leadsTable = {
      table: data.marketplaceTable,
      indexes: [leadIndexes.organizer.name, leadIndexes.truck.name],
    };
    const leadNewsQueue = { PAYMENT_NEWS_QUEUE_URL: leadPaymentNews.queue.queueUrl };
    const payDeposits = [...readWriteMarketplace({ table: data.marketplaceTable }), ...usePayments];
    this.addFunction(
      'leads-commands',
      {
        ...common,
        ...guard,
        ...ids,
        ...marketplace,
        ...events,
        LEADS_COMPLETE_EARLY: String(settings.completeLeadsEarly),
      },
      [
        ...readWriteMarketplace({ table: data.marketplaceTable }),
        readTable(identityTable),
        readEvents,
        useSecret(data.idSecret),
      ],
    );
    this.addFunction('leads-messages', { ...common, ...guard, ...ids, ...trucks }, [
      ...readWriteMarketplace({ table: data.marketplaceTable }),
      readTable(identityTable),
      ...readFolder(data.plansBucketArn, 'uploads'),
      writeFolder(data.plansBucketArn, 'attachments'),
      useSecret(data.idSecret),
    ]);
    this.addFunction(
      'leads-deposits',
      {
        ...common,
        ...guard,
        ...ids,
        ...marketplace,
        ...payments,
        ...leadNewsQueue,
        SLOW_PAYMENT_SECONDS: String(slowPaymentSeconds),
      },
      [
        ...payDeposits,
        sendMessages(leadPaymentNews.queue),
        readTable(identityTable),
        useSecret(data.idSecret),
      ],
    );
    this.addQueueConsumer(
      'marketplace-payment-news',
      { ...common, ...marketplace, ...payments, ...leadNewsQueue },
      [...payDeposits, sendMessages(leadPaymentNews.queue)],
      leadPaymentNews,
    );
    this.addConsumer('leads-settlement', { ...common, ...marketplace, ...payments }, payDeposits, {
      'fairground.marketplace': [
        'LEAD-BOOKED',
        'LEAD-CANCELLED',
        'LEAD-EXPIRED',
        'DEPOSIT-LATE',
        'DEPOSIT-REFUND-REQUESTED',
      ],
    });
    this.addFunction(
      'marketplace-photos',
      { ...common, ...objects },
      readFolder(data.plansBucketArn, 'photos'),
    );
    this.addConsumer(
      'marketplace-thumbnails',
      { ...common, ...trucks },
      [
        ...readWriteMarketplace({ table: data.marketplaceTable }),
        ...readFolder(data.plansBucketArn, 'uploads'),
        writeFolder(data.plansBucketArn, 'photos'),
      ],
      { 'fairground.marketplace': ['TRUCK-PHOTO-ADDED', 'TRUCK-PHOTO-DELETED'] },
    );
    this.acknowledgeFolders(['uploads', 'documents'], 'marketplace-commands');
    this.acknowledgeFolders(['documents'], 'marketplace-queries');
    this.acknowledgeFolders(['uploads', 'attachments'], 'leads-messages');
    this.acknowledgeFolders(['photos'], 'marketplace-photos');
    this.acknowledgeFolders(['uploads', 'photos'], 'marketplace-thumbnails');
    /** What is sold of an event: its sessions, their blocks, and the plans that number them. */
    const readSales = [readEvents, readTable(ticketingTable), ...readFolder(data.plansBucketArn, 'plans')];
    this.addFunction(
      'leads-queries',
      {
        ...common,
        ...guard,
        ...trucks,
        ...events,
        ...ticketing,
        MASK_CONTACTS: String(settings.maskContacts),
      },
      [
        readTable(leadsTable),
        readTable(identityTable),
        ...readFolder(data.plansBucketArn, 'attachments'),
        ...readSales,
      ],
    );
    this.acknowledgeFolders(['attachments', 'plans'], 'leads-queries');
    this.addConsumer(
      'leads-truck-facts',
      { ...common, ...marketplace },
      readWriteMarketplace({ table: data.marketplaceTable }),
      {
        'fairground.marketplace': [
          'LEAD-CREATED',
          'LEAD-CONTACTED',
          'LEAD-BOOKED',
          'LEAD-COMPLETED',
          'LEAD-CANCELLED',
          'LEAD-EXPIRED',
          'LEAD-DECLINED',
          'MESSAGE-SENT',
        ],
      },
    );
    this.addConsumer(
      'marketplace-calendar-imports',
      { ...common, ...marketplace },
      readWriteMarketplace({ table: data.marketplaceTable }),
      { 'fairground.marketplace': ['CALENDAR-IMPORT-REQUESTED'] },
    );
    const refresh = this.addFunction('marketplace-calendar-refresh', { ...common, ...marketplace }, [
      ...readWriteMarketplace(marketplaceTable),
    ]);
    new Rule(this, 'CalendarRefreshSchedule', {
      description: 'Every hour → marketplace-calendar-refresh',
      schedule: Schedule.rate(Duration.hours(1)),
      targets: [new LambdaFunction(refresh.lambda)],
    });
    const truckHoldTimers = this.addQueue('leads-hold-expiry');
    const truckHoldExpiry = { TRUCK_HOLD_EXPIRY_QUEUE_URL: truckHoldTimers.queue.queueUrl };
    const setTruckHoldTimer = sendMessages(truckHoldTimers.queue);
    this.addQueueConsumer(
      'leads-hold-expiry',
      { ...common, ...marketplace, ...truckHoldExpiry },
      [...readWriteMarketplace({ table: data.marketplaceTable }), setTruckHoldTimer],
      truckHoldTimers,
    );
    const leadTask = this.addFunction(
      'leads-machine',
      { ...common, ...marketplace, ...payments },
      payDeposits,
    );
    const { machine: leadsMachine } = new TaskMachine(this, 'LeadMachine', {
      definition: leadMachine,
      task: leadTask,
      of: 'leads',
      onFailure:
        'A lead’s machine failed: a reminder, or the end of a lead, did not come. Redrive it: docs/guides/lead-timers.md.',
      settings,
      alarms: this.alarms,
    });
    this.addRelay(
      'marketplace-relay',
      data.marketplaceTable,
      { ...relay, ...truckHoldExpiry, LEAD_MACHINE_ARN: leadsMachine.stateMachineArn },
      [setTruckHoldTimer, startExecutions(leadsMachine)],
    );

    const taken = this.addEventQueue('leads-time-taken', { 'fairground.marketplace': ['LEAD-BOOKED'] });
    this.addQueueConsumer(
      'leads-time-taken',
      { ...common, ...marketplace, TIME_TAKEN_QUEUE_URL: taken.queue.queueUrl },
      [
        ...readWriteMarketplace({ table: data.marketplaceTable, indexes: [leadIndexes.truck.name] }),
        sendMessages(taken.queue),
      ],
      taken,
    );

    const bookedFood = this.addEventQueue('leads-outgrown', {
      'fairground.marketplace': ['LEAD-BOOKED', 'LEAD-CANCELLED'],
      'fairground.orders': ['ORDER-CONFIRMED', 'RSVP-CONFIRMED'],
    });
    this.addQueueConsumer(
      'leads-outgrown',
      {
        ...common,
        ...marketplace,
        ...events,
        ...ticketing,
        OUTGROWN_QUEUE_URL: bookedFood.queue.queueUrl,
        LOOK_AT_SALES_SECONDS: String(settings.lookAtSalesAfter.toSeconds()),
      },
      [
        ...readWriteMarketplace({ table: data.marketplaceTable }),
        ...readSales,
        sendMessages(bookedFood.queue),
      ],
      bookedFood,
    );
    this.acknowledgeFolders(['plans'], 'leads-outgrown');

    if (data.mailSender !== undefined) this.addNotifications(data.mailSender, common, admission);

    this.acknowledgeFolders(
      bucketFolders,
      'catalog-commands',
      'catalog-queries',
      'ticketing-commands',
      'ticketing-queries',
      'ticketing-inventory-builder',
      'ticketing-claim-release',
      'ticketing-hold-expiry',
      'ticketing-session-sweep',
      'ticketing-reconciliation',
      'orders-commands',
      'orders-rsvps',
      'orders-machine',
      'orders-settlement',
      'orders-payment-news',
      'orders-reconciliation',
    );

    const holdsLog = this.functions['ticketing-commands']?.logGroup;
    this.sales =
      settings.emulator || holdsLog === undefined
        ? []
        : addSalesMetrics(this, `Fairground/${settings.stage}`, holdsLog);
  }

  /** Mails about orders, tickets and sessions, and the reminders; nothing of it where nobody sends mail. */
  private addNotifications(
    sender: MailSender,
    common: { readonly STAGE: string },
    admission: Pick<EnvironmentOf<'notifications-mail'>, 'ADMISSION_TABLE' | 'CATALOG_TABLE' | 'TICKET_KEYS'>,
  ): void {
    const { data, settings } = this;
    const { TICKET_KEYS, ...tables } = admission;
    const notices = this.addQueue('notifications-notices');
    const own = {
      ...common,
      NOTIFICATIONS_TABLE: data.notificationsTable.tableName,
      NOTICES_QUEUE_URL: notices.queue.queueUrl,
    };
    const telling = {
      ...own,
      ...tables,
      ORDERS_TABLE: data.ordersTable.tableName,
      MAIL_FROM: sender.from,
      MAIL_CONFIGURATION_SET: sender.configurationSetName,
    };
    const ownRights = [readWriteTable({ table: data.notificationsTable }), sendMessages(notices.queue)];
    const tellingRights = [
      ...ownRights,
      ...[data.ordersTable, data.admissionTable, data.catalogTable].map((table) => readTable({ table })),
      sendMail(sender),
    ];
    this.addConsumer(
      'notifications-mail',
      { ...telling, MARKETPLACE_TABLE: data.marketplaceTable.tableName, TICKET_KEYS },
      [...tellingRights, readTable({ table: data.marketplaceTable }), ...signTickets(data.ticketKeys)],
      {
        'fairground.orders': [
          'ORDER-CONFIRMED',
          'ORDER-CANCELLED',
          'ORDER-PAYMENT-LATE',
          'ORDER-MAIL-REQUESTED',
          'REFUND-SUCCEEDED',
          'REFUND-FAILED',
          'RSVP-CREATED',
          'RSVP-CONFIRMED',
          'RSVP-CHANGED',
          'RSVP-CANCELLED',
        ],
        'fairground.admission': ['TICKET-TRANSFERRED'],
        'fairground.catalog': ['SESSION-UPDATED', 'SESSION-POSTPONED', 'SESSION-CANCELLED'],
        'fairground.marketplace': [
          'LEAD-CREATED',
          'LEAD-REMINDED',
          'LEAD-CONTACTED',
          'LEAD-QUOTED',
          'LEAD-ACCEPTED',
          'LEAD-BOOKED',
          'LEAD-DECLINED',
          'LEAD-EXPIRED',
          'LEAD-CANCELLED',
          'LEAD-COMPLETED',
          'LEAD-TIME-TAKEN',
          'BRIEF-OUTGROWN',
          'MESSAGE-SENT',
        ],
      },
    );
    this.addQueueConsumer(
      'notifications-notices',
      { ...telling, NOTICE_MAILS_PER_SECOND: String(settings.noticeMailsPerSecond) },
      tellingRights,
      notices,
    );
    const reminders = this.addFunction('notifications-reminders', own, ownRights);
    new Rule(this, 'RemindersSchedule', {
      description: 'Every quarter of an hour → notifications-reminders',
      schedule: Schedule.rate(Duration.minutes(15)),
      targets: [new LambdaFunction(reminders.lambda)],
    });
    if (!settings.emulator) sender.watch(this.alarms);
  }

  /** A function that runs every five minutes and repairs drift, with the metrics and alarms of what it finds. */
  private addReconciliation<Name extends FunctionName>(
    name: Name,
    environment: EnvironmentOf<Name>,
    statements: readonly PolicyStatement[],
  ): PlatformFunction {
    const made = this.addFunction(name, environment, statements);
    new Rule(this, `${pascalCase(name)}Schedule`, {
      description: `Every five minutes → ${name}`,
      schedule: Schedule.rate(Duration.minutes(5)),
      targets: [new LambdaFunction(made.lambda)],
    });
    if (!this.settings.emulator)
      this.drift.push(...watchDrift(made, `Fairground/${this.settings.stage}`, this.alarms));
    return made;
  }

  private addFunction<Name extends FunctionName>(
    name: Name,
    environment: EnvironmentOf<Name>,
    statements: readonly PolicyStatement[],
  ): PlatformFunction {
    const made = new PlatformFunction(this, pascalCase(name), {
      name,
      definition: functionTable[name],
      bundle: this.bundles[name],
      environment: environment as Readonly<Record<string, string>>,
      statements,
      settings: this.settings,
      alarms: this.alarms,
    });
    this.functions[name] = made;
    return made;
  }

  /** Rights on objects of a bucket cannot name them: the folder is the narrowest there is. */
  private acknowledgeFolders(folders: readonly string[], ...names: readonly FunctionName[]): void {
    for (const name of names) {
      for (const folder of folders) {
        acknowledge(this.functions[name] as PlatformFunction, {
          [`IAM5[Resource::${plansBucketExport(this.data)}/${folder}/*]`]: `Objects are made at run time; ${name} works on the whole folder ${folder}.`,
        });
      }
    }
  }

  /** The outbox of a table: its stream, relayed to the bus. Records that never pass are set aside. */
  private addRelay<Name extends FunctionName & `${string}-relay`>(
    name: Name,
    table: Table,
    environment: EnvironmentOf<Name>,
    statements: readonly PolicyStatement[] = [],
  ): PlatformFunction {
    const streamArn = table.tableStreamArn;
    if (streamArn === undefined) throw new Error(`The table of ${name} has no stream`);
    const relay = this.addFunction(name, environment, [
      putEvents(this.data.bus),
      ...readStream(streamArn),
      ...statements,
    ]);
    this.addStreamMapping(relay, streamArn);
    return relay;
  }

  private addStreamMapping(relay: PlatformFunction, streamArn: string): void {
    const deadLetters = deadLetterQueue(
      relay,
      'DeadLetters',
      this.alarms,
      'They name stream records that the relay could not pass on; the items themselves are in the table. docs/guides/deploy.md says how to relay them again.',
      this.tlsOnly,
    );
    acknowledge(deadLetters, { SQS3: 'It is itself where a stream’s failed records go.' });
    new EventSourceMapping(relay, 'Stream', {
      target: relay.lambda,
      eventSourceArn: streamArn,
      startingPosition: StartingPosition.TRIM_HORIZON,
      batchSize: streamBatchSize,
      bisectBatchOnError: true,
      retryAttempts: streamRetries,
      reportBatchItemFailures: true,
      onFailure: new SqsDlq(deadLetters),
    });
    this.alarms.watch(`${relay.node.id}IteratorAge`, {
      metric: relay.lambda.metric('IteratorAge', { period: Alarms.period, statistic: 'Maximum' }),
      threshold: 60_000,
      periods: 3,
      description: `${relay.name} is more than a minute behind its stream: it fails or is too slow.`,
    });
  }

  /**
   * A consumer of lifecycle events: a rule → its own queue → function, each message failing alone.
   * @param accepts types of lifecycle events by their source.
   */
  private addConsumer<Name extends FunctionName>(
    name: Name,
    environment: EnvironmentOf<Name>,
    statements: readonly PolicyStatement[],
    accepts: Readonly<Record<string, readonly string[]>>,
  ): PlatformFunction {
    const queue = this.addEventQueue(name, accepts);
    return this.addQueueConsumer(name, environment, statements, queue);
  }

  /** The queue of a consumer of lifecycle events, with the rule that delivers to it. */
  private addEventQueue(
    name: FunctionName,
    accepts: Readonly<Record<string, readonly string[]>>,
  ): ConsumerQueue {
    const queue = this.addQueue(name, { hasRules: true });
    // Types are of one source each: one rule takes those of all.
    const rule = new Rule(this, `${pascalCase(name)}Rule`, {
      eventBus: this.data.bus,
      description: `Lifecycle events → ${name}`,
      eventPattern: { source: Object.keys(accepts), detailType: Object.values(accepts).flat() },
    });
    // A delivery that EventBridge gave up is the same message as one the consumer gave up.
    rule.addTarget(new SqsQueue(queue.queue, { deadLetterQueue: queue.deadLetters }));
    return queue;
  }

  private addQueue(name: FunctionName, { hasRules = false } = {}): ConsumerQueue {
    const queue = new ConsumerQueue(
      this,
      `${pascalCase(name)}Queue`,
      functionTable[name].timeout as Duration,
      this.alarms,
      hasRules ? undefined : this.tlsOnly,
    );
    this.queues[name] = queue;
    return queue;
  }

  private addQueueConsumer<Name extends FunctionName>(
    name: Name,
    environment: EnvironmentOf<Name>,
    statements: readonly PolicyStatement[],
    { queue }: ConsumerQueue,
  ): PlatformFunction {
    const consumer = this.addFunction(name, environment, [...statements, receiveMessages(queue)]);
    new EventSourceMapping(consumer, 'Messages', {
      target: consumer.lambda,
      eventSourceArn: queue.queueArn,
      batchSize: queueBatchSize,
      reportBatchItemFailures: true,
      // Without this bound the poller would run into the reservation and count refusals as deliveries.
      ...(this.settings.reserveConcurrency && {
        maxConcurrency: functionTable[name].reservedConcurrency,
      }),
    });
    return consumer;
  }
}

const pascalCase = (name: string): string =>
  name
    .split('-')
    .map((word) => word.charAt(0).toUpperCase() + word.slice(1))
    .join('');
