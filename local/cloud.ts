import { mkdirSync, mkdtempSync } from 'node:fs';
import path from 'node:path';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDBStreamsClient } from '@aws-sdk/client-dynamodb-streams';
import { localClient } from './account.ts';
import { synthesize } from './assembly.ts';
import { answerAws, eventBridge, secretsManager, serviceOf } from './aws-endpoint.ts';
import { answerControl, controlPaths, controlPrefix, issuerPrefix } from './control.ts';
import { startDynamoDb } from './dynamodb.ts';
import { EventBus } from './event-bus.ts';
import { runEventSources } from './event-sources.ts';
import { openExecutionStore } from './execution-store.ts';
import { openFrontDoor } from './front-door.ts';
import { declaredFunctions, Functions } from './functions.ts';
import { answerApi } from './gateway.ts';
import { openIssuer } from './issuer.ts';
import { openKms } from './kms.ts';
import { openMailbox } from './mailbox.ts';
import { createQueuesAndBuckets, queueNameOf, startQueuesAndBuckets } from './queues-and-buckets.ts';
import { referencesWith } from './resource-types.ts';
import { openRestApi } from './rest-api.ts';
import { Schedules } from './schedules.ts';
import { Secrets } from './secrets.ts';
import { openState } from './state.ts';
import { declaredMachines, StateMachines } from './state-machines.ts';
import { stepFunctions } from './step-functions-api.ts';
import { createTables } from './tables.ts';
import { type Resource, resolveStacks } from './template.ts';
import { sweepExpired, ttlTables } from './ttl-sweeper.ts';
import { Usage } from './usage.ts';

export interface CloudOptions {
  /** 0 (the default) takes a free one. */
  readonly port?: number;
  /** Folder that everything is kept in; in memory when left out. */
  readonly dataDirectory?: string;
  /** Context of the CDK app, as `-c name=value` gives it. */
  readonly context?: Readonly<Record<string, unknown>>;
  /** Texts of secrets, by their logical id in the template. */
  readonly secrets?: Readonly<Record<string, string>>;
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

/** Steps that end what was started, the last first. */
type Undo = (() => unknown)[];

/**
 * Starts the whole platform on this machine from the synthesized template.
 * @throws Error with code `EADDRINUSE` when the port is taken, and for anything in the template that is
 * not known here.
 */
export const startCloud = async (options: CloudOptions = {}): Promise<Cloud> => {
  const undo: Undo = [];
  const stop = async (): Promise<void> => {
    for (const step of undo.splice(0).reverse()) await step();
  };
  try {
    return { ...(await start(options, undo)), stop };
  } catch (error) {
    await stop();
    throw error;
  }
};

const start = async (options: CloudOptions, undo: Undo): Promise<Omit<Cloud, 'stop'>> => {
  const { dataDirectory, progress = () => undefined, log = () => undefined } = options;
  if (dataDirectory !== undefined) mkdirSync(dataDirectory, { recursive: true });
  const kept = (name: string) => (dataDirectory === undefined ? undefined : path.join(dataDirectory, name));

  const door = await openFrontDoor(options.port ?? 0, log);
  undo.push(() => door.close());
  const { origin } = door;
  const state = openState(kept('state.sqlite'));
  undo.push(() => state.close());
  const issuer = await openIssuer(`${origin}${issuerPrefix}`, state.get('signing-key', 'current'));
  state.set('signing-key', 'current', issuer.signingKey);

  progress('starting DynamoDB, SQS and S3');
  const dynamoDb = await startDynamoDb(kept('dynamodb.sqlite'));
  undo.push(() => dynamoDb.stop());
  void dynamoDb.ended.then((code) => {
    if (code !== 'stopped') options.onBroken?.(`The DynamoDB engine ended by itself (exit code ${code})`);
  });
  const queues = await startQueuesAndBuckets(kept('queues-and-buckets'));
  undo.push(() => queues.stop());
  const endpoints = { dynamodb: dynamoDb.endpoint, sqs: queues.endpoint, s3: queues.endpoint };

  progress('bundling the functions and synthesizing the stacks');
  const synthesizeHere = async () => {
    const outdir = mkdtempSync(path.join(dynamoDb.scratch, 'assembly-'));
    const assembly = await synthesize(outdir, {
      issuer: issuer.issuer,
      jwksUri: issuer.jwksUri,
      ...options.context,
    });
    const references = referencesWith({ queueUrlBase: `${queues.endpoint}/000000000000/` });
    const resources = resolveStacks(assembly.stacks, references);
    const functions = declaredFunctions(resources, assembly.assetDirectories, origin, endpoints);
    return { resources, functions };
  };
  const declared = await synthesizeHere();
  const { resources } = declared;

  progress('creating tables, queues and buckets');
  const client = new DynamoDBClient(localClient(dynamoDb.endpoint));
  undo.push(() => client.destroy());
  const streams = new DynamoDBStreamsClient(localClient(dynamoDb.endpoint));
  undo.push(() => streams.destroy());
  const engineStreams = await createTables(client, resources);
  await createQueuesAndBuckets(queues, resources);
  const usage = new Usage();
  const bus = new EventBus(
    resources,
    (queueArn, body) => queues.server.sendMessage(queueNameOf(queueArn), body),
    usage,
  );
  const secrets = new Secrets(resources, state, options.secrets);
  const kms = openKms(resources, state);
  const mailbox = openMailbox(kept('mailbox.sqlite'));
  undo.push(() => mailbox.close());

  progress('loading the functions of the API');
  const functions = new Functions(declared.functions, log, usage);
  undo.push(() => functions.stop());
  let api = openRestApi(resources);
  await Promise.all([...new Set(api.functionNames)].map((name) => functions.get(name).warm()));

  const stopping = new AbortController();
  const functionOf = (name: string) => functions.get(name);
  const executions = openExecutionStore(kept('executions.sqlite'));
  undo.push(() => executions.close());
  const machines = new StateMachines(
    declaredMachines(resources),
    { store: executions, functionOf: (name) => functions.find(name), sqs: queues.sqs, log },
    usage,
  );
  undo.push(() => machines.close());
  const schedules = new Schedules(resources, {
    sendMessage: (queueArn, body) => queues.server.sendMessage(queueNameOf(queueArn), body),
    invoke: (name, event) => functionOf(name).invoke(event),
    log,
  });
  const background = [
    ...runEventSources(
      resources,
      { queues, streams, engineStreams, state, functionOf, log },
      stopping.signal,
    ),
    schedules.run(stopping.signal),
    sweepExpired(client, ttlTables(resources), state, options.ttlSweepSeconds ?? 30, stopping.signal, log),
  ];
  undo.push(async () => {
    stopping.abort();
    await Promise.all(background);
  });

  const queueUrls = resources.filter(({ type }) => type === 'AWS::SQS::Queue').map(({ name }) => name);
  const services = {
    endpoints,
    json: {
      events: eventBridge(bus),
      kms,
      secretsmanager: secretsManager(secrets),
      states: stepFunctions(machines, executions),
    },
    mailbox,
    usage,
  };
  const control = { issuer, bus, queues: queues.server, queueUrls, schedules, mailbox, usage };
  door.open(async (request, response) => {
    const path = (request.url ?? '').split('?')[0] ?? '';
    const service = serviceOf(request);
    if (path.startsWith(`${controlPrefix}/`)) {
      await answerControl(control, request, response);
    } else if (service !== undefined) {
      await answerAws(services, service, request, response);
    } else if (path === `/${api.stageName}` || path.startsWith(`/${api.stageName}/`)) {
      await answerApi(api, functionOf, request, response);
    } else {
      response.writeHead(path === '/' ? 200 : 404, { 'content-type': 'application/json' });
      response.end(JSON.stringify({ api: `${origin}/${api.stageName}`, ...controlPaths(origin) }, null, 2));
    }
  });
  // What they invoke asks this door.
  machines.resume();

  return {
    origin,
    url: `${origin}/${api.stageName}`,
    tokenUrl: `${origin}${controlPrefix}/token`,
    resources,
    async reload() {
      const fresh = await synthesizeHere();
      api = openRestApi(fresh.resources);
      return functions.replace(fresh.functions);
    },
  };
};
