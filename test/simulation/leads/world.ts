import './no-pauses.ts';
import { calendarCommands } from '../../../functions/marketplace/calendar/calendar-api.ts';
import {
  applyDepositNews,
  applyDepositRefundNews,
} from '../../../functions/marketplace/deposits/apply-deposit-news.ts';
import { askForDeposit } from '../../../functions/marketplace/deposits/ask-for-deposit.ts';
import { depositCommands } from '../../../functions/marketplace/deposits/deposits-api.ts';
import { settleDeposit } from '../../../functions/marketplace/deposits/settle-deposit.ts';
import {
  isOpen,
  type Lead,
  leadTimers,
  remindAfterSeconds,
} from '../../../functions/marketplace/leads/lead.ts';
import { leadLifecycle } from '../../../functions/marketplace/leads/lead-lifecycle.ts';
import type { LeadMachineInput } from '../../../functions/marketplace/leads/lead-machine.ts';
import { openLeads } from '../../../functions/marketplace/leads/lead-store.ts';
import { leadCommands } from '../../../functions/marketplace/leads/leads-api.ts';
import { noteTaken } from '../../../functions/marketplace/leads/note-taken.ts';
import type { Party } from '../../../functions/marketplace/leads/quote.ts';
import { runTimer } from '../../../functions/marketplace/leads/run-timer.ts';
import { leadMachines } from '../../../functions/marketplace/leads/start-machines.ts';
import { leadStepCommands } from '../../../functions/marketplace/leads/steps-api.ts';
import type { TruckItem } from '../../../functions/marketplace/truck.ts';
import { expireTruckHold } from '../../../functions/marketplace/truck-holds/truck-hold-expiry.ts';
import {
  truckHoldTimer,
  truckHoldTimers,
} from '../../../functions/marketplace/truck-holds/truck-hold-timers.ts';
import { askAboutPayment } from '../../../functions/payments/contracts.ts';
import type {
  PaymentNews,
  PaymentProvider,
  ProviderResult,
  RefundNews,
} from '../../../functions/payments/payment-port.ts';
import type { Answer } from '../../../functions/platform/answer.ts';
import { contentId } from '../../../functions/platform/ids.ts';
import type { Change } from '../../../functions/platform/lifecycle-event.ts';
import { openOwned } from '../../../functions/platform/owned-item.ts';
import type { StreamChange } from '../../../functions/platform/relay.ts';
import type { Item } from '../../../functions/platform/table.ts';
import type { History } from '../history.ts';
import { openPayments, type Paying } from '../orders/payments.ts';
import { play } from '../play.ts';
import type { Outcome, RunOptions } from '../run.ts';
import { scheduledTable } from '../scheduled-table.ts';
import { createScheduler, type Process, type Scheduled, SimulatedFault, settled } from '../scheduler.ts';
import { openSimulatedTable } from '../table.ts';
import { type CallName, type QueueName, reach as reachName } from './coverage.ts';
import { reachEnds } from './ends.ts';
import { briefItem, iso, truckItem } from './items.ts';
import { createReferee } from './referee.ts';
import {
  type Activity,
  processNames,
  type SimulatedBrief,
  type SimulatedTruck,
  settingOf,
  startMs,
} from './setting.ts';

/** API Gateway’s own. */
const requestMs = 29_000;
const mostLeads = 4;
const mostRequests = 40;

/** Ids that every schedule uses, by what they are made of. */
const ids = new Map<string, string>();
const idOf = (prefix: string, content: string): string => {
  const key = `${prefix} ${content}`;
  const known = ids.get(key) ?? contentId(prefix, content);
  ids.set(key, known);
  return known;
};

/** What a process answers requests and messages with. */
const portsOf = (
  scheduled: ReturnType<typeof scheduledTable>,
  provider: PaymentProvider,
  clockMs: () => number,
) => {
  const clock = () => Math.floor(clockMs() / 1_000);
  const providers = async () => provider;
  return {
    table: scheduled,
    leads: openLeads(scheduled),
    trucks: openOwned<TruckItem>(scheduled, 'TRUCK'),
    clockMs,
    clock,
    providers,
    commands: {
      ...leadCommands(scheduled, { masksContacts: false }, clock),
      ...leadStepCommands(scheduled, { completesEarly: false, masksContacts: false }),
      ...depositCommands({
        table: scheduled,
        providers,
        providerNames: ['stripe'],
        testProvider: () => Promise.reject(new Error('No payment of a test')),
        slowSeconds: 0,
        masksContacts: false,
        askLater: async () => {},
      }),
      ...calendarCommands(scheduled),
    },
  };
};
type Ports = ReturnType<typeof portsOf>;
interface Tools {
  readonly ports: Ports;
}
type Commands = Ports['commands'];

/** A request that is sent, and repeated, with one key. */
interface Asking {
  readonly name: string;
  readonly who: string;
  readonly text: string;
  readonly perform: (process: Process<Tools>, request: object) => Promise<Answer>;
  readonly isDry: boolean;
  /** Looks at an answer: whether it is true. */
  readonly judge: (answer: Answer, sentAtMs: number) => void;
}

/** Runs a history to its end, then everything that is under way, without further faults, to rest. */
export const runHistory = (history: History, options: RunOptions): Promise<Outcome> =>
  createWorld(history, options).run();

const createWorld = ({ seed, steps }: History, { coverage, isRecording }: RunOptions) => {
  const setting = settingOf(seed);
  const reach = (name: string): void => reachName(coverage, name);
  const names = new Map<string, string>();
  const nameOf = (id: string): string => names.get(id) ?? id;
  for (const [index, { truckId }] of setting.trucks.entries()) names.set(truckId, `truck-${index}`);
  const aheadMs = Math.max(0, ...setting.skewsMs);

  const schedule = createScheduler<Tools>({
    ...setting,
    startMs,
    processNames,
    isRecording,
    reach,
    toolsOf: (call, clockMs) => open(call, clockMs),
    isExpected: ({ message }) => /out of reach|could not be read: unavailable|too many at once/.test(message),
    onSurprise: (text) => referee.report('noSurprise', text),
  });
  const { note, nowMs, draw, send: sendAny, work, processOf, which, passTime, isQuiet } = schedule;
  const send = (
    queue: QueueName,
    ...rest: [string, (process: Process<Tools>) => Promise<void>, number?]
  ): void => sendAny(queue, ...rest);
  const oneOf = <T>(values: readonly T[]): T | undefined => values[draw() % values.length];
  const referee = createReferee({
    nameOf,
    nowMs,
    isLiveForAll: (until) => Math.floor((nowMs() + aheadMs) / 1_000) <= until,
  });

  // — the provider
  const changing = ({ ports }: Process<Tools>) => ({ now: new Date(ports.clockMs()), stamp: stampBy(ports) });
  let changes = 0;
  const stampBy =
    ({ clockMs }: Ports) =>
    (what: string): Change => {
      changes += 1;
      return { what, by: 'system:simulation', requestId: `m${changes}`, at: iso(clockMs()) };
    };
  const tell = ({ payableId, paymentId, status }: PaymentNews): void => {
    if (draw() % 6 === 0 && !isQuiet()) {
      reach('news that never came');
      note('provider', () => `loses the news that ${nameOf(payableId)} is ${status}`);
      return;
    }
    send('news', `${nameOf(payableId)} is ${status}`, async (process) => {
      const { providers, clock, leads, table: scheduled } = process.ports;
      const question = { kind: 'payment', provider: 'stripe', paymentId, payableId, at: 0 } as const;
      const news = await askAboutPayment({ providers, clock, askLater: async () => {} }, question);
      const lead = await leads.get(payableId);
      if (news !== undefined && lead !== undefined)
        await applyDepositNews(scheduled, lead, news, changing(process));
    });
  };
  const tellRefund = (news: RefundNews): void =>
    send('refund news', `a refund of ${nameOf(news.payableId)} ${news.status}`, async (process) => {
      const lead = await process.ports.leads.get(news.payableId);
      if (lead !== undefined)
        await applyDepositRefundNews(process.ports.table, lead, news, changing(process));
    });
  const payments = openPayments(referee, tell, tellRefund, () => {
    if (draw() % 100 < setting.failingRefunds) return 'failed';
    return draw() % 2 === 0 ? 'pending' : 'succeeded';
  });

  // — the table and its stream
  const records: StreamChange[] = [];
  const initial = [...setting.trucks.map(truckItem), ...setting.briefs.map(briefItem)];
  for (const item of initial)
    referee.onCommit({
      key: item as { pk: string; sk: string },
      before: undefined,
      after: item,
      expired: false,
    });
  const table = openSimulatedTable({
    initial,
    seesOld: () => draw() % 3 === 0,
    onCommit: (commit) => {
      referee.onCommit(commit);
      const { key, before, after, expired } = commit;
      const kind = before === undefined ? 'INSERT' : after === undefined ? 'REMOVE' : 'MODIFY';
      if (key.pk.startsWith('LEAD#'))
        records.push({ kind, before, after, expired, seenAt: new Date(nowMs()) });
    },
  });

  const open = (call: Scheduled, clockMs: () => number): Tools => {
    const asked = async <T>(name: CallName, paymentId: string, perform: () => Promise<ProviderResult<T>>) => {
      try {
        return await call(name, () => `${name} of ${nameOf(paymentId.slice('pay-'.length))}`, perform);
      } catch (error) {
        if (!(error instanceof SimulatedFault)) throw error;
        return { ok: false, reason: 'unavailable', retryAfterSeconds: 1 } as const;
      }
    };
    const { provider } = payments;
    const remote: PaymentProvider = {
      name: 'stripe',
      create: (payment) =>
        asked('create payment', `pay-${payment.payableId}`, () => provider.create(payment)),
      capture: (id) => asked('capture', id, () => provider.capture(id)),
      void: (id) => asked('void', id, () => provider.void(id)),
      refund: (id, refundId, amount) => asked('refund', id, () => provider.refund(id, refundId, amount)),
      read: (id) => asked('read payment', id, () => provider.read(id)),
    };
    const scheduled = scheduledTable<CallName>(table, call as Scheduled<CallName>, nameOf, {
      index: 'query leads',
      partition: 'query leads',
    });
    return { ports: portsOf(scheduled, remote, clockMs) };
  };

  // — the machines of leads: by name once, one timer after the other
  const started = new Set<string>();
  const goOnMachine = (name: string, input: LeadMachineInput, index: number): void => {
    const { leadId, stage, status, at } = input;
    const timer = leadTimers[status as keyof typeof leadTimers][index];
    const mark = `${name}/${index}`;
    if (timer === undefined || started.has(mark)) return;
    started.add(mark);
    send(
      'machine',
      `time to ${timer} ${nameOf(leadId)} in stage ${stage}`,
      async (process) => {
        const { ports } = process;
        const outcome = await runTimer(
          {
            ...ports,
            askForDeposit: (lead, stamp) => askForDeposit(ports, lead, { ...changing(process), stamp }),
          },
          { leadId, stage, timer },
          stampBy(ports),
        );
        if (outcome.kind === 'not_due') throw new SimulatedFault('it is not due by this clock');
        goOnMachine(name, input, index + 1);
      },
      Math.max(0, (Date.parse(at[timer] ?? '') - nowMs()) / 1_000),
    );
  };
  const machinesOf = leadMachines('machine');
  const timersOf = truckHoldTimers('hold expiry', () => Math.floor(nowMs() / 1_000));
  const wakeHold = (leadId: string, delaySeconds: number): void =>
    send(
      'hold expiry',
      `the hold of ${nameOf(leadId)} may be over`,
      async ({ ports }) => {
        const now = ports.clock();
        const outcome = await expireTruckHold(ports.table, leadId, stampBy(ports)('truck_hold.expired'), now);
        if (outcome.kind === 'not_due')
          wakeHold(leadId, truckHoldTimer('', leadId, outcome.until, now).delaySeconds);
      },
      delaySeconds,
    );

  const settles = new Set([
    'LEAD-BOOKED',
    'LEAD-CANCELLED',
    'LEAD-EXPIRED',
    'DEPOSIT-LATE',
    'DEPOSIT-REFUND-REQUESTED',
  ]);
  const relay = (): boolean => {
    const [record] = records;
    if (record === undefined) return false;
    for (const { body, delaySeconds } of timersOf(record))
      wakeHold((JSON.parse(body) as { leadId: string }).leadId, delaySeconds);
    for (const { name, input } of machinesOf(record)) goOnMachine(name, input as LeadMachineInput, 0);
    for (const { type, data } of leadLifecycle(record)) {
      const { leadId } = data as { readonly leadId: string };
      note('relay', () => `${type} of ${nameOf(leadId)}`);
      if (settles.has(type))
        send('settle', `${type} of ${nameOf(leadId)}`, (process) =>
          settleDeposit(process.ports, leadId, changing(process)),
        );
      if (type === 'LEAD-BOOKED')
        send('time taken', `${type} of ${nameOf(leadId)}`, ({ ports }) =>
          noteTaken({ ...ports, askForNext: async () => {} }, { leadId }, stampBy(ports)('lead.time_taken')),
        );
    }
    // It crashes before it has told how far it is: the record comes again.
    if (!isQuiet() && draw() % 8 === 0) reach('relayed twice');
    else records.shift();
    return true;
  };

  // — who asks
  const requests: Asking[] = [];
  const ask = (request: Asking): void => {
    const process = processOf(draw() % 2);
    const { name, who, text, isDry } = request;
    changes += 1;
    const requestId = `r${changes}`;
    if (isDry) referee.onDryRun(requestId);
    const sentAtMs = nowMs();
    note(who, () => `asks ${process.name} to ${text} (${name})${isDry ? ', as a dry run' : ''}`);
    work(process, requestMs, async () => {
      const answer = await request.perform(process, {
        now: new Date(process.ports.clockMs()),
        requestId,
        caller: { subject: who },
        newId: (prefix: string) => idOf(prefix, name),
        idempotency: { key: name, requestHash: name },
        query: isDry ? { dryRun: 'true' } : {},
      });
      note(who, () => `is answered ${answer.kind === 'problem' ? answer.code : answer.status} (${name})`);
      if (answer.kind === 'problem' && answer.code === 'IDEMPOTENCY_KEY_REUSED')
        referee.report('honest', `${name} is answered ${answer.code}`);
      if (isDry) reach('dry run');
      else request.judge(answer, sentAtMs);
    });
  };
  const askNew = (request: Omit<Asking, 'name'>): void => {
    const asking = { ...request, name: `${request.who}/${requests.length}` };
    requests.push(asking);
    ask(asking);
  };

  const askTruckOf = (brief: SimulatedBrief, truck: SimulatedTruck): string => {
    const name = `lead-${requests.length}`;
    const leadId = idOf('lead', `${brief.organizer}/${requests.length}`);
    names.set(leadId, name);
    askNew({
      who: brief.organizer,
      text: `ask ${nameOf(truck.truckId)} for ${name}`,
      isDry: false,
      perform: async ({ ports }, request) => {
        const entity = await ports.table.get(
          { pk: `BRIEF#${brief.briefId}`, sk: 'BRIEF' },
          { consistent: true },
        );
        return ports.commands.createLead({
          ...request,
          params: {},
          body: { truckId: truck.truckId },
          resource: { entity },
        } as unknown as Parameters<Commands['createLead']>[0]);
      },
      judge: (answer, sentAtMs) => {
        if (answer.kind === 'success') {
          if (!referee.leads().has(leadId)) referee.report('honest', `${name} is said to be there`);
          return;
        }
        judgeConflict(truck.truckId, answer, sentAtMs);
      },
    });
    return leadId;
  };

  /** What stands in the way did so while it was asked. */
  const judgeConflict = (truckId: string, answer: Answer, sentAtMs: number): void => {
    if (answer.kind !== 'problem' || answer.code !== 'TRUCK_NOT_AVAILABLE') return;
    const { reason, conflict } = answer.members as {
      readonly reason: string;
      readonly conflict?: { readonly from: string; readonly to: string; readonly kind: 'booking' };
    };
    reach(reason === 'too_far' ? 'refused for the way' : 'refused for a conflict');
    if (conflict === undefined) {
      referee.report('honest', `${nameOf(truckId)} is said to be ${reason}`);
      return;
    }
    const shown = { from: Date.parse(conflict.from) / 1_000, to: Date.parse(conflict.to) / 1_000 };
    if (!referee.couldStand(truckId, conflict.kind, shown, sentAtMs))
      referee.report('honest', `a ${conflict.kind} of ${nameOf(truckId)} is in the way that was not there`);
  };

  const askTruck = (): boolean => {
    if (referee.leads().size >= mostLeads || requests.length >= mostRequests) return false;
    const brief = oneOf(setting.briefs);
    const truck = oneOf(setting.trucks);
    if (brief === undefined || truck === undefined) return false;
    askTruckOf(brief, truck);
    return true;
  };

  type Command =
    | 'contact'
    | 'quote'
    | 'accept'
    | 'decline'
    | 'cancel'
    | 'complete'
    | 'extend'
    | 'deposit'
    | 'retry';
  const handlers = {
    contact: 'contactLead',
    quote: 'quoteLead',
    accept: 'acceptLead',
    decline: 'declineLead',
    cancel: 'cancelLead',
    complete: 'completeLead',
    extend: 'extendLeadHold',
    deposit: 'payDeposit',
    retry: 'retryDepositRefund',
  } as const satisfies Record<Command, keyof Commands>;

  const bodyOf = (command: Command, lead: Lead): object => {
    switch (command) {
      case 'quote':
        return {
          items: [
            { name: 'Tacos', quantity: 10, unitPrice: { amount: 100 + (draw() % 3), currency: 'RON' } },
          ],
          travel: { amount: 9_905, currency: 'RON' },
          deposit: { percent: oneOf([0, 20, 20, 50, 100]), withinMinutes: oneOf([5, 60, 4_320]) },
          expiresAt: iso(nowMs() + 1_000 * (oneOf([10, 300, 7_200, 30 * 86_400]) ?? 0)),
        };
      case 'accept':
        return { quoteVersion: draw() % 8 === 0 ? 1 : (lead.quote?.version ?? 1) };
      case 'extend':
        return draw() % 2 === 0 ? {} : { minutes: oneOf([1, 30, 60]) };
      case 'deposit':
        return { payment: { provider: 'stripe' } };
      default:
        return { reason: 'Rain' };
    }
  };

  const tellLead = (
    lead: Lead,
    side: Party,
    command: Command,
    { isDry = false, body = bodyOf(command, lead) } = {},
  ): void => {
    const { leadId, truckId } = lead;
    const who = side === 'truck' ? nameOf(truckId) : lead.organizationId === 'org_organizer0' ? 'ana' : 'ben';
    askNew({
      who,
      text: `${command} ${nameOf(leadId)}`,
      isDry,
      perform: async ({ ports }, request) => {
        const entity = await ports.leads.get(leadId);
        return ports.commands[handlers[command]]({
          ...request,
          params: { leadId },
          body,
          resource: { entity },
          sides: [side],
        } as never);
      },
      judge: (answer, sentAtMs) => {
        judgeConflict(truckId, answer, sentAtMs);
        if (answer.kind === 'problem') return;
        const told = referee.rows(leadId);
        if (command === 'extend') {
          reach('hold that was extended');
          return;
        }
        if (command === 'deposit') {
          if (referee.leads().get(leadId)?.deposit === undefined)
            referee.report('honest', `${nameOf(leadId)} is said to have a deposit`);
          return;
        }
        if (command === 'retry') return;
        // That an event is over is so, whoever said it first.
        const isTold = told.some(
          (row) => row.command === command && (row.party === side || command === 'complete'),
        );
        if (!isTold) report(`${side} was told that it did ${command} ${nameOf(leadId)}`);
        if (command === 'accept') {
          const { quote } = referee.leads().get(leadId) ?? {};
          const { quoteVersion } = body as { readonly quoteVersion: number };
          if (quote?.version !== quoteVersion)
            report(`${side} took version ${quoteVersion} of ${nameOf(leadId)}, and it is ${quote?.version}`);
        }
      },
    });
  };
  const report = (text: string): void => referee.report('honest', text);

  const likely = ({ status, quote, refund }: Lead): readonly [Party, Command] => {
    const other: Party = quote?.by === 'truck' ? 'organizer' : 'truck';
    const either = oneOf<Party>(['organizer', 'truck']) ?? 'truck';
    switch (status) {
      case 'new':
        return draw() % 6 === 0 ? ['organizer', 'extend'] : ['truck', 'contact'];
      case 'contacted':
        return draw() % 8 === 0 ? ['organizer', 'extend'] : ['truck', 'quote'];
      case 'quoted':
        return (
          oneOf<readonly [Party, Command]>([
            [other, 'accept'],
            [other, 'accept'],
            [other, 'accept'],
            [other, 'quote'],
            [either, 'decline'],
            ['organizer', 'extend'],
          ]) ?? [other, 'accept']
        );
      case 'accepted':
        return ['organizer', 'deposit'];
      case 'booked':
        return draw() % 3 === 0 ? [either, 'complete'] : [either, 'cancel'];
      default:
        return refund?.status === 'failed' ? ['organizer', 'retry'] : [either, 'contact'];
    }
  };
  const commands = Object.keys(handlers) as readonly Command[];
  const say = (): boolean => {
    const all = [...referee.leads().values()];
    const going = all.filter(({ status }) => isOpen(status) || status === 'booked');
    const lead = oneOf(going.length > 0 && draw() % 8 !== 0 ? going : all);
    if (lead === undefined || requests.length >= mostRequests) return false;
    const [side, command] =
      draw() % 8 === 0
        ? ([oneOf<Party>(['organizer', 'truck']) ?? 'truck', oneOf(commands) ?? 'contact'] as const)
        : likely(lead);
    // A retry and an extension have no dry run.
    const isDry = draw() % 12 === 0 && command !== 'retry' && command !== 'extend';
    tellLead(lead, side, command, { isDry });
    return true;
  };

  const askAgain = (): boolean => {
    const request = oneOf(requests);
    if (request === undefined) return false;
    ask(request);
    return true;
  };

  /** Whoever has seen the payment of a lead may pay it, whatever became of the lead since. */
  const pay = (): boolean => {
    const found = oneOf([...referee.leads().values()].filter(({ deposit }) => deposit !== undefined));
    if (found === undefined) return false;
    const how =
      oneOf<Paying>(['authorize', 'authorize', 'authorize', 'charge', 'decline', 'decline for good']) ??
      'authorize';
    const isTaken = payments.pay(found.leadId, how);
    if (isTaken && how === 'charge') reach('charged at once');
    if (isTaken) note('payer', () => `pays for ${nameOf(found.leadId)}: ${how}`);
    return isTaken;
  };

  // — who owns a truck
  const blackouts: { readonly truckId: string; readonly blackoutId: string }[] = [];
  const own = (): boolean => {
    const truck = oneOf(setting.trucks);
    // Seldom, or little else would happen.
    if (truck === undefined || requests.length >= mostRequests || draw() % 2 === 0) return false;
    const { truckId } = truck;
    const who = nameOf(truckId);
    const old = oneOf(blackouts);
    const what = draw() % 4;
    if (what === 0) return changeTruck(truckId);
    if (what === 1 && old !== undefined) {
      askNew({
        who: nameOf(old.truckId),
        text: 'be there again',
        isDry: false,
        perform: ({ ports }, request) =>
          ports.commands.deleteBlackout({ ...request, params: old } as unknown as Parameters<
            Commands['deleteBlackout']
          >[0]),
        judge: () => {},
      });
      return true;
    }
    const from = (oneOf(setting.briefs)?.from ?? 0) + 3_600 * ((draw() % 9) - 4);
    const blackoutId = idOf('blk', `${who}/${requests.length}`);
    names.set(blackoutId, `blackout-${requests.length}`);
    askNew({
      who,
      text: `be away (${nameOf(blackoutId)})`,
      isDry: false,
      perform: ({ ports }, request) =>
        ports.commands.createBlackout({
          ...request,
          params: { truckId },
          body: { from: iso(1_000 * from), to: iso(1_000 * (from + 3_600)) },
        } as unknown as Parameters<Commands['createBlackout']>[0]),
      judge: (answer) => {
        if (answer.kind === 'problem') return;
        reach('blackout');
        blackouts.push({ truckId, blackoutId });
      },
    });
    return true;
  };
  /** What an owner writes: at once and without faults. */
  const changeTruck = (truckId: string): boolean => {
    const key = { pk: `TRUCK#${truckId}`, sk: 'TRUCK' };
    const { setupMinutes, units, revision } = table.peek(key) as TruckItem & Item;
    const fields =
      oneOf<Partial<TruckItem>>([
        { setupMinutes: setupMinutes === 0 ? 60 : 0 },
        { units: units === 1 ? 2 : 1 },
        { cancellationPolicy: [{ daysBefore: 0, refundPercent: draw() % 101 }] },
      ]) ?? {};
    const [[name, value] = ['', undefined]] = Object.entries(fields);
    note(nameOf(truckId), () => `changes its ${name}`);
    reach('truck that changed');
    void table.update(key, {
      update: 'SET #name = :value, #revision = :revision',
      names: { '#name': name, '#revision': 'revision' },
      values: { ':value': value, ':revision': revision + 1 },
    });
    return true;
  };

  // — time
  /** Seconds that something depends on, some of them over. */
  const deadlines = (): readonly number[] =>
    [...referee.leads().values()].flatMap(({ hold, depositBy, quote, window, since, status }) => [
      window.from,
      window.to,
      ...(hold === undefined ? [] : [hold.until]),
      ...(depositBy === undefined ? [] : [depositBy]),
      ...(quote === undefined ? [] : [Date.parse(quote.expiresAt) / 1_000]),
      ...(status === 'new' || status === 'contacted' ? [Date.parse(since) / 1_000 + remindAfterSeconds] : []),
    ]);
  const wait = (): boolean => {
    // Who is at work does not wait for days.
    if (schedule.isBusy() && draw() % 8 !== 0) {
      passTime([200, 500, 1_000, 3_000][which() % 4] ?? 0);
      return true;
    }
    const ahead = deadlines()
      .filter((at) => 1_000 * at > nowMs())
      .sort((one, other) => one - other);
    // Mostly the nearest: what lies behind them is the end of all.
    const at = ahead[which() % Math.min(ahead.length, 2)];
    const ms = at === undefined ? 60_000 : 1_000 * at - nowMs() + (draw() % 5_000) - 2_000;
    passTime(Math.max(200, ms));
    return true;
  };
  const happen = (): boolean =>
    payments.endRefunds(
      () => draw() % 100 < setting.failingRefunds,
      () => draw() % 2 === 0,
    );

  // — the scheduler
  const actions: Readonly<Record<Activity, () => boolean>> = {
    goOn: schedule.goOn,
    takeMessage: schedule.takeMessage,
    relay,
    askTruck,
    say,
    askAgain,
    pay,
    own,
    wait,
    happen,
  };
  /** Refunds that the bank keeps are paid out in the end. */
  const otherwise = (): boolean =>
    payments.endRefunds(
      () => false,
      () => true,
    );

  /** Goes on until nothing is left to do at this instant. */
  const settle = async (): Promise<void> => {
    await settled();
    while (schedule.goOnQuietly(relay)) await settled();
  };
  /** A lead comes as far as these words take it. */
  const lead = async (brief: SimulatedBrief, words: readonly Command[]): Promise<Lead | undefined> => {
    const [truck] = setting.trucks;
    if (truck === undefined) throw new Error('There is always a truck');
    const leadId = askTruckOf(brief, truck);
    await settle();
    for (const command of words) {
      const current = referee.leads().get(leadId);
      if (current === undefined) return undefined;
      const side = command === 'contact' || command === 'quote' ? 'truck' : 'organizer';
      const usual = bodyOf(command, current);
      // It does not end while it is looked at.
      const lasting = {
        expiresAt: iso(nowMs() + 60 * 86_400_000),
        deposit: { percent: 20, withinMinutes: 5 },
      };
      tellLead(current, side, command, { body: command === 'quote' ? { ...usual, ...lasting } : usual });
      await settle();
    }
    return referee.leads().get(leadId);
  };
  const toAccepted = ['contact', 'quote', 'accept'] as const;
  const openWith = async (): Promise<void> => {
    const [brief, other] = setting.briefs;
    if (brief === undefined || other === undefined) throw new Error('There are always two briefs');
    switch (setting.opening) {
      case 'nothing':
        return;
      case 'quoted':
        await lead(brief, ['contact', 'quote']);
        return;
      case 'accepted':
        await lead(brief, toAccepted);
        return;
      case 'booked': {
        const first = await lead(brief, [...toAccepted, 'deposit']);
        if (first?.deposit !== undefined) payments.pay(first.leadId, 'authorize');
        if (draw() % 3 !== 0) await settle();
        return;
      }
      case 'rivals':
        await lead(brief, ['contact', 'quote']);
        passTime(1_804_000);
        await lead(other, ['contact', 'quote']);
        return;
      case 'overdue': {
        const first = await lead(brief, [...toAccepted, 'deposit']);
        passTime(304_000);
        const [truck] = setting.trucks;
        if (truck !== undefined) askTruckOf(other, truck);
        await settled();
        while (schedule.goOn()) await settled();
        if (first?.deposit !== undefined) payments.pay(first.leadId, 'authorize');
      }
    }
  };
  /** Some schedules begin deep in what else is rare; without faults. */
  const begin = async (): Promise<void> => {
    schedule.drawFrom(seed);
    schedule.beQuiet(true);
    await openWith();
    schedule.beQuiet(false);
  };

  return {
    run: (): Promise<Outcome> =>
      play(steps, {
        schedule,
        referee,
        actions,
        weights: setting.weights,
        relay,
        otherwise,
        begin,
        atRest: () => {
          referee.checkAtRest(payments.of);
          reachEnds(referee, reach);
        },
      }),
  };
};
