import { CfnOutput, Duration, RemovalPolicy, Stack, type StackProps } from 'aws-cdk-lib';
import {
  AttributeType,
  BillingMode,
  ProjectionType,
  StreamViewType,
  Table,
  TableEncryption,
} from 'aws-cdk-lib/aws-dynamodb';
import { EventBus } from 'aws-cdk-lib/aws-events';
import { Key, KeySpec, KeyUsage } from 'aws-cdk-lib/aws-kms';
import { BlockPublicAccess, Bucket, BucketEncryption, HttpMethods } from 'aws-cdk-lib/aws-s3';
import { Secret } from 'aws-cdk-lib/aws-secretsmanager';
import type { Construct } from 'constructs';
import { sessionIndex, sessionIndexAttributes } from '../functions/admission/ticket-index.ts';
import {
  leadIndexes,
  outstandingIndex as outstandingLeads,
} from '../functions/marketplace/leads/lead-indexes.ts';
import { documentsKeptDays } from '../functions/marketplace/verification/verification.ts';
import { sessionIndex as ordersBySession, outstandingIndex } from '../functions/orders/order-indexes.ts';
import { acknowledge } from './acknowledge.ts';
import { AlarmTopic } from './constructs/alarm-topic.ts';
import { MailSender } from './constructs/mail-sender.ts';
import type { Settings } from './settings.ts';

/** Index of the catalog by organization, newest first. */
export const organizationIndex = 'byOrganization';

/** Name of the export that carries the ARN of the plans bucket. */
export const plansBucketExport = (stack: Stack): string => `${stack.stackName}-PlansBucketArn`;

/**
 * All that keeps state: a table per context, the plans, the bus with its archive, the key of ids, who is told of
 * alarms. It changes rarely and is deployed apart from what is stateless, so that no change of code can touch data.
 */
export class DataStack extends Stack {
  readonly identityTable: Table;
  readonly catalogTable: Table;
  readonly ticketingTable: Table;
  readonly ordersTable: Table;
  readonly admissionTable: Table;
  readonly notificationsTable: Table;
  readonly marketplaceTable: Table;
  /** Keys that tickets are signed with, newest first. */
  readonly ticketKeys: readonly Key[];
  /** Who mails come from, where the stage names a sender. */
  readonly mailSender: MailSender | undefined;
  readonly plansBucket: Bucket;
  /** ARN of the plans bucket under an export name of its own: acknowledged findings name it. */
  readonly plansBucketArn: string;
  readonly bus: EventBus;
  readonly idSecret: Secret;
  /** Keys of Stripe, where the stage offers it; a person puts them there. */
  readonly stripeSecret: Secret | undefined;

  constructor(scope: Construct, id: string, settings: Settings, props: StackProps) {
    super(scope, id, { ...props, terminationProtection: settings.retain });
    const removalPolicy = settings.retain ? RemovalPolicy.RETAIN : RemovalPolicy.DESTROY;

    const table = (name: string): Table =>
      new Table(this, name, {
        partitionKey: { name: 'pk', type: AttributeType.STRING },
        sortKey: { name: 'sk', type: AttributeType.STRING },
        billingMode: BillingMode.PAY_PER_REQUEST,
        stream: StreamViewType.NEW_AND_OLD_IMAGES,
        timeToLiveAttribute: 'ttl',
        pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: true },
        encryption: settings.kms ? TableEncryption.AWS_MANAGED : TableEncryption.DEFAULT,
        deletionProtection: settings.retain,
        removalPolicy,
      });
    this.identityTable = table('IdentityTable');
    this.catalogTable = table('CatalogTable');
    this.catalogTable.addGlobalSecondaryIndex({
      indexName: organizationIndex,
      partitionKey: { name: 'gsi1pk', type: AttributeType.STRING },
      sortKey: { name: 'gsi1sk', type: AttributeType.STRING },
      projectionType: ProjectionType.ALL,
    });
    this.ticketingTable = table('TicketingTable');
    this.ordersTable = table('OrdersTable');
    for (const index of [ordersBySession, outstandingIndex]) {
      this.ordersTable.addGlobalSecondaryIndex({
        indexName: index.name,
        partitionKey: { name: index.pk, type: AttributeType.STRING },
        sortKey: { name: index.sk, type: AttributeType.STRING },
        projectionType: ProjectionType.KEYS_ONLY,
      });
    }
    this.admissionTable = table('AdmissionTable');
    this.admissionTable.addGlobalSecondaryIndex({
      indexName: sessionIndex.name,
      partitionKey: { name: sessionIndex.pk, type: AttributeType.STRING },
      sortKey: { name: sessionIndex.sk, type: AttributeType.STRING },
      projectionType: ProjectionType.INCLUDE,
      nonKeyAttributes: [...sessionIndexAttributes],
    });

    this.marketplaceTable = table('MarketplaceTable');
    this.marketplaceTable.addGlobalSecondaryIndex({
      indexName: organizationIndex,
      partitionKey: { name: 'gsi1pk', type: AttributeType.STRING },
      sortKey: { name: 'gsi1sk', type: AttributeType.STRING },
      projectionType: ProjectionType.ALL,
    });
    this.marketplaceTable.addGlobalSecondaryIndex({
      indexName: leadIndexes.truck.name,
      partitionKey: { name: leadIndexes.truck.pk, type: AttributeType.STRING },
      sortKey: { name: leadIndexes.truck.sk, type: AttributeType.STRING },
      projectionType: ProjectionType.ALL,
    });
    this.marketplaceTable.addGlobalSecondaryIndex({
      indexName: outstandingLeads.name,
      partitionKey: { name: outstandingLeads.pk, type: AttributeType.STRING },
      sortKey: { name: outstandingLeads.sk, type: AttributeType.STRING },
      projectionType: ProjectionType.KEYS_ONLY,
    });
    this.notificationsTable = table('NotificationsTable');
    this.mailSender =
      settings.mailFrom === undefined
        ? undefined
        : new MailSender(this, 'MailSender', settings.mailFrom, settings);

    if (settings.alarmEmail !== undefined) new AlarmTopic(this, 'AlarmTopic', settings.alarmEmail, settings);

    this.ticketKeys = settings.ticketKeys.map(
      (version) =>
        new Key(this, `TicketKey${version}`, {
          description: `Signs tickets (${version})`,
          keySpec: KeySpec.ECC_NIST_P256,
          keyUsage: KeyUsage.SIGN_VERIFY,
          removalPolicy,
        }),
    );

    this.plansBucket = new Bucket(this, 'PlansBucket', {
      encryption: settings.kms ? BucketEncryption.KMS_MANAGED : BucketEncryption.S3_MANAGED,
      ...(settings.kms && { bucketKeyEnabled: true }),
      blockPublicAccess: BlockPublicAccess.BLOCK_ALL,
      enforceSSL: true,
      versioned: settings.retain,
      lifecycleRules: [
        {
          id: 'uploads-are-temporary',
          prefix: 'uploads/',
          expiration: Duration.days(1),
          abortIncompleteMultipartUploadAfter: Duration.days(1),
          ...(settings.retain && { noncurrentVersionExpiration: Duration.days(1) }),
        },
        {
          id: 'papers-are-not-kept-for-ever',
          prefix: 'documents/',
          expiration: Duration.days(documentsKeptDays),
          ...(settings.retain && { noncurrentVersionExpiration: Duration.days(1) }),
        },
        // A photo that its owner took away is gone.
        ...(settings.retain
          ? [
              {
                id: 'deleted-photos-are-gone',
                prefix: 'photos/',
                noncurrentVersionExpiration: Duration.days(1),
              },
            ]
          : []),
      ],
      cors: [
        {
          // Browsers send large plans, photos and papers straight here, by a presigned URL.
          allowedMethods: [HttpMethods.PUT],
          allowedOrigins: settings.webOrigins,
          allowedHeaders: ['content-type', 'content-length', 'x-amz-*'],
          exposedHeaders: ['etag'],
          maxAge: 86_400,
        },
      ],
      removalPolicy,
    });
    acknowledge(this.plansBucket, {
      S1: 'Every write, and every link to a truck’s papers, comes from a request that the catalog or the marketplace logs with who made it; server access logs would add a second bucket and no knowledge.',
    });

    this.plansBucketArn = this.exportValue(this.plansBucket.bucketArn, { name: plansBucketExport(this) });

    new CfnOutput(this, 'PlansBucketName', { value: this.plansBucket.bucketName });

    this.bus = new EventBus(this, 'Bus');
    if (!settings.emulator) {
      this.bus.archive('Archive', {
        description: 'Lifecycle events for replay',
        eventPattern: { account: [this.account] },
        retention: Duration.days(settings.retain ? 365 : 7),
      });
    }

    this.idSecret = new Secret(this, 'IdSecret', {
      description: 'Key that ids are derived with (HMAC)',
      generateSecretString: { passwordLength: 64, excludePunctuation: true },
      removalPolicy,
    });
    acknowledge(this.idSecret, {
      SMG4: 'Ids derive from this key: a new key would make retries of requests already answered create a second time. It is rotated by hand, as docs/guides/deploy.md says.',
    });

    this.stripeSecret = settings.paymentProviders.includes('stripe')
      ? this.addStripeSecret(removalPolicy)
      : undefined;
  }

  /** Made with a text that is no key: docs/guides/payments.md says what to put there. */
  private addStripeSecret(removalPolicy: RemovalPolicy): Secret {
    const secret = new Secret(this, 'StripeSecret', {
      description: 'Keys of Stripe (JSON, docs/guides/payments.md)',
      generateSecretString: { passwordLength: 32, excludePunctuation: true },
      removalPolicy,
    });
    acknowledge(secret, {
      SMG4: 'The keys are made by Stripe and replaced by hand, as docs/guides/payments.md says: Secrets Manager cannot make them.',
    });
    new CfnOutput(this, 'StripeSecretArn', { value: secret.secretArn });
    return secret;
  }
}
