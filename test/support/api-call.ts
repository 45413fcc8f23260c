import type { APIGatewayProxyEvent, APIGatewayProxyResult, Context } from 'aws-lambda';
import type { Routes } from '../../functions/platform/route.ts';
import { gatewayEvent } from './gateway-event.ts';

export interface CallOptions {
  /** Who calls; null for nobody. */
  readonly as?: string | null;
  readonly params?: Readonly<Record<string, string>>;
  readonly query?: Readonly<Record<string, string>>;
  readonly body?: unknown;
  readonly rawBody?: string;
  readonly key?: string;
  readonly ifMatch?: string;
  readonly ifNoneMatch?: string;
}

export interface Answered {
  readonly status: number;
  readonly headers: Readonly<Record<string, unknown>>;
  readonly etag: string;
  // biome-ignore lint/suspicious/noExplicitAny: what an answer holds is for each test to say
  readonly body: any;
}

export type LambdaHandler = (event: APIGatewayProxyEvent, context: Context) => Promise<APIGatewayProxyResult>;

export type Call<Operation> = (operation: Operation, options?: CallOptions) => Promise<Answered>;

const bodyOf = ({ headers, body }: APIGatewayProxyResult): unknown =>
  /[/+]json$/.test(String(headers?.['Content-Type'])) ? JSON.parse(body) : body;

let keys = 0;
/** A fresh Idempotency-Key. */
export const freshKey = (): string => {
  keys += 1;
  return `key-${process.pid}-${keys}`;
};

/**
 * Calls operations of a route table as the gateway does, without one.
 * @param handlerOf the Lambda handler of a function.
 * @param tokenOf an access token of a subject; calls are `ann`’s unless they say.
 */
export const callsOf =
  <R extends Routes>(
    routes: R,
    handlerOf: (functionName: string) => LambdaHandler,
    tokenOf: (subject: string) => string,
  ): Call<keyof R & string> =>
  async (operation, options = {}) => {
    const definition = routes[operation];
    if (definition === undefined) throw new Error(`No route ${operation}`);
    const names = [...definition.path.matchAll(/\{(\w+)\}/g)].map(([, name = '']) => name);
    const params = Object.fromEntries(names.map((name) => [name, options.params?.[name] ?? '']));
    const path = definition.path.replace(/\{(\w+)\}/g, (_, name: string) => params[name] ?? '');
    const subject = options.as === undefined ? 'ann' : options.as;
    const headers: Record<string, string> = {
      ...(subject !== null && { authorization: `Bearer ${tokenOf(subject)}` }),
      ...(definition.creates && { 'idempotency-key': options.key ?? freshKey() }),
      ...(options.ifMatch !== undefined && { 'if-match': options.ifMatch }),
      ...(options.ifNoneMatch !== undefined && { 'if-none-match': options.ifNoneMatch }),
    };
    const event = gatewayEvent(definition.method, path, {
      headers,
      params,
      ...(options.query && { query: options.query }),
      ...(options.body !== undefined && { body: options.body }),
      ...(options.rawBody !== undefined && { rawBody: options.rawBody }),
    });
    const handler = handlerOf(definition.function);
    const result = await handler(event, { awsRequestId: 'lambda-1' } as Context);
    return {
      status: result.statusCode,
      headers: result.headers ?? {},
      etag: String(result.headers?.ETag ?? ''),
      body: result.body === '' ? undefined : bodyOf(result),
    };
  };
