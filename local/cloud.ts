import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDBStreamsClient } from '@aws-sdk/client-dynamodb-streams';
import { localClient } from './account.ts';
import { synthesize } from './assembly.ts';
import { answerAws, serviceOf } from './aws-endpoint.ts';
import { answerControl, controlPaths, controlPrefix, issuerPrefix } from './control.ts';
import { startDynamoDb } from './dynamodb.ts';
import { EventBus } from './event-bus.ts';
import { answerApi } from './gateway.ts';
import { openIssuer } from './issuer.ts';
import { type FunctionSettings, LambdaFunction } from './lambda.ts';
import { pollQueue } from './queue-poller.ts';
import { createQueuesAndBuckets, queueNameOf, startQueuesAndBuckets } from './queues-and-buckets.ts';
import { referencesWith } from './resource-types.ts';
import { openRestApi } from './rest-api.ts';
import { Secrets } from './secrets.ts';
import { openState } from './state.ts';
import { pollStream } from './stream-poller.ts';
import { createTables } from './tables.ts';
import { type Resource, resolveStacks } from './template.ts';
import { sweepExpired, ttlDeletionsOf } from './ttl-sweeper.ts';

export interface CloudOptions {
  /** 0 (the default) takes a free one. */
  readonly port?: number;
  /** Folder that everything is kept in; in memory when left out. */
  readonly dataDirectory?: string;
  /** Told of each step of the start. */
  readonly progress?: (step: string) => void;
  /** Told every line that functions write, and what goes wrong behind requests. */
  readonly log?: (line: string) => void;
  /** Seconds between sweeps of expired items; default 30. */
  readonly ttlSweepSeconds?: number;
  /** Told when a part ended by itself; nothing works from then on. */
  readonly onBroken?: (reason: string) => void;
}

export interface Cloud {
  /** E.g. `http://127.0.0.1:3000`; also the endpoint of AWS’s own protocols. */
  readonly origin: string;
  /** Base URL of the API, e.g. `http://127.0.0.1:3000/v1`. */
  readonly url: string;
  /** POST `{"sub": "alice"}` gives a token. */
  readonly tokenUrl: string;
  readonly resources: readonly Resource[];
  /** Bundles the sources anew and replaces the functions whose code changed; resolves with their names. */
  reload(): Promise<readonly string[]>;
  stop(): Promise<void>;
}

/**
 * Starts the whole platform on this machine from the synthesized template.
 * @throws Error with code `EADDRINUSE` when the port is taken, and for anything in the template that is
 * not known here.
 */
export const startCloud = async (options: CloudOptions = {}): Promise<Cloud> => {
  const { progress = () => undefined, log = () => undefined } = options;
  const undo: (() => unknown)[] = [];
  const stop = async (): Promise<void> => {
    for (const step of undo.splice(0).reverse()) await step();
  };
  try {
    return await start(options, progress, log, undo, stop);
  } catch (error) {
    await stop();
    throw error;
  }
};

type Answer = (request: IncomingMessage, response: ServerResponse) => Promise<void>;

const start = async (
  options: CloudOptions,
  progress: (step: string) => void,
  log: (line: string) => void,
  undo: (() => unknown)[],
  stop: () => Promise<void>,
): Promise<Cloud> => {
  const data = options.dataDirectory;
  if (data !== undefined) mkdirSync(data, { recursive: true });
  const fileOf = (name: string): string | undefined =>
    data === undefined ? undefined : path.join(data, name);

  const door: { answer: Answer } = {
    answer: async (_request, response) => {
      response.writeHead(503, { 'retry-after': '5' }).end('Starting');
    },
  };
  const origin = await listen(options.port ?? 0, door, log, undo);
  const state = openState(fileOf('state.sqlite'));
  undo.push(() => state.close());
  const issuer = await openIssuer(`${origin}${issuerPrefix}`, state.get('signing-key', 'current'));
  state.set('signing-key', 'current', issuer.signingKey);

  progress('starting DynamoDB, SQS and S3');
  const dynamoDb = await startDynamoDb(fileOf('dynamodb.sqlite'));
  undo.push(() => dynamoDb.stop());
  void dynamoDb.ended.then((code) => {
    if (code !== 'stopped') options.onBroken?.(`The DynamoDB engine ended by itself (exit code ${code})`);
  });
  const queues = await startQueuesAndBuckets(fileOf('queues-and-buckets'));
  undo.push(() => queues.stop());
  const endpoints = { dynamodb: dynamoDb.endpoint, sqs: queues.endpoint, s3: queues.endpoint };

  progress('bundling the functions and synthesizing the stacks');
  const synthesized = async () => {
    const outdir = mkdtempSync(path.join(tmpdir(), 'fairground-'));
    undo.push(() => rmSync(outdir, { recursive: true, force: true }));
    const assembly = await synthesize(outdir, issuer.issuer, issuer.jwksUri);
    const references = referencesWith({ queueUrlBase: `${queues.endpoint}/000000000000/` });
    const resources = resolveStacks(assembly.stacks, references);
    return { resources, functions: functionsOf(resources, assembly.assetDirectories, origin, endpoints) };
  };
  const { resources, functions: settings } = await synthesized();

  progress('creating tables, queues and buckets');
  const client = new DynamoDBClient(localClient(dynamoDb.endpoint));
  const streamClient = new DynamoDBStreamsClient(localClient(dynamoDb.endpoint));
  undo.push(() => client.destroy());
  undo.push(() => streamClient.destroy());
  const engineStreams = await createTables(client, resources);
  await createQueuesAndBuckets(queues, resources);
  const bus = new EventBus(resources, (queueArn, body) =>
    queues.server.sendMessage(queueNameOf(queueArn), body),
  );
  const secrets = new Secrets(resources, state);

  const functions = new Map(settings.map((one) => [one.name, new LambdaFunction(one, log)]));
  undo.push(() => Promise.all([...functions.values()].map((one) => one.stop())));
  const functionOf = (name: string): LambdaFunction => {
    const found = functions.get(name);
    if (found === undefined) throw new Error(`There is no function ${name}`);
    return found;
  };

  const stopping = new AbortController();
  const background: Promise<void>[] = [];
  undo.push(async () => {
    stopping.abort();
    await Promise.all(background);
  });
  for (const { type, name, properties } of resources) {
    if (type !== 'AWS::Lambda::EventSourceMapping') continue;
    const functionName = properties['FunctionName'];
    const invoke = (event: unknown) => functionOf(functionName).invoke(event);
    const sourceArn = properties['EventSourceArn'] as string;
    if (properties['StartingPosition'] === undefined) {
      const queue = resources.find(
        (one) => one.type === 'AWS::SQS::Queue' && queueNameOf(one.name) === queueNameOf(sourceArn),
      );
      if (queue === undefined) throw new Error(`${name} reads ${sourceArn}, which is no queue`);
      background.push(
        pollQueue(
          {
            name: functionName,
            queueUrl: queue.name,
            queueArn: sourceArn,
            batchSize: properties['BatchSize'] ?? 10,
          },
          { sqs: queues.sqs, invoke, log },
          stopping.signal,
        ),
      );
      continue;
    }
    const tableName = sourceArn.split('/')[1] ?? '';
    const failures = queueNameOf(properties['DestinationConfig']?.OnFailure?.Destination ?? '');
    background.push(
      pollStream(
        {
          name: functionName,
          streamArn: sourceArn,
          batchSize: properties['BatchSize'] ?? 100,
          bisectOnError: properties['BisectBatchOnFunctionError'] ?? false,
          retries: properties['MaximumRetryAttempts'] ?? 10,
        },
        {
          streams: streamClient,
          engineStreamArn: engineStreams.get(tableName) ?? '',
          invoke,
          position: {
            get: () => state.get('stream-position', name),
            set: (sequenceNumber) => state.set('stream-position', name, sequenceNumber),
          },
          setAside: async (message) => void queues.server.sendMessage(failures, message),
          ttlDeletions: ttlDeletionsOf(state, tableName),
          log,
        },
        stopping.signal,
      ),
    );
  }
  const ttlTables = resources.flatMap(({ type, name, properties }) => {
    const attribute = properties['TimeToLiveSpecification']?.AttributeName;
    return type === 'AWS::DynamoDB::Table' && attribute !== undefined ? [{ tableName: name, attribute }] : [];
  });
  background.push(
    sweepExpired(client, ttlTables, state, options.ttlSweepSeconds ?? 30, stopping.signal, log),
  );

  progress('loading the functions of the API');
  let api = openRestApi(resources);
  await Promise.all([...new Set(api.functionNames)].map((name) => functionOf(name).warm()));
  const queueUrls = resources.filter(({ type }) => type === 'AWS::SQS::Queue').map(({ name }) => name);
  door.answer = async (request, response) => {
    const url = request.url ?? '';
    if (url.startsWith(controlPrefix)) {
      return answerControl({ issuer, bus, queues: queues.server, queueUrls }, request, response);
    }
    const service = serviceOf(request);
    if (service !== undefined) {
      return answerAws({ endpoints, bus, secrets }, service, request, response);
    }
    if (new RegExp(`^/${api.stageName}([/?]|$)`).test(url)) {
      return answerApi(api, functions, request, response);
    }
    response.writeHead(url === '/' ? 200 : 404, { 'content-type': 'application/json' });
    response.end(JSON.stringify({ api: `${origin}/${api.stageName}`, ...controlPaths(origin) }, null, 2));
  };

  return {
    origin,
    url: `${origin}/${api.stageName}`,
    tokenUrl: `${origin}${controlPrefix}/token`,
    resources,
    stop,
    async reload() {
      const fresh = await synthesized();
      const changed: string[] = [];
      for (const one of fresh.functions) {
        const known = settings.find(({ name }) => name === one.name);
        if (known !== undefined && known.codeKey === one.codeKey) continue;
        changed.push(one.name);
        void functions.get(one.name)?.stop();
        functions.set(one.name, new LambdaFunction(one, log));
      }
      settings.splice(0, settings.length, ...fresh.functions);
      api = openRestApi(fresh.resources);
      return changed;
    },
  };
};

const listen = async (
  port: number,
  door: { readonly answer: Answer },
  log: (line: string) => void,
  undo: (() => unknown)[],
): Promise<string> => {
  const server = createServer({ keepAliveTimeout: 65_000 }, (request, response) => {
    door.answer(request, response).catch((error: Error) => {
      if (!request.destroyed) log(`${request.method} ${request.url}: ${error.stack ?? error.message}`);
      if (!response.headersSent) response.writeHead(500);
      response.end();
    });
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', resolve);
  });
  undo.push(
    () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  );
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
};

interface CodedFunction extends FunctionSettings {
  /** Changes with the code. */
  readonly codeKey: string;
}

const functionsOf = (
  resources: readonly Resource[],
  assetDirectories: ReadonlyMap<string, string>,
  origin: string,
  endpoints: { readonly dynamodb: string; readonly sqs: string; readonly s3: string },
): CodedFunction[] =>
  resources
    .filter(({ type }) => type === 'AWS::Lambda::Function')
    .map(({ name, properties }) => {
      const codeKey = properties['Code'].S3Key as string;
      const directory = assetDirectories.get(codeKey);
      if (directory === undefined) throw new Error(`${name}: its code ${codeKey} is no asset`);
      return {
        name,
        codeKey,
        directory,
        handler: properties['Handler'],
        timeoutSeconds: properties['Timeout'],
        memoryMb: properties['MemorySize'],
        environment: {
          ...properties['Environment']?.Variables,
          AWS_ENDPOINT_URL: origin,
          // Straight to the servers: one hop less for what every request does.
          AWS_ENDPOINT_URL_DYNAMODB: endpoints.dynamodb,
          AWS_ENDPOINT_URL_SQS: endpoints.sqs,
          AWS_ENDPOINT_URL_S3: endpoints.s3,
        },
      };
    });
