import * as z from 'zod';
import { contentId } from './ids.ts';

/**
 * Who and what changed an item, kept on the item itself so that the stream tells it.
 * `by` is a subject id or `system:<function>`; `at` is when it was true (valid time).
 */
export interface Change {
  readonly what: string;
  readonly by: string;
  readonly requestId: string;
  readonly at: string;
  readonly trace?: string;
  readonly key?: string;
}

/** The stamp of a change made by a request or a consumer. */
export const stamp = (
  what: string,
  request: {
    readonly caller?: { readonly subject: string } | undefined;
    readonly requestId: string;
    readonly now: Date;
    readonly traceparent?: string | undefined;
    readonly idempotency?: { readonly key: string } | undefined;
  },
): Change => ({
  what,
  by: request.caller?.subject ?? 'anonymous',
  requestId: request.requestId,
  at: request.now.toISOString(),
  ...(request.traceparent !== undefined && { trace: request.traceparent }),
  ...(request.idempotency !== undefined && { key: request.idempotency.key }),
});

export interface LifecycleEventDefinition<Type extends string = string, Data extends z.ZodType = z.ZodType> {
  readonly type: Type;
  readonly version: number;
  readonly description: string;
  /** Kind of aggregate whose history this is part of: `hold`, `session`, … */
  readonly aggregate: string;
  readonly data: Data;
  readonly example: z.input<Data>;
}

/** Declares a lifecycle event; its JSON Schema is published in docs/reference/lifecycle-events. */
// Who uses none of a context’s events carries none of them (a mark that the bundler reads).
// @__NO_SIDE_EFFECTS__
export const defineLifecycleEvent = <const Type extends string, Data extends z.ZodType>(
  definition: LifecycleEventDefinition<Type, Data>,
): LifecycleEventDefinition<Type, Data> => definition;

/** The envelope around the data of any lifecycle event. */
export const envelopeOf = <Type extends string, Data extends z.ZodType>(
  definition: LifecycleEventDefinition<Type, Data>,
) =>
  z.object({
    id: z.string().meta({ description: 'The same for every delivery of the same fact: dedupe by it.' }),
    type: z.literal(definition.type),
    version: z.literal(definition.version),
    occurredAt: z.iso.datetime(),
    aggregate: z.object({
      kind: z.literal(definition.aggregate),
      id: z.string(),
      sequence: z.int().min(1).meta({ description: 'Grows with every change of the aggregate.' }),
    }),
    organizationId: z.string().optional(),
    actor: z.string().meta({ description: 'Subject id, `anonymous`, or `system:<function>`.' }),
    idempotencyKey: z.string().optional(),
    trace: z.string().optional().meta({ description: 'W3C traceparent of the request that caused it.' }),
    data: definition.data,
  });

export interface LifecycleEvent<Type extends string = string, Data = unknown> {
  readonly id: string;
  readonly type: Type;
  readonly version: number;
  readonly occurredAt: string;
  readonly aggregate: { readonly kind: string; readonly id: string; readonly sequence: number };
  readonly organizationId?: string;
  readonly actor: string;
  readonly idempotencyKey?: string;
  readonly trace?: string;
  readonly data: Data;
}

export type LifecycleEventOf<D> =
  D extends LifecycleEventDefinition<infer Type, infer Data> ? LifecycleEvent<Type, z.output<Data>> : never;

/**
 * Makes the lifecycle event of a change. The id follows from aggregate, sequence and type, so that a
 * record relayed twice gives the same id twice.
 */
export const lifecycleEvent = <Type extends string, Data extends z.ZodType>(
  definition: LifecycleEventDefinition<Type, Data>,
  fact: {
    readonly aggregateId: string;
    readonly sequence: number;
    readonly change: Change;
    readonly organizationId?: string | undefined;
    readonly data: z.input<Data>;
  },
): LifecycleEvent<Type, z.input<Data>> => ({
  id: contentId('lev', `${definition.aggregate}/${fact.aggregateId}/${fact.sequence}/${definition.type}`),
  type: definition.type,
  version: definition.version,
  occurredAt: fact.change.at,
  aggregate: { kind: definition.aggregate, id: fact.aggregateId, sequence: fact.sequence },
  ...(fact.organizationId !== undefined && { organizationId: fact.organizationId }),
  actor: fact.change.by,
  ...(fact.change.key !== undefined && { idempotencyKey: fact.change.key }),
  ...(fact.change.trace !== undefined && { trace: fact.change.trace }),
  data: fact.data,
});
