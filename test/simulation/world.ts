import { creationId } from '../../functions/platform/ids.ts';
import type { Change } from '../../functions/platform/lifecycle-event.ts';
import type { DelayedMessage } from '../../functions/platform/queue.ts';
import { type Outgoing, relayChanges, type StreamChange } from '../../functions/platform/relay.ts';
import type { Item } from '../../functions/platform/table.ts';
import { rules } from '../../functions/ticketing/block.ts';
import { type InventoryPlan, planInventory } from '../../functions/ticketing/block-plan.ts';
import { buildInventory } from '../../functions/ticketing/build-inventory.ts';
import { expireWhenDue, releaseEnded } from '../../functions/ticketing/end-hold.ts';
import { claimId, keptSeconds } from '../../functions/ticketing/hold.ts';
import { expiryTimer, holdTimers } from '../../functions/ticketing/hold-timers.ts';
import { holdCommands } from '../../functions/ticketing/holds-api.ts';
import { openInventory } from '../../functions/ticketing/inventory-store.ts';
import { ticketingLifecycle } from '../../functions/ticketing/lifecycle.ts';
import { openPictures } from '../../functions/ticketing/pictures.ts';
import type { HoldPorts } from '../../functions/ticketing/ports.ts';
import { saleOfSession } from '../../functions/ticketing/sale-of-session.ts';
import { openSales, requestSeconds, type Sales, sweepDelaySeconds } from '../../functions/ticketing/sales.ts';
import { sweepSession } from '../../functions/ticketing/sweep-session.ts';
import { syncSession } from '../../functions/ticketing/sync-session.ts';
import type { holdView } from '../../functions/ticketing/views.ts';
import {
  type CallName,
  type DeliveryName,
  type FaultName,
  faultNames,
  type Happening,
  type QueueName,
  reach,
} from './coverage.ts';
import type { History, Step } from './history.ts';
import { numbersFrom } from './random.ts';
import { createReferee } from './referee.ts';
import type { Outcome, RunOptions } from './run.ts';
import { scheduledInventory } from './scheduled-inventory.ts';
import { type Activity, activities, processNames, type Setting, settingOf } from './setting.ts';
import { openSimulatedTable } from './table.ts';

/** A fault that the schedule made: the use case sees it as a failed call. */
class SimulatedFault {
  // No Error: nobody reads its stack, and taking one costs more than all else in a step.
  readonly message: string;
  constructor(message: string) {
    this.message = message;
  }
}

/** A call of a use case that waits for its turn. */
interface Call {
  readonly name: CallName;
  readonly process: Process;
  readonly text: () => string;
  /** Does it; gives its answer. `events` are only for those that can be refused in part. */
  readonly perform: () => Promise<unknown>;
  readonly performPartly: (() => Promise<unknown>) | undefined;
  readonly resolve: (answer: unknown) => void;
  readonly reject: (error: SimulatedFault | Error) => void;
  notBeforeMs: number;
}

/** Something a process does: a request, a message, a batch of the stream. It dies with the process. */
interface Work {
  readonly deadlineMs: number;
  readonly onDeath: () => void;
}

/** A running copy of the functions, with a clock and a memory of its own. */
interface Process {
  readonly name: string;
  readonly skewMs: number;
  readonly sales: Sales;
  readonly ports: HoldPorts & { readonly store: ReturnType<typeof openInventory> };
  readonly commands: ReturnType<typeof holdCommands>;
  readonly works: Set<Work>;
  isDead: boolean;
}

interface Message {
  readonly queue: QueueName;
  readonly body: Record<string, unknown>;
  readonly text: string;
  readonly sentAtMs: number;
  availableAtMs: number;
}

interface CreateRequest {
  readonly customer: string;
  readonly key: string;
  readonly holdId: string;
  readonly body: HoldBody;
}

type HoldBody =
  | { readonly seats: readonly string[] }
  | { readonly ticketTypeId: string; readonly quantity: number; readonly adjacent?: boolean };

/** A hold as customers are shown it. */
type ShownHold = Pick<ReturnType<typeof holdView>, 'id' | 'status' | 'expiresAt'> & {
  readonly places: readonly { readonly place: string }[];
};

/** A request for the best places under way, and whether too few were free at some moment of it. */
interface Shopping {
  readonly holdId: string;
  readonly ticketType: number;
  readonly quantity: number;
  wasShort: boolean;
}

/** A request about a hold under way, and whether the hold was over at some moment of it. */
interface Watch {
  readonly holdId: string;
  wasOver: boolean;
}

export const sessionId = 'ses_00000000000000000000000000';
const startMs = 1_800_000_000_000;
const startSeconds = startMs / 1_000;
const stepMs = 5;
const mostDrainSteps = 3_000;

/** As lib/function-table.ts has them. */
const timeoutMs = { request: 1_000 * requestSeconds, message: 30_000, long: 300_000 } as const;

const customers = ['ann', 'bob', 'cem', 'dot'] as const;
const plans = new Map<Setting['hall'], InventoryPlan>();
const planOf = (hall: Setting['hall']): InventoryPlan => {
  const plan = plans.get(hall) ?? planInventory(hall.layout, hall.ticketTypes);
  plans.set(hall, plan);
  return plan;
};

const ids = new Map<string, string>();
/** The id that the platform derives; computed once, since customers have few keys. */
const idOf = (prefix: string, customer: string, params: object, key: string): string => {
  const text = `${prefix}/${customer}/${key}`;
  const known = ids.get(text);
  if (known !== undefined) return known;
  const requester = `client:${customer}`;
  const fresh = creationId(prefix, 'secret', { requester, operationId: 'createHold', params, key });
  ids.set(text, fresh);
  return fresh;
};

/** All that was asked in this turn has happened: microtasks are done, nothing here waits for more. */
const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** Runs a history to its end, then everything that is under way, without further faults, to rest. */
export const runHistory = async (history: History, options: RunOptions): Promise<Outcome> => {
  const world = createWorld(history, options);
  return world.run();
};

const createWorld = ({ seed, steps }: History, { coverage, isRecording }: RunOptions) => {
  const setting = settingOf(seed);
  const plan = planOf(setting.hall);
  const timeline: string[] = [];
  let nowMs = startMs;
  let now: Step = { action: 0, which: 0, fault: 0, detail: 0 };
  let draw = numbersFrom(0);

  const seconds = (epoch: number): string => `${epoch - startSeconds} s`;
  const note = (who: string, text: () => string): void => {
    if (!isRecording) return;
    const time = ((nowMs - startMs) / 1_000).toFixed(3).padStart(9);
    timeline.push(`${time}  ${who.padEnd(9)} ${text()}`);
  };

  // — names for the timeline
  const holdNames = new Map<string, string>();
  const customersOfHolds = new Map<string, string>();
  const nameOf = (id: string): string => holdNames.get(id) ?? id;

  const referee = createReferee({
    nowMs: () => nowMs,
    aheadMs: Math.max(0, ...setting.skewsMs),
    behindMs: Math.min(0, ...setting.skewsMs),
    maxHoldsPerCustomer: setting.maxHoldsPerCustomer,
    customerOf: (holdId) => customersOfHolds.get(holdId),
    nameOf,
  });
  const { report } = referee;

  // — the catalog, as far as its lifecycle events go
  const catalog = {
    status: setting.isBuilt ? 'published' : 'publishing',
    sequence: setting.isBuilt ? 3 : 2,
    holdSeconds: setting.holdSeconds,
  };
  const sessionData = () => ({
    sessionId,
    eventId: 'evt_1',
    venueId: 'ven_1',
    organizationId: 'org_1',
    status: catalog.status as 'published',
    timeZone: 'Atlantic/Canary',
    startsAt: '2099-01-01T20:00:00Z',
    endsAt: '2099-01-01T22:00:00Z',
    holdSeconds: catalog.holdSeconds,
    maxPlacesPerHold: 4,
    ...(setting.maxHoldsPerCustomer !== undefined && { maxHoldsPerCustomer: setting.maxHoldsPerCustomer }),
    ticketTypes: [...setting.hall.ticketTypes],
    ...(setting.hall.layout !== undefined && { planVersion: setting.hall.layout.planVersion }),
  });
  type SessionData = ReturnType<typeof sessionData>;

  // — the table and its stream, in two shards
  const streams: { records: StreamChange[]; isBusy: boolean }[] = [
    { records: [], isBusy: false },
    { records: [], isBusy: false },
  ];
  const change = (what: string): Change => ({
    what,
    by: 'simulation',
    requestId: 'r',
    at: '2027-01-15T08:00:00.000Z',
  });
  const firstRequest: CreateRequest & { readonly body: { readonly seats: readonly string[] } } = {
    customer: 'ann',
    key: 'key-0',
    holdId: idOf('hld', 'ann', { sessionId }, 'key-0'),
    body: { seats: [plan.names[plan.blocks[0]?.places[0] ?? 0] ?? ''] },
  };
  const first = {
    holdId: firstRequest.holdId,
    sessionId,
    status: 'active',
    places: [[0, '0']],
    until: startSeconds + setting.holdSeconds,
    createdAt: startSeconds,
    requestHash: JSON.stringify(firstRequest.body),
    revision: 1,
    ttl: startSeconds + setting.holdSeconds + keptSeconds,
  };
  const initial: Item[] = setting.isBuilt
    ? [
        {
          pk: `SESSION#${sessionId}`,
          sk: 'SESSION',
          ...saleOfSession(sessionData(), 2, 'on_sale', plan.blocks.length),
          blocksBuilt: plan.blocks.length,
          change: change('sale.built'),
        },
        ...plan.blocks.map(({ number, shard }) => ({
          pk: `SESSION#${sessionId}#${shard}`,
          sk: `BLOCK#${String(number).padStart(5, '0')}`,
          held: setting.isHeld && number === 0 ? { 0: { h: claimId(first.holdId), u: first.until } } : {},
        })),
        ...(setting.isHeld
          ? [{ ...first, pk: `HOLD#${first.holdId}`, sk: 'HOLD', change: change('hold.created') }]
          : []),
      ]
    : [];
  referee.begin(initial);
  const table = openSimulatedTable({
    initial,
    seesOld: () => draw() % 3 === 0,
    onCommit: (commit) => {
      const { key, before, after, expired } = commit;
      if (key.sk === 'HOLD' && before === undefined && referee.holdOf(String(after?.['holdId']))?.wasDeleted)
        reach(coverage, 'same id anew after TTL' satisfies Happening);
      referee.onCommit(commit);
      const shard = streams[(key.pk.charCodeAt(key.pk.length - 1) + key.pk.length) % streams.length];
      shard?.records.push({
        kind: before === undefined ? 'INSERT' : after === undefined ? 'REMOVE' : 'MODIFY',
        before,
        after,
        expired,
        seenAt: new Date(nowMs),
      });
    },
  });

  // — queues
  const messages: Message[] = [];
  const send = (queue: QueueName, body: Record<string, unknown>, text: string, delaySeconds = 0): void => {
    messages.push({ queue, body, text, sentAtMs: nowMs, availableAtMs: nowMs + 1_000 * delaySeconds });
  };
  const sendTimers = (timers: readonly DelayedMessage[]): void => {
    for (const { body, delaySeconds } of timers) {
      const timer = JSON.parse(body) as { holdId: string };
      send('expiry', timer, `expiry of ${nameOf(timer.holdId)}`, delaySeconds);
    }
  };
  /** Sequence and status of the newest session event that the catalog has told. */
  const announce = (
    type: 'SESSION-PUBLISHING' | 'SESSION-UPDATED' | 'SESSION-POSTPONED' | 'SESSION-CANCELLED',
  ) => {
    const queue = type === 'SESSION-PUBLISHING' ? 'build' : 'sync';
    const data = sessionData();
    note(
      'catalog',
      () => `${type} ${catalog.sequence}: ${catalog.status}, holds of ${catalog.holdSeconds} s`,
    );
    send(queue, { data, sequence: catalog.sequence }, `${type} ${catalog.sequence}`);
  };

  // — processes and their calls
  let calls: Call[] = [];
  const callOf =
    (process: () => Process) =>
    <T>(
      name: CallName,
      text: () => string,
      perform: () => Promise<T>,
      performPartly?: () => Promise<T>,
    ): Promise<T> =>
      new Promise<T>((resolve, reject) => {
        const caller = process();
        if (caller.isDead) return;
        calls.push({
          name,
          process: caller,
          text,
          perform,
          performPartly,
          resolve: resolve as (answer: unknown) => void,
          reject,
          notBeforeMs: 0,
        });
      });

  const inventory = openInventory(table);
  const start = (index: number): Process => {
    const skewMs = setting.skewsMs[index] ?? 0;
    const clockMs = () => nowMs + skewMs;
    const clock = () => Math.floor(clockMs() / 1_000);
    const call = callOf(() => process);
    const store = scheduledInventory({ inventory, call, plan, referee, nameOf, seconds });
    const sales = openSales(store, 'plans', clockMs, async () => setting.hall.layout as never);
    const pictures = openPictures(store, clockMs);
    const process: Process = {
      name: processNames[index] ?? '',
      skewMs,
      sales,
      ports: { store, pictures, clock },
      commands: holdCommands(store, pictures, sales, clock),
      works: new Set(),
      isDead: false,
    };
    return process;
  };
  const running = new Map<number, Process>();
  /** A process begins when it is needed first. */
  const processOf = (name: (typeof processNames)[number]): Process => {
    const index = processNames.indexOf(name);
    const known = running.get(index);
    if (known !== undefined) return known;
    const fresh = start(index);
    running.set(index, fresh);
    return fresh;
  };

  const crash = (process: Process, why: string): void => {
    note(process.name, () => `${why}, begins anew`);
    process.isDead = true;
    calls = calls.filter((call) => call.process !== process);
    for (const [index, other] of running) if (other === process) running.delete(index);
    for (const { onDeath } of process.works) onDeath();
  };

  const fail = (who: string, error: unknown): void => {
    if (error instanceof SimulatedFault) note(who, () => `failed: ${error.message}`);
    else referee.report('noSurprise', `${who}: ${error instanceof Error ? error.stack : String(error)}`);
  };

  const work = (
    process: Process,
    limitMs: number,
    job: () => Promise<void>,
    ends: { readonly onDone?: () => void; readonly onFailure?: () => void; readonly onDeath?: () => void },
  ): void => {
    const mine: Work = { deadlineMs: nowMs + limitMs, onDeath: () => ends.onDeath?.() };
    process.works.add(mine);
    job().then(
      () => {
        process.works.delete(mine);
        ends.onDone?.();
      },
      (error: unknown) => {
        process.works.delete(mine);
        fail(process.name, error);
        ends.onFailure?.();
      },
    );
  };

  const stamp =
    (process: Process) =>
    (what: string): Change => ({
      what,
      by: process.name,
      requestId: 'r',
      at: new Date(nowMs + process.skewMs).toISOString(),
    });

  // — one call goes on, or meets a fault
  const go = (index: number, fault: FaultName | undefined): void => {
    const call = calls[index];
    if (call === undefined) return;
    const { name, process, text } = call;
    if (fault !== undefined) reach(coverage, `${name} × ${fault}`);
    if (fault === 'slow') {
      call.notBeforeMs = nowMs + 1_000 + (draw() % 9_000);
      note(process.name, () => `${text()} … slow`);
      return;
    }
    calls.splice(index, 1);
    if (fault === 'not sent') {
      note(process.name, () => `${text()} … not sent`);
      call.reject(new SimulatedFault(`${name} was not sent`));
      return;
    }
    if (fault === 'crash before') {
      note(process.name, () => `${text()} … not sent`);
      crash(process, 'crashed');
      return;
    }
    const isPart = fault === undefined && now.fault % 5 === 4 && call.performPartly !== undefined;
    const performing = isPart && call.performPartly ? call.performPartly() : call.perform();
    if (isPart) reach(coverage, 'partly refused events');
    const told = (result: string) => note(process.name, () => `${text()} → ${result}`);
    performing.then(
      (answer) => {
        if (fault === 'crash after') {
          told(`${resultText(answer)}, not heard`);
          crash(process, 'crashed');
        } else if (fault === 'answer lost') {
          told(`${resultText(answer)}, not heard`);
          call.reject(new SimulatedFault(`the answer of ${name} was lost`));
        } else if (fault === 'sent twice') {
          told(`${resultText(answer)}, not heard, will be sent again`);
          calls.push(call);
        } else {
          told(resultText(answer));
          call.resolve(answer);
        }
      },
      (error: Error) => {
        told(error.message);
        call.reject(error);
      },
    );
  };

  const go1 = (fault: FaultName | undefined): boolean => {
    const ready = calls.flatMap((call, index) => (call.notBeforeMs <= nowMs ? [index] : []));
    const index = ready[now.which % ready.length];
    if (index === undefined) return false;
    go(index, fault);
    return true;
  };

  // — requests of customers
  let requestNumber = 0;
  const newRequestId = (): string => {
    requestNumber += 1;
    return `request-${requestNumber}`;
  };
  const requests: CreateRequest[] = [];
  const remember = (request: CreateRequest): void => {
    requests.push(request);
    holdNames.set(request.holdId, `${request.customer}/${request.key}`);
    customersOfHolds.set(request.holdId, request.customer);
  };
  const shoppings = new Set<Shopping>();
  /** Tries under way to make a hold, and holds of which a try failed or died: it may have left claims. */
  const triesOf = new Map<string, number>();
  const abandoned = new Set<string>();
  const watches = new Set<Watch>();
  const watch = (holdId: string): Watch => {
    const fresh = { holdId, wasOver: isOver(holdId) };
    watches.add(fresh);
    return fresh;
  };
  const isOver = (holdId: string): boolean => {
    const { facts } = referee.holdOf(holdId) ?? {};
    return facts?.status !== 'active' || !referee.isLiveForAll(facts.until);
  };

  const apiRequest = (process: Process, customer: string, params: object, body: unknown, key?: string) => ({
    params,
    body,
    query: {},
    headers: {},
    caller: undefined,
    resource: undefined,
    organizationId: undefined,
    requestId: newRequestId(),
    traceparent: undefined,
    sourceIp: customer,
    now: new Date(nowMs + process.skewMs),
    ifMatchRevision: undefined,
    idempotency: key === undefined ? undefined : { key, requestHash: JSON.stringify(body) },
    newId: (prefix: string) => idOf(prefix, customer, params, key ?? ''),
  });
  const create = (process: Process, request: CreateRequest): void => {
    const { customer, key, holdId, body } = request;
    note(customer, () => `asks ${process.name} for ${bodyText(body)} (${nameOf(holdId)})`);
    const ticketType =
      'quantity' in body ? setting.hall.ticketTypes.findIndex(({ id }) => id === body.ticketTypeId) : -1;
    const shopping: Shopping | undefined =
      'quantity' in body ? { holdId, ticketType, quantity: body.quantity, wasShort: false } : undefined;
    if (shopping !== undefined) {
      shoppings.add(shopping);
      look(shopping);
    }
    triesOf.set(holdId, (triesOf.get(holdId) ?? 0) + 1);
    const over = () => {
      if (shopping !== undefined) shoppings.delete(shopping);
      triesOf.set(holdId, (triesOf.get(holdId) ?? 1) - 1);
    };
    const done = () => {
      over();
      if (triesOf.get(holdId) === 0 && !abandoned.has(holdId)) referee.checkClaims(holdId);
    };
    const abandon = () => {
      over();
      abandoned.add(holdId);
    };
    work(
      process,
      timeoutMs.request,
      async () => {
        const answer = await process.commands.createHold(
          apiRequest(process, customer, { sessionId }, body, key) as never,
        );
        if (answer.kind === 'problem') {
          note(customer, () => `is answered ${answer.code} (${nameOf(holdId)})`);
          if (answer.code === 'SOLD_OUT' && shopping?.wasShort === false)
            referee.report(
              'honest',
              `${nameOf(holdId)}: sold out, while enough places were free all the time`,
            );
          return;
        }
        judgeHold(request, answer.body);
      },
      { onDone: done, onFailure: abandon, onDeath: abandon },
    );
  };

  const judgeHold = ({ customer, holdId, body }: CreateRequest, hold: ShownHold): void => {
    const until = Date.parse(hold.expiresAt) / 1_000 - 1;
    note(
      customer,
      () =>
        `has ${hold.places.map(({ place }) => place).join(', ')} until ${seconds(until)}, ${hold.status} (${nameOf(hold.id)})`,
    );
    const record = referee.holdOf(hold.id);
    const owner = customersOfHolds.get(hold.id);
    if (hold.id !== holdId || owner !== customer)
      report('oneHoldPerKey', `${customer} was given ${nameOf(hold.id)} for ${nameOf(holdId)}`);
    const places = new Map<number, string>();
    for (const { place } of hold.places) {
      const at = plan.blockOf[plan.placeByName.get(place) ?? -1];
      if (at === undefined) report('honest', `${place} is no place`);
      else places.set(at.block, (places.get(at.block) ?? '') + at.index.toString(36));
    }
    if (record === undefined || !record.places.has(JSON.stringify([...places])))
      report('honest', `${customer} was told of places that ${nameOf(hold.id)} never had`);
    if (!record?.untils.has(until))
      report('honest', `${customer} was told that ${nameOf(hold.id)} lasts until ${seconds(until)}`);
    if (
      !record?.wasDeleted &&
      record?.facts !== undefined &&
      record.facts.requestHash !== JSON.stringify(body)
    )
      report('honest', `${customer} asked for something else and was given ${nameOf(hold.id)}`);
  };

  const extend = (process: Process, holdId: string, extraSeconds: number | undefined): void => {
    const customer = customersOfHolds.get(holdId) ?? '';
    note(
      customer,
      () => `asks ${process.name} to extend ${nameOf(holdId)} by ${extraSeconds ?? 'a heartbeat'}`,
    );
    const watched = watch(holdId);
    const over = () => watches.delete(watched);
    work(
      process,
      timeoutMs.request,
      async () => {
        const answer = await process.commands.extendHold(
          apiRequest(
            process,
            customer,
            { holdId },
            extraSeconds === undefined ? {} : { seconds: extraSeconds },
          ) as never,
        );
        const record = referee.holdOf(holdId);
        if (answer.kind === 'problem') {
          note(customer, () => `is answered ${answer.code} (${nameOf(holdId)})`);
          if (answer.code === 'HOLD_EXPIRED' && !watched.wasOver && !isOver(holdId))
            report('honest', `${customer} was told that ${nameOf(holdId)} expired, which is active`);
          return;
        }
        const until = Date.parse(answer.body.expiresAt) / 1_000 - 1;
        note(customer, () => `has ${nameOf(holdId)} extended until ${seconds(until)}`);
        if (!record?.untils.has(until))
          report('honest', `${customer} was told that ${nameOf(holdId)} lasts until ${seconds(until)}`);
      },
      { onDone: over, onFailure: over, onDeath: over },
    );
  };

  const cancel = (process: Process, holdId: string): void => {
    const customer = customersOfHolds.get(holdId) ?? '';
    note(customer, () => `asks ${process.name} to cancel ${nameOf(holdId)}`);
    const watched = watch(holdId);
    const over = () => watches.delete(watched);
    work(
      process,
      timeoutMs.request,
      async () => {
        const answer = await process.commands.cancelHold(
          apiRequest(process, customer, { holdId }, {}) as never,
        );
        note(customer, () =>
          answer.kind === 'success' ? `gave up ${nameOf(holdId)}` : `is answered ${answer.code}`,
        );
        if (answer.kind === 'success' && !watched.wasOver && !isOver(holdId))
          report('honest', `${customer} was told that ${nameOf(holdId)} is given up, which is active`);
      },
      { onDone: over, onFailure: over, onDeath: over },
    );
  };

  /** Whether too few places of the type are free, even for the clock that is furthest behind. */
  const look = (shopping: Shopping): void => {
    let free = 0;
    for (const number of plan.blocksOfType[shopping.ticketType] ?? []) {
      const block = referee.blockOf(number);
      for (const [index] of (plan.blocks[number]?.places ?? []).entries()) {
        const key = index.toString(36);
        const claim = block?.held[key];
        const isTaken =
          claim !== undefined && `hld_${claim.h}` !== shopping.holdId && referee.isLiveForSome(claim.u);
        if (block !== undefined && !block.sold.has(key) && !isTaken) free += 1;
      }
    }
    if (free < shopping.quantity) shopping.wasShort = true;
  };

  // — messages
  const deliver = (message: Message, process: Process): void => {
    note(process.name, () => `takes ${message.text}`);
    const again = () => {
      message.availableAtMs = nowMs;
      messages.push(message);
    };
    const limitMs =
      message.queue === 'build' || message.queue === 'sweep' ? timeoutMs.long : timeoutMs.message;
    work(process, limitMs, () => handle(message, process), { onFailure: again, onDeath: again });
  };

  const handle = async ({ queue, body }: Message, process: Process): Promise<void> => {
    const { ports, sales } = process;
    const planOfHold = (hold: { readonly sessionId: string }) => sales.planOfHold(hold);
    const call = callOf(() => process);
    switch (queue) {
      case 'build': {
        const { data, sequence } = body as { data: SessionData; sequence: number };
        const sale = saleOfSession(data, sequence, 'building', plan.blocks.length);
        return buildInventory(ports.store, sale, plan, stamp(process));
      }
      case 'sync': {
        const { data, sequence } = body as { data: SessionData; sequence: number };
        return syncSession(ports.store, data, sequence, stamp(process)('sale.synced'), () =>
          call(
            'send sweep',
            () => 'asks for a sweep',
            async () => send('sweep', { sessionId }, 'sweep', sweepDelaySeconds),
          ),
        );
      }
      case 'sweep': {
        const open = await sales.open(sessionId);
        if (open === undefined) return;
        await sweepSession(ports, open, stamp(process));
        referee.onSwept();
        return;
      }
      case 'expiry': {
        const { holdId } = body as { holdId: string };
        return expireWhenDue(ports, planOfHold, holdId, stamp(process), (until) => {
          const timer = expiryTimer('expiry', holdId, until, ports.clock());
          return call(
            'send timer again',
            () => `waits on for ${nameOf(holdId)}, ${timer.delaySeconds} s`,
            async () => sendTimers([timer]),
          );
        });
      }
      case 'release':
        return releaseEnded(ports, planOfHold, body as never);
    }
  };

  const takeMessage = (): boolean => {
    const ready = messages.filter(({ availableAtMs }) => availableAtMs <= nowMs);
    const message = ready[now.which % ready.length];
    if (message === undefined) return false;
    const met: DeliveryName[] = [];
    if (ready.some((other) => other.queue === message.queue && other.sentAtMs < message.sentAtMs))
      met.push('overtaken');
    if (nowMs - message.availableAtMs > 2_000) met.push('late');
    const isLeft = now.fault % 8 === 7;
    if (isLeft) met.push('duplicated');
    else messages.splice(messages.indexOf(message), 1);
    for (const delivery of met) reach(coverage, `${message.queue} × ${delivery}`);
    if (isLeft) note('queue', () => `${message.text} will be delivered again`);
    deliver(message, processOf(now.detail % 2 === 0 ? 'worker-1' : 'worker-2'));
    return true;
  };

  // — the stream
  const relay = (): boolean => {
    const idle = streams.filter(({ records, isBusy }) => !isBusy && records.length > 0);
    const stream = idle[now.which % idle.length];
    if (stream === undefined) return false;
    const process = processOf('relay');
    const batch = stream.records.slice(0, 1 + (now.detail % 6));
    const call = callOf(() => process);
    const put = (entries: readonly Outgoing[]): void => {
      for (const { event } of entries) {
        referee.onEvent(event);
        note('bus', () => `${event.type} ${event.aggregate.sequence} of ${nameOf(event.aggregate.id)}`);
        if (event.type === 'SESSION-INVENTORY-BUILT' && catalog.status === 'publishing') {
          catalog.status = 'published';
          catalog.sequence += 1;
        }
        if (event.type === 'SEAT-HOLD-CANCELLED' || event.type === 'SEAT-HOLD-EXPIRED') {
          const text = `${event.type} ${event.aggregate.sequence} of ${nameOf(event.aggregate.id)}`;
          send('release', event.data as Record<string, unknown>, text);
        }
      }
    };
    stream.isBusy = true;
    const rest = () => {
      stream.isBusy = false;
    };
    const job = async (): Promise<void> => {
      const failedIndex = await relayChanges(
        batch.map((record) => () => record),
        { lifecycleEvents: ticketingLifecycle, timers: holdTimers('expiry', process.ports.clock) },
        {
          sendTimers: async (timers) => {
            if (timers.length === 0) return;
            await call(
              'send timers',
              () => `starts ${timers.length} timers`,
              async () => sendTimers(timers),
            );
          },
          putEvents: (entries) => {
            const refused = entries.filter((_, index) => (now.detail >>> index) % 2 === 1);
            return call<readonly Outgoing[]>(
              'put events',
              () => `puts ${entries.map(({ event }) => event.type).join(', ')}`,
              async () => {
                put(entries);
                return [];
              },
              async () => {
                put(entries.filter((entry) => !refused.includes(entry)));
                return refused;
              },
            );
          },
        },
      );
      stream.records.splice(0, failedIndex ?? batch.length);
    };
    work(process, timeoutMs.message, job, { onDone: rest, onFailure: rest, onDeath: rest });
    return true;
  };

  // — what customers, organizers and time do
  const shop = (): Process => processOf(now.which % 2 === 0 ? 'shop-1' : 'shop-2');
  const customer = (): string => customers[draw() % setting.customers] ?? 'ann';
  const places = plan.names.filter((_, place) => plan.blockOf[place] !== undefined);

  /** Customers are few and patient: what is under way should come to something. */
  const isBusy = (): boolean => {
    let count = 0;
    for (const { works } of running.values()) count += works.size;
    return count >= 4;
  };

  const askAnew = (): boolean => {
    if (requests.length >= 6 || isBusy()) return false;
    const who = customer();
    const key = `key-${draw() % 3}`;
    const seats: string[] = [];
    let body: HoldBody;
    if (draw() % 3 !== 0) {
      const first = draw() % places.length;
      const count = 1 + (draw() % 3);
      for (let index = first; index < places.length && seats.length < count; index += 1)
        seats.push(places[index] as string);
      body = { seats };
    } else {
      const type = setting.hall.ticketTypes[draw() % setting.hall.ticketTypes.length];
      const adjacent = draw() % 3 === 0;
      body = { ticketTypeId: type?.id ?? '', quantity: 1 + (draw() % 3), ...(adjacent && { adjacent }) };
    }
    const holdId = idOf('hld', who, { sessionId }, key);
    const request = { customer: who, key, holdId, body };
    remember(request);
    create(shop(), request);
    return true;
  };
  const askAgain = (): boolean => {
    const request = requests[draw() % requests.length];
    if (request === undefined || isBusy()) return false;
    create(shop(), request);
    return true;
  };
  const extendOrCancel = (): boolean => {
    const held = requests.filter(({ holdId }) => referee.holdOf(holdId)?.facts !== undefined);
    const among = held.length > 0 && draw() % 4 !== 0 ? held : requests;
    const request = among[draw() % among.length];
    if (request === undefined || isBusy()) return false;
    const kind = draw() % 5;
    if (kind < 2) cancel(shop(), request.holdId);
    else extend(shop(), request.holdId, [undefined, 6, 25][kind - 2]);
    return true;
  };

  const passTime = (ms: number, why: string): void => {
    nowMs += ms;
    note('clock', () => why);
    for (const process of [...running.values()]) {
      if (![...process.works].some(({ deadlineMs }) => deadlineMs < nowMs)) continue;
      reach(coverage, 'timed out' satisfies Happening);
      crash(process, 'timed out');
    }
  };
  const wait = (): boolean => {
    const kind = draw() % 6;
    if (kind === 0 && (calls.length === 0 || draw() % 3 === 0)) {
      // To about the instant at which a hold ends, where clocks and rounding decide.
      const ends = [...referee.holds().values()].flatMap(({ facts }) =>
        facts?.status === 'active' ? [facts.until] : [],
      );
      const until = ends[draw() % ends.length];
      const ms = until === undefined ? 0 : 1_000 * (until + (draw() % 3)) - 500 - nowMs;
      if (ms > 0) {
        passTime(ms, `${ms} ms pass`);
        return true;
      }
    }
    const later = messages.filter(({ availableAtMs }) => availableAtMs > nowMs);
    const next = later[draw() % later.length];
    if (kind === 4 && next !== undefined) {
      const ms = next.availableAtMs - nowMs;
      passTime(ms, `${ms} ms pass`);
      return true;
    }
    // Long waits would end what is under way: they come when little is.
    const most = calls.length > 0 && draw() % 8 !== 0 ? 3 : 6;
    const ms = [200, 1_000, 500, 3_000, 6_000, 1_000 * setting.holdSeconds][kind % most] ?? 0;
    passTime(ms, `${ms} ms pass`);
    return true;
  };

  const happen = (): boolean => {
    const kind = draw() % 8;
    if (kind < 3) {
      const status = (['published', 'postponed', 'published', 'cancelled'] as const)[draw() % 4];
      if (catalog.status === 'cancelled') {
        announce('SESSION-CANCELLED');
        return true;
      }
      if (status === undefined) return false;
      if (catalog.status === 'publishing' && status !== 'cancelled') return false;
      if (status === 'postponed' && catalog.status !== 'published') return false;
      catalog.sequence += 1;
      catalog.status = status;
      catalog.holdSeconds = setting.holdSeconds + (draw() % 2);
      announce(
        status === 'cancelled'
          ? 'SESSION-CANCELLED'
          : status === 'postponed'
            ? 'SESSION-POSTPONED'
            : 'SESSION-UPDATED',
      );
      return true;
    }
    if (kind < 5) {
      // Published again: the event of the publication comes once more.
      send(
        'build',
        { data: { ...sessionData(), status: 'publishing' }, sequence: 2 },
        'SESSION-PUBLISHING 2',
      );
      note('catalog', () => 'SESSION-PUBLISHING 2, once more');
      return true;
    }
    if (kind < 7) {
      const block = plan.blocks[draw() % plan.blocks.length];
      if (block === undefined || referee.blockOf(block.number) === undefined) return false;
      const key = (draw() % block.places.length).toString(36);
      const at = Math.floor(nowMs / 1_000);
      const claim = referee.blockOf(block.number)?.held[key];
      // An order takes a place that is nobody’s, by every clock.
      if (claim !== undefined && referee.isLiveForSome(claim.u)) return false;
      note('order', () => `takes ${block.number}/${key} for good`);
      const input = { keys: [key], holdId: 'an order', now: at, until: at };
      void inventory.applyRule(sessionId, block, rules.confirm, input);
      return true;
    }
    return letTtlPass();
  };

  /** A day and more: all that is under way is over, messages are still there; TTL deletes some of what it may. */
  const letTtlPass = (): boolean => {
    if (![...referee.holds().values()].some(({ facts }) => facts !== undefined)) return false;
    passTime(25 * 60 * 60 * 1_000, 'a day passes');
    for (const item of [...table.items()]) {
      const ttl = item['ttl'] as number | undefined;
      if (ttl === undefined || ttl > nowMs / 1_000 || draw() % 4 === 0) continue;
      if (item.sk === 'HOLD')
        reach(coverage, item['status'] === 'active' ? 'TTL of an active hold' : 'TTL of an ended hold');
      note('TTL', () => `deletes ${item.sk === 'HOLD' ? nameOf(String(item['holdId'])) : item.sk}`);
      table.expire(item);
    }
    return true;
  };

  // — the scheduler
  const faultOf = (): FaultName | undefined =>
    now.fault % 100 >= 100 - setting.faultRate
      ? faultNames[(now.fault >>> 8) % faultNames.length]
      : undefined;
  const goOn = () => go1(faultOf());
  const actions: Readonly<Record<Activity, () => boolean>> = {
    goOn,
    takeMessage,
    relay,
    askAnew,
    askAgain,
    extendOrCancel,
    wait,
    happen,
  };
  const dice = activities.flatMap((activity) =>
    Array.from({ length: setting.weights[activity] }, () => actions[activity]),
  );

  const take = (step: Step): void => {
    now = step;
    draw = numbersFrom(step.detail);
    const first = step.action % dice.length;
    // What cannot be done now is passed over.
    for (let index = 0; index < dice.length; index += 1) {
      if (dice[(first + index) % dice.length]?.()) return;
    }
  };

  /** Goes on with what waited longest; without faults. Tells whether anything was left to do. */
  const drain = (): boolean => {
    now = { action: 0, which: 0, fault: 0, detail: 4 };
    draw = numbersFrom(0);
    if (go1(undefined)) return true;
    if (relay() || takeMessage()) return true;
    const waiting = [...calls.map(({ notBeforeMs }) => notBeforeMs), ...messages.map((m) => m.availableAtMs)];
    if (waiting.length === 0) return false;
    const ms = Math.min(...waiting) - nowMs;
    passTime(Math.max(0, ms), `${ms} ms pass`);
    return true;
  };

  const afterStep = (): void => {
    for (const shopping of shoppings) if (!shopping.wasShort) look(shopping);
    for (const watched of watches) watched.wasOver ||= isOver(watched.holdId);
    referee.check();
  };

  /** Once every clock is past every claim, all places that are not sold must be for the taking. */
  const probe = async (): Promise<void> => {
    const lasts = [...plan.blocks].flatMap(({ number }) =>
      Object.values(referee.blockOf(number)?.held ?? {}).map(({ u }) => u),
    );
    nowMs = Math.max(nowMs, 1_000 * (Math.max(0, ...lasts) + 1)) + 5_000;
    note('clock', () => 'every claim is over');
    const at = Math.floor(nowMs / 1_000);
    for (const block of plan.blocks) {
      const { sold } = referee.blockOf(block.number) ?? {};
      if (sold === undefined) continue;
      const keys = block.places.map((_, index) => index.toString(36)).filter((key) => !sold.has(key));
      if (keys.length === 0) continue;
      const input = { keys, holdId: 'the probe', now: at, until: at };
      const { applied } = await inventory.applyRule(sessionId, block, rules.claim, input);
      if (!applied)
        report('notBlocked', `places of block ${block.number} are nobody’s and cannot be claimed`);
    }
  };

  const checkSale = (): void => {
    const sale = table.peek({ pk: `SESSION#${sessionId}`, sk: 'SESSION' });
    if (sale === undefined) return;
    const status =
      catalog.status === 'published' || catalog.status === 'publishing' ? 'on_sale' : catalog.status;
    if (sale['status'] !== status)
      report('inStep', `the sale is ${sale['status']}, the session ${catalog.status}`);
    if (status !== 'cancelled' && sale['holdSeconds'] !== catalog.holdSeconds)
      report(
        'inStep',
        `the sale has holds of ${sale['holdSeconds']} s, the session of ${catalog.holdSeconds} s`,
      );
  };

  return {
    async run(): Promise<Outcome> {
      note('setting', () => settingText(setting));
      if (!setting.isBuilt) announce('SESSION-PUBLISHING');
      if (setting.isHeld) {
        remember(firstRequest);
        note(
          'ann',
          () => `has ${firstRequest.body.seats.join()} until ${seconds(first.until)}, active (ann/key-0)`,
        );
        // Its timer may be early: the clock that set it was another.
        const early = seed % 2 === 0 ? 0 : 1 + (seed % setting.holdSeconds);
        send('expiry', { holdId: first.holdId }, 'expiry of ann/key-0', setting.holdSeconds + 1 - early);
      }
      let taken = 0;
      for (const step of steps) {
        taken += 1;
        nowMs += stepMs;
        take(step);
        await settled();
        afterStep();
        if (referee.violation !== undefined) break;
      }
      if (referee.violation === undefined) note('', () => '— no more faults; what is under way goes on');
      for (let left = mostDrainSteps; referee.violation === undefined; left -= 1) {
        nowMs += stepMs;
        if (!drain()) break;
        await settled();
        afterStep();
        if (left === 0) report('noSurprise', 'it never comes to rest');
      }
      if (referee.violation === undefined) {
        referee.checkAtRest();
        checkSale();
        if (referee.violation === undefined) await probe();
      }
      const { violation } = referee;
      if (violation !== undefined) note('REFEREE', () => violation.text);
      return { violation, steps: taken, timeline };
    },
  };
};

const bodyText = (body: HoldBody): string =>
  'seats' in body
    ? body.seats.join(', ')
    : `the best ${body.quantity} of ${body.ticketTypeId}${body.adjacent ? ', side by side' : ''}`;

const resultText = (answer: unknown): string => {
  if (answer === undefined) return 'done';
  if (typeof answer === 'boolean') return answer ? 'done' : 'refused';
  if (Array.isArray(answer)) return answer.length === 0 ? 'done' : `${answer.length} refused`;
  if (answer instanceof Map) return 'read';
  const { applied, put, kind, changed, status } = answer as Record<string, unknown>;
  if (typeof kind === 'string') return kind.replace('_', ' ');
  if (typeof status === 'string') return status;
  return (applied ?? put ?? changed ?? true) ? 'done' : 'refused';
};

const settingText = ({ hall, holdSeconds, maxHoldsPerCustomer, skewsMs, isBuilt }: Setting): string =>
  [
    `holds of ${holdSeconds} s`,
    `${hall.ticketTypes.length} ticket types`,
    ...(maxHoldsPerCustomer === undefined ? [] : [`${maxHoldsPerCustomer} holds a customer`]),
    ...(skewsMs.some((ms) => ms !== 0)
      ? [`clocks ahead by ${processNames.map((name, index) => `${name} ${skewsMs[index]} ms`).join(', ')}`]
      : []),
    ...(isBuilt ? [] : ['to be built']),
  ].join('; ');
