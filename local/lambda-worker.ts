import { parentPort, workerData } from 'node:worker_threads';
import type { Context } from 'aws-lambda';

/** Runs one function in a thread of its own: its own modules, its own environment. */

export interface WorkerData {
  readonly file: string;
  readonly handlerName: string;
  readonly functionName: string;
  readonly functionArn: string;
  readonly memoryMb: number;
}

export interface InvocationRequest {
  readonly requestId: string;
  /** JSON, as the Lambda service hands it over. */
  readonly payload: string;
  readonly deadline: number;
}

export type WorkerMessage =
  | { readonly kind: 'ready' }
  | { readonly kind: 'broken'; readonly message: string }
  | { readonly kind: 'answer'; readonly requestId: string; readonly payload: string | undefined }
  | {
      readonly kind: 'error';
      readonly requestId: string;
      readonly name: string;
      readonly message: string;
      readonly stack: string;
    };

const port = parentPort;
if (port === null) throw new Error('Not started as a worker');
const data = workerData as WorkerData;
const send = (message: WorkerMessage): void => port.postMessage(message);

type Handler = (event: unknown, context: Context) => Promise<unknown>;

const contextOf = (request: InvocationRequest): Context => ({
  callbackWaitsForEmptyEventLoop: false,
  functionName: data.functionName,
  functionVersion: '$LATEST',
  invokedFunctionArn: data.functionArn,
  memoryLimitInMB: String(data.memoryMb),
  awsRequestId: request.requestId,
  logGroupName: data.functionName,
  logStreamName: 'local',
  getRemainingTimeInMillis: () => request.deadline - Date.now(),
  done: () => undefined,
  fail: () => undefined,
  succeed: () => undefined,
});

const invoke = async (handler: Handler, request: InvocationRequest): Promise<void> => {
  try {
    const result = await handler(JSON.parse(request.payload), contextOf(request));
    send({ kind: 'answer', requestId: request.requestId, payload: JSON.stringify(result) });
  } catch (error) {
    const { name, stack, message } = error instanceof Error ? error : new Error(String(error));
    send({ kind: 'error', requestId: request.requestId, name, message, stack: stack ?? message });
  }
};

try {
  const module = (await import(data.file)) as Record<string, unknown>;
  const handler = module[data.handlerName];
  if (typeof handler !== 'function') throw new Error(`${data.file} exports no ${data.handlerName}`);
  port.on('message', (request: InvocationRequest) => void invoke(handler as Handler, request));
  send({ kind: 'ready' });
} catch (error) {
  send({ kind: 'broken', message: (error as Error).stack ?? String(error) });
}
