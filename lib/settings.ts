import { Duration } from 'aws-cdk-lib';
import { RetentionDays } from 'aws-cdk-lib/aws-logs';
import type { Node } from 'constructs';
import * as z from 'zod';

/** A flag given on the command line (`-c emulator=true`) is text, given in process it may be a boolean. */
const flag = z.union([z.boolean(), z.enum(['true', 'false']).transform((text) => text === 'true')]);

const paymentProvider = z.enum(['stripe', 'test']);
type PaymentProviderName = z.output<typeof paymentProvider>;

const stripeApi = 'https://api.stripe.com';

const contextSchema = z.object({
  stage: z.enum(['dev', 'staging', 'prod']).default('dev'),
  /** Deploys to a LocalStack-compatible endpoint: what those lack is left out. */
  emulator: flag.default(false),
  /** OIDC issuer of the tokens; without it the app makes a Cognito user pool. */
  issuer: z.url().optional(),
  /** Default: `<issuer>/.well-known/jwks.json`. */
  jwksUri: z.url().optional(),
  audience: z.string().default(''),
  /** Who is told of alarms. */
  alarmEmail: z.email().optional(),
  /** Address that mails come from; without it none are sent, and nothing that sends them is made. */
  mailFrom: z.email().optional(),
  /** Mails a second that notices to a whole session may take; SES gives a new account fourteen in all. */
  noticeMailsPerSecond: z.coerce.number().int().min(1).max(1_000).default(10),
  /** Whether the sides of a lead read each other’s addresses, numbers and links only when the truck is booked. */
  maskContacts: flag.default(true),
  /** Where browser clients are served from, separated by commas: sign-in redirects and uploads. */
  webOrigins: z
    .string()
    .default('http://localhost:5173')
    .transform((list) => list.split(',').map((origin) => origin.trim())),
  /** Who takes payments, separated by commas; without it as the stage has it. */
  paymentProviders: z
    .string()
    .transform((list) => list.split(',').map((name) => name.trim()))
    .pipe(z.array(paymentProvider))
    .optional(),
  /** Another server in the place of Stripe’s, for tests. */
  stripeApiOrigin: z.url({ protocol: /^https?$/ }).default(stripeApi),
});

export type Stage = z.output<typeof contextSchema>['stage'];

interface StageSettings {
  /** Tables, buckets and pools outlive their stack and are protected from deletion. */
  readonly retain: boolean;
  /** Encryption by KMS with AWS-managed keys instead of keys that the service owns. */
  readonly kms: boolean;
  readonly logRetention: RetentionDays;
  /** Bulkheads: a function can use up neither the account’s concurrency nor that of another function. */
  readonly reserveConcurrency: boolean;
  readonly dashboard: boolean;
  /** Requests per second of the whole API, and how many may come at once. */
  readonly throttle: { readonly ratePerSecond: number; readonly burst: number };
  readonly minHold: Duration;
  readonly maxHold: Duration;
  /** Providers that customers can choose. `test` takes no money, and is refused where tickets are real. */
  readonly paymentProviders: readonly PaymentProviderName[];
  /** How long after the end of its longest hold an order may still be paid. */
  readonly paymentGrace: Duration;
  /** Whether bookings of trucks may be completed before their event is over: to try a whole lead in a minute. */
  readonly completeLeadsEarly: boolean;
  /** From the first sale of tickets on, until it is looked at whether food is booked for so many. */
  readonly lookAtSalesAfter: Duration;
  /**
   * Versions of the key that signs tickets, newest first: the first signs, all verify. To rotate, put a new
   * name before the others; a name is taken away when no ticket that it signed will be scanned any more.
   */
  readonly ticketKeys: readonly [string, ...string[]];
}

const stages: Readonly<Record<Stage, StageSettings>> = {
  dev: {
    retain: false,
    kms: false,
    logRetention: RetentionDays.ONE_WEEK,
    reserveConcurrency: false,
    dashboard: false,
    throttle: { ratePerSecond: 2_000, burst: 2_000 },
    // Short holds, so that expiry is tested by waiting for it.
    minHold: Duration.seconds(1),
    maxHold: Duration.hours(2),
    paymentProviders: ['test'],
    paymentGrace: Duration.seconds(10),
    completeLeadsEarly: true,
    lookAtSalesAfter: Duration.seconds(2),
    ticketKeys: ['V1'],
  },
  staging: {
    retain: true,
    kms: true,
    logRetention: RetentionDays.ONE_MONTH,
    reserveConcurrency: false,
    dashboard: true,
    throttle: { ratePerSecond: 5_000, burst: 5_000 },
    minHold: Duration.minutes(1),
    maxHold: Duration.hours(2),
    paymentProviders: ['stripe', 'test'],
    paymentGrace: Duration.minutes(15),
    completeLeadsEarly: false,
    lookAtSalesAfter: Duration.minutes(1),
    ticketKeys: ['V1'],
  },
  prod: {
    retain: true,
    kms: true,
    logRetention: RetentionDays.SIX_MONTHS,
    reserveConcurrency: true,
    dashboard: true,
    throttle: { ratePerSecond: 10_000, burst: 5_000 },
    minHold: Duration.minutes(1),
    maxHold: Duration.hours(2),
    paymentProviders: ['stripe'],
    paymentGrace: Duration.minutes(15),
    completeLeadsEarly: false,
    lookAtSalesAfter: Duration.minutes(1),
    ticketKeys: ['V1'],
  },
};

export type Settings = Omit<z.output<typeof contextSchema>, keyof StageSettings> & StageSettings;

/** Reads the CDK context of the app; a value that is not allowed stops the synthesis and says which. */
export const readSettings = (node: Node): Settings => {
  const given = Object.fromEntries(
    Object.keys(contextSchema.shape).map((name) => [name, node.tryGetContext(name) ?? undefined]),
  );
  const result = contextSchema.safeParse(given);
  if (!result.success) {
    const faults = result.error.issues.map((issue) => `-c ${issue.path.join('.')}: ${issue.message}`);
    throw new Error(`The CDK context is wrong: ${faults.join('; ')}`);
  }
  const { stage, stripeApiOrigin, paymentProviders = stages[stage].paymentProviders } = result.data;
  if (stage === 'prod' && stripeApiOrigin !== stripeApi) {
    throw new Error(
      'The CDK context is wrong: -c stripeApiOrigin: payments of prod are made by Stripe itself',
    );
  }
  if (stage === 'prod' && paymentProviders.includes('test')) {
    throw new Error(
      'The CDK context is wrong: -c paymentProviders: the provider `test` takes no money and is not for prod',
    );
  }
  return { ...result.data, ...stages[stage], paymentProviders };
};
