import { BatchProcessor, EventType, processPartialResponse } from '@aws-lambda-powertools/batch';
import { IdempotencyConfig, makeIdempotent } from '@aws-lambda-powertools/idempotency';
import { DynamoDBPersistenceLayer } from '@aws-lambda-powertools/idempotency/dynamodb';
import type { Context, SQSBatchResponse, SQSEvent, SQSRecord } from 'aws-lambda';
import * as z from 'zod';
import { envelopeOf, type LifecycleEventDefinition, type LifecycleEventOf } from './lifecycle-event.ts';
import { logger } from './logger.ts';
import { currentScope, inScope } from './request-scope.ts';

export interface ConsumerContext {
  /** Stamps of what the consumer changes: `stamp('…', context)`. */
  readonly caller: { readonly subject: string };
  readonly requestId: string;
  readonly traceparent: string | undefined;
  readonly now: Date;
  readonly lambda: Context;
}

export interface ConsumerOptions<Definitions extends readonly LifecycleEventDefinition[]> {
  /** Name of the function, e.g. `ticketing-session-sync`. */
  readonly name: string;
  readonly accepts: Definitions;
  /**
   * Table in which ids of handled lifecycle events are remembered for a week. For consumers whose effect is
   * costly or cannot be made conditional; the others are harmless when repeated.
   */
  readonly rememberIn?: string;
  readonly handle: (event: LifecycleEventOf<Definitions[number]>, context: ConsumerContext) => Promise<void>;
}

const rememberSeconds = 7 * 24 * 60 * 60;

/**
 * A consumer of lifecycle events from its own queue. Messages of a batch are handled in turn, each fails
 * alone, and one that failed three times waits in the queue’s dead-letter queue.
 */
export const consumer = <const Definitions extends readonly LifecycleEventDefinition[]>(
  options: ConsumerOptions<Definitions>,
) => {
  const schemas = new Map(options.accepts.map((definition) => [definition.type, envelopeOf(definition)]));
  const once = remember(options.rememberIn, options.name);

  return queueConsumer(
    options.name,
    z.object({ detail: z.object({ type: z.string() }).loose() }),
    async (body, context) => {
      const schema = schemas.get(body.detail.type);
      if (schema === undefined) throw new Error(`${options.name} does not accept ${body.detail.type}`);
      const event = schema.parse(body.detail) as LifecycleEventOf<Definitions[number]>;
      // What the consumer changes belongs to the trace of the request that began it.
      const traced = { ...context, traceparent: event.trace };
      await once(event, context.lambda, () => options.handle(event, traced));
    },
  );
};

/** A consumer of messages of our own (timers) from its queue; the body is JSON of this schema. */
export const queueConsumer = <Schema extends z.ZodType>(
  name: string,
  schema: Schema,
  handle: (body: z.output<Schema>, context: ConsumerContext) => Promise<void>,
) => {
  const handleRecord = async (record: SQSRecord, lambda: Context): Promise<void> => {
    const startedAt = performance.now();
    await inScope({ requestId: record.messageId, traceparent: undefined }, async () => {
      try {
        await handle(schema.parse(JSON.parse(record.body)), {
          caller: { subject: `system:${name}` },
          requestId: record.messageId,
          traceparent: undefined,
          now: new Date(),
          lambda,
        });
        logger.info('message', {
          messageId: record.messageId,
          ms: Math.round(performance.now() - startedAt),
          ...currentScope()?.cost,
        });
      } catch (error) {
        logger.error('message failed', {
          messageId: record.messageId,
          receiveCount: record.attributes.ApproximateReceiveCount,
          error: error as Error,
        });
        throw error;
      }
    });
  };

  // It keeps what failed: one of its own for each invocation, also where several run at once.
  return (event: SQSEvent, context: Context): Promise<SQSBatchResponse> =>
    processPartialResponse(
      event,
      (record: SQSRecord) => handleRecord(record, context),
      new BatchProcessor(EventType.SQS),
      {
        context,
        processInParallel: false,
        throwOnFullBatchFailure: false,
      },
    );
};

type Once = (event: { readonly id: string }, lambda: Context, work: () => Promise<void>) => Promise<void>;

const remember = (table: string | undefined, name: string): Once => {
  if (table === undefined) return (_event, _lambda, work) => work();
  const persistenceStore = new DynamoDBPersistenceLayer({
    tableName: table,
    keyAttr: 'pk',
    sortKeyAttr: 'sk',
    staticPkValue: `CONSUMED#${name}`,
    expiryAttr: 'ttl',
  });
  return async (event, lambda, work) => {
    const config = new IdempotencyConfig({ eventKeyJmesPath: 'id', expiresAfterSeconds: rememberSeconds });
    // Without the context a run that crashed would count as in progress for the whole week.
    config.registerLambdaContext(lambda);
    const handleOnce = makeIdempotent(async (_id: { id: string }) => work().then(() => true), {
      persistenceStore,
      config,
    });
    await handleOnce({ id: event.id });
  };
};
