import { Duration } from 'aws-cdk-lib';
import type * as z from 'zod';
import {
  catalogCommandsEnvironment,
  catalogPublicationEnvironment,
  catalogQueriesEnvironment,
} from '../functions/catalog/environment.ts';
import {
  identityCommandsEnvironment,
  identityQueriesEnvironment,
} from '../functions/identity/environment.ts';
import { commonEnvironment, relayEnvironment } from '../functions/platform/environment.ts';

export interface FunctionDefinition {
  /** Module whose `handler` is the function, from the project’s root. */
  readonly entry: string;
  /** What the module reads from its environment; lib/ must set exactly these variables. */
  readonly environment: z.ZodObject;
  readonly kind: 'api' | 'relay' | 'consumer';
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

/** Every function of the platform. Its name is also that of its folder under .build/functions. */
export const functionTable = {
  'platform-queries': {
    ...api,
    entry: 'functions/platform/queries.ts',
    environment: commonEnvironment,
    reservedConcurrency: 50,
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
    reservedConcurrency: 50,
  },
  'identity-relay': { ...relay, entry: 'functions/identity/relay.ts', environment: relayEnvironment },
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
    entry: 'functions/platform/queries.ts',
    environment: catalogQueriesEnvironment,
    reservedConcurrency: 200,
  },
  'catalog-relay': { ...relay, entry: 'functions/catalog/relay.ts', environment: relayEnvironment },
} as const satisfies Readonly<Record<string, FunctionDefinition>>;

export type FunctionName = keyof typeof functionTable;

/** The variables a function needs, each as text; a missing or unknown one does not compile. */
export type EnvironmentOf<Name extends FunctionName> = {
  readonly [Variable in keyof z.input<(typeof functionTable)[Name]['environment']>]-?: string;
};
