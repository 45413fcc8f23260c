import { randomUUID } from 'node:crypto';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { Worker } from 'node:worker_threads';
import { account, arnOf } from './account.ts';
import type { InvocationRequest, WorkerData, WorkerMessage } from './lambda-worker.ts';
import { Usage } from './usage.ts';

export interface FunctionSettings {
  readonly name: string;
  /** Folder of the code. */
  readonly directory: string;
  /** `<module>.<export>`, as Lambda’s `Handler`. */
  readonly handler: string;
  readonly timeoutSeconds: number;
  readonly memoryMb: number;
  readonly environment: Readonly<Record<string, string>>;
}

export type Invocation =
  | { readonly ok: true; readonly payload: string | undefined }
  | {
      readonly ok: false;
      readonly reason: 'timeout' | 'error' | 'too_large';
      readonly message: string;
      /** What the handler threw. */
      readonly thrown?: { readonly name: string; readonly message: string };
    };

/** Payload of a synchronous invocation and of its answer: 6 MB (Lambda quota). */
export const maxPayloadBytes = 6 * 1024 * 1024;

/**
 * Threads of one function, and invocations that one thread works on at once. Handlers wait for I/O most
 * of the time, and keep nothing of a request in module scope.
 */
const threadsPerFunction = 2;
const invocationsPerThread = 64;

/** One function: threads of its own, started at the first invocation that needs them. */
export class LambdaFunction {
  readonly name: string;
  private readonly settings: FunctionSettings;
  private readonly log: (line: string) => void;
  private readonly usage: Usage;
  private threads: Thread[] = [];
  private readonly waiting: ((thread: Thread) => void)[] = [];

  constructor(settings: FunctionSettings, log: (line: string) => void, usage = new Usage()) {
    this.name = settings.name;
    this.settings = settings;
    this.log = log;
    this.usage = usage;
  }

  /** Invokes it with an event and waits for its answer, for its timeout at most. */
  async invoke(event: unknown): Promise<Invocation> {
    const payload = JSON.stringify(event);
    if (Buffer.byteLength(payload) > maxPayloadBytes) {
      return { ok: false, reason: 'too_large', message: `The event is larger than ${maxPayloadBytes} bytes` };
    }
    const thread = await this.acquire();
    const startedAt = performance.now();
    try {
      const result = await thread.invoke(payload, this.settings.timeoutSeconds * 1_000);
      if (result.ok && Buffer.byteLength(result.payload ?? '') > maxPayloadBytes) {
        return {
          ok: false,
          reason: 'error',
          message: `The answer is larger than ${maxPayloadBytes} bytes`,
        };
      }
      if (!result.ok) this.log(`${this.name}: ${result.message}`);
      return result;
    } finally {
      this.usage.invoked(this.settings, event, performance.now() - startedAt);
      this.release(thread);
    }
  }

  /** Starts a thread ahead of the first invocation. */
  async warm(): Promise<void> {
    const thread = await this.acquire();
    await thread.ready;
    this.release(thread);
  }

  async stop(): Promise<void> {
    await Promise.all(this.threads.map((thread) => thread.terminate()));
    this.threads = [];
  }

  private async acquire(): Promise<Thread> {
    this.threads = this.threads.filter((thread) => thread.usable);
    const [least] = this.threads.toSorted((one, other) => one.busy - other.busy);
    if (least !== undefined && (least.busy === 0 || this.threads.length === threadsPerFunction)) {
      if (least.busy < invocationsPerThread) {
        least.busy += 1;
        return least;
      }
      return new Promise((resolve) => this.waiting.push(resolve));
    }
    const started = new Thread(this.settings, this.log);
    started.busy += 1;
    this.threads.push(started);
    return started;
  }

  /** Gives the place that became free, in whatever thread, to whoever waits longest. */
  private release(thread: Thread): void {
    thread.busy -= 1;
    if (!thread.usable && thread.busy === 0) void thread.terminate();
    const next = this.waiting.shift();
    if (next !== undefined) void this.acquire().then(next);
  }
}

class Thread {
  busy = 0;
  usable = true;
  private readonly worker: Worker;
  /** Resolves when the module is loaded, with what went wrong if it could not be. */
  readonly ready: Promise<string | undefined>;
  private readonly running = new Map<string, (result: Invocation) => void>();

  constructor(settings: FunctionSettings, log: (line: string) => void) {
    const [module = 'index', handlerName = 'handler'] = settings.handler.split('.');
    this.worker = new Worker(new URL('./lambda-worker.ts', import.meta.url), {
      // The system’s name of the thread, by which its CPU time is told from others’.
      name: settings.name.split('-').at(-1) ?? settings.name,
      workerData: {
        file: `${settings.directory}/${module}.mjs`,
        handlerName,
        functionName: settings.name,
        functionArn: arnOf('lambda', `function:${settings.name}`),
        memoryMb: settings.memoryMb,
      } satisfies WorkerData,
      env: {
        ...settings.environment,
        AWS_ACCESS_KEY_ID: account.credentials.accessKeyId,
        AWS_SECRET_ACCESS_KEY: account.credentials.secretAccessKey,
        AWS_REGION: account.region,
        AWS_LAMBDA_FUNCTION_NAME: settings.name,
        AWS_LAMBDA_FUNCTION_MEMORY_SIZE: String(settings.memoryMb),
        TZ: ':UTC',
      },
      resourceLimits: { maxOldGenerationSizeMb: settings.memoryMb },
      execArgv: [],
      stdout: true,
      stderr: true,
    });
    forwardLines(this.worker.stdout, log);
    forwardLines(this.worker.stderr, log);
    this.ready = new Promise((resolve) => {
      this.worker.on('message', (message: WorkerMessage) => {
        if (message.kind === 'ready') resolve(undefined);
        else if (message.kind === 'broken') resolve(message.message);
        else this.settle(message);
      });
      const gone = (reason: string): void => {
        this.usable = false;
        resolve(reason);
        for (const settle of this.running.values()) settle({ ok: false, reason: 'error', message: reason });
        this.running.clear();
      };
      this.worker.once('error', (error: Error) => gone(error.stack ?? error.message));
      this.worker.once('exit', (code) => gone(`The thread ended with code ${code}`));
    });
  }

  async invoke(payload: string, timeoutMs: number): Promise<Invocation> {
    const broken = await this.ready;
    if (broken !== undefined) {
      this.usable = false;
      return { ok: false, reason: 'error', message: broken };
    }
    const requestId = randomUUID();
    const result = await new Promise<Invocation>((resolve) => {
      const timer = setTimeout(() => {
        // Whatever still runs there is cut off, as Lambda does; others in the thread may finish first.
        this.usable = false;
        resolve({ ok: false, reason: 'timeout', message: `Timed out after ${timeoutMs / 1_000} s` });
      }, timeoutMs);
      this.running.set(requestId, (settled) => {
        clearTimeout(timer);
        resolve(settled);
      });
      this.worker.postMessage({
        requestId,
        payload,
        deadline: Date.now() + timeoutMs,
      } satisfies InvocationRequest);
    });
    this.running.delete(requestId);
    return result;
  }

  async terminate(): Promise<void> {
    this.usable = false;
    await this.worker.terminate();
  }

  private settle(message: Extract<WorkerMessage, { readonly requestId: string }>): void {
    this.running.get(message.requestId)?.(
      message.kind === 'answer'
        ? { ok: true, payload: message.payload }
        : { ok: false, reason: 'error', message: message.stack, thrown: message },
    );
  }
}

const forwardLines = (stream: Readable, log: (line: string) => void): void => {
  createInterface({ input: stream }).on('line', log);
};
