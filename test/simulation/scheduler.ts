import type { FaultName } from './coverage.ts';
import type { Step } from './history.ts';
import { numbersFrom } from './random.ts';

/** A fault that the schedule made: the use case sees it as a failed call. */
export class SimulatedFault {
  // No Error: nobody reads its stack, and taking one costs more than all else in a step.
  readonly message: string;
  constructor(message: string) {
    this.message = message;
  }
}

/** Something a process does; it dies with the process. */
interface Work {
  readonly deadlineMs: number;
  readonly onDeath: () => void;
}

/** A process of the platform: it has a clock of its own, and forgets everything when it crashes. */
export type Process<Tools> = Tools & {
  readonly name: string;
  readonly works: Set<Work>;
  isDead: boolean;
};

/** Puts a call before the scheduler; the promise is kept when the schedule says so, if ever. */
export type Scheduled<CallName extends string = string> = <T>(
  name: CallName,
  text: () => string,
  perform: () => Promise<T>,
) => Promise<T>;

interface Call<CallName, Tools> {
  readonly name: CallName;
  readonly process: Process<Tools>;
  readonly text: () => string;
  readonly perform: () => Promise<unknown>;
  readonly resolve: (answer: unknown) => void;
  readonly reject: (error: unknown) => void;
  notBeforeMs: number;
}

interface Message<QueueName, Tools> {
  readonly queue: QueueName;
  readonly text: string;
  readonly handle: (process: Process<Tools>) => Promise<void>;
  readonly sentAtMs: number;
  availableAtMs: number;
}

export interface SchedulerOptions<Tools> {
  readonly startMs: number;
  /** The first two answer requests, the others take messages. */
  readonly processNames: readonly string[];
  /** Milliseconds that the clock of each process is ahead. */
  readonly skewsMs: readonly number[];
  /** In percent of the calls. */
  readonly faultRate: number;
  readonly faults: readonly FaultName[];
  readonly isRecording: boolean;
  /** Counts what was reached. */
  readonly reach: (name: string) => void;
  /** What a process begins with, given how it calls what is outside of it, and its own clock. */
  readonly toolsOf: (call: Scheduled, clockMs: () => number) => Tools;
  /** Whether an error is one by which a queue brings its message again. */
  readonly isExpected: (error: Error) => boolean;
  /** An error that is not. */
  readonly onSurprise: (text: string) => void;
}

const messageTimeoutMs = 30_000;

/** All that was asked in this turn has happened: microtasks are done, nothing here waits for more. */
export const settled = (): Promise<void> => new Promise((resolve) => process.nextTick(resolve));

const resultText = (answer: unknown): string => {
  if (answer === undefined) return 'nothing';
  const { written, ok, reason, value, status } = answer as Record<string, unknown>;
  if (typeof written === 'boolean') return written ? 'done' : 'refused';
  if (typeof ok === 'boolean') return ok ? (typeof value === 'string' ? value : 'done') : String(reason);
  return typeof status === 'string' ? status : 'read';
};

/**
 * Time, processes, their calls and the queues between them: what a step of a history decides on. A call goes on when
 * the schedule says so, or meets a fault; messages come at least once, in any order.
 */
export const createScheduler = <Tools>({
  startMs,
  processNames,
  skewsMs,
  faultRate,
  faults,
  isRecording,
  reach,
  toolsOf,
  isExpected,
  onSurprise,
}: SchedulerOptions<Tools>) => {
  const timeline: string[] = [];
  let nowMs = startMs;
  let now: Step = { action: 0, which: 0, fault: 0, detail: 0 };
  let draw = numbersFrom(0);
  /** While it is, nobody asks for anything new, and nothing goes wrong. */
  let isQuiet = false;
  let calls: Call<string, Tools>[] = [];
  const messages: Message<string, Tools>[] = [];
  const running = new Map<number, Process<Tools>>();

  const note = (who: string, text: () => string): void => {
    if (!isRecording) return;
    const time = ((nowMs - startMs) / 1_000).toFixed(3).padStart(9);
    timeline.push(`${time}  ${who.padEnd(9)} ${text()}`);
  };

  const start = (index: number): Process<Tools> => {
    const skewMs = skewsMs[index] ?? 0;
    const call: Scheduled = (name, text, perform) =>
      new Promise((resolve, reject) => {
        if (process.isDead) return;
        calls.push({
          name,
          process,
          text,
          perform,
          resolve: resolve as (answer: unknown) => void,
          reject,
          notBeforeMs: 0,
        });
      });
    const process: Process<Tools> = {
      name: processNames[index] ?? '',
      works: new Set(),
      isDead: false,
      ...toolsOf(call, () => nowMs + skewMs),
    };
    return process;
  };
  const processOf = (index: number): Process<Tools> => {
    const known = running.get(index);
    if (known !== undefined) return known;
    const fresh = start(index);
    running.set(index, fresh);
    return fresh;
  };
  const crash = (process: Process<Tools>, why: string): void => {
    note(process.name, () => `${why}, begins anew`);
    process.isDead = true;
    calls = calls.filter((call) => call.process !== process);
    for (const [index, other] of running) if (other === process) running.delete(index);
    for (const { onDeath } of process.works) onDeath();
  };

  /** Has a process do something, until it is done, fails, or the process dies; `onFailure` of the latter two. */
  const work = (
    process: Process<Tools>,
    limitMs: number,
    job: () => Promise<void>,
    onFailure: () => void = () => {},
  ): void => {
    const mine: Work = { deadlineMs: nowMs + limitMs, onDeath: onFailure };
    process.works.add(mine);
    job().then(
      () => process.works.delete(mine),
      (error: unknown) => {
        process.works.delete(mine);
        if (error instanceof SimulatedFault || (error instanceof Error && isExpected(error)))
          note(process.name, () => `failed: ${error.message}`);
        else onSurprise(`${process.name}: ${error instanceof Error ? error.stack : String(error)}`);
        onFailure();
      },
    );
  };

  /** One call goes on, or meets a fault. */
  const goOn = (fault: FaultName | undefined): boolean => {
    const ready = calls.filter(({ notBeforeMs }) => notBeforeMs <= nowMs);
    const call = ready[now.which % ready.length];
    if (call === undefined) return false;
    const { name, process, text } = call;
    if (fault !== undefined) reach(`${name} × ${fault}`);
    if (fault === 'slow') {
      call.notBeforeMs = nowMs + 1_000 + (draw() % 9_000);
      note(process.name, () => `${text()} … slow`);
      return true;
    }
    calls.splice(calls.indexOf(call), 1);
    if (fault === 'not sent' || fault === 'crash before') {
      note(process.name, () => `${text()} … not sent`);
      if (fault === 'crash before') crash(process, 'crashed');
      else call.reject(new SimulatedFault(`${name} was not sent`));
      return true;
    }
    const told = (result: string) => note(process.name, () => `${text()} → ${result}`);
    call.perform().then(
      (answer) => {
        if (fault === undefined) {
          told(resultText(answer));
          call.resolve(answer);
          return;
        }
        told(`${resultText(answer)}, not heard${fault === 'sent twice' ? ', will be sent again' : ''}`);
        if (fault === 'crash after') crash(process, 'crashed');
        else if (fault === 'sent twice') calls.push(call);
        else call.reject(new SimulatedFault(`the answer of ${name} was lost`));
      },
      (error: unknown) => {
        told(String(error));
        call.reject(error);
      },
    );
    return true;
  };

  const takeMessage = (): boolean => {
    const due = messages.filter(({ availableAtMs }) => availableAtMs <= nowMs);
    const message = due[now.which % due.length];
    if (message === undefined) return false;
    const { queue, handle, text } = message;
    if (messages.some((other) => other.queue === queue && other.sentAtMs < message.sentAtMs))
      reach(`${queue} × overtaken`);
    if (nowMs - message.availableAtMs > 5_000) reach(`${queue} × late`);
    const process = processOf(2 + (draw() % 2));
    const isTwice = !isQuiet && now.fault % 7 === 6;
    if (isTwice) reach(`${queue} × duplicated`);
    else messages.splice(messages.indexOf(message), 1);
    note(process.name, () => `takes ${text}${isTwice ? ', which will come again' : ''}`);
    work(
      process,
      messageTimeoutMs,
      () => handle(process),
      () => {
        if (!isTwice) messages.push({ ...message, availableAtMs: nowMs + 1_000 });
      },
    );
    return true;
  };

  const passTime = (ms: number): void => {
    nowMs += ms;
    note('clock', () => `${ms} ms pass`);
    for (const process of [...running.values()])
      if ([...process.works].some(({ deadlineMs }) => deadlineMs < nowMs)) crash(process, 'ran out of time');
  };

  const goOnQuietly = (relay: () => boolean): boolean => {
    now = { action: 0, which: 0, fault: 0, detail: 0 };
    return goOn(undefined) || relay() || takeMessage();
  };

  return {
    timeline,
    note,
    nowMs: () => nowMs,
    /** The next number of this step, by which whatever happens in it is chosen. */
    draw: () => draw(),
    which: () => now.which,
    isQuiet: () => isQuiet,
    isBusy: () => calls.length > 0,
    processOf,
    work,
    goOn: () =>
      goOn(now.fault % 100 >= 100 - faultRate ? faults[(now.fault >>> 8) % faults.length] : undefined),
    takeMessage,
    passTime,

    /** A message that comes after so long, at least once. */
    send(
      queue: string,
      text: string,
      handle: (process: Process<Tools>) => Promise<void>,
      delaySeconds = 0,
    ): void {
      messages.push({ queue, text, handle, sentAtMs: nowMs, availableAtMs: nowMs + 1_000 * delaySeconds });
    },

    /** Begins a step: what it chooses follows from its numbers. */
    begin(step: Step, ms: number): void {
      nowMs += ms;
      now = step;
      draw = numbersFrom(step.detail);
    },

    /** From now on nothing goes wrong, and nobody asks for anything new; or no more so. */
    beQuiet(isWanted: boolean): void {
      isQuiet = isWanted;
    },
    drawFrom(seed: number): void {
      draw = numbersFrom(seed);
    },

    /** Goes on with what waited longest, without faults. Tells whether anything can be done now. */
    goOnQuietly,

    /**
     * The same, and waits for what comes later.
     * @param otherwise when nothing does.
     */
    drain(relay: () => boolean, otherwise: () => boolean): boolean {
      draw = numbersFrom(0);
      if (goOnQuietly(relay)) return true;
      const later = [...calls.map(({ notBeforeMs }) => notBeforeMs), ...messages.map((m) => m.availableAtMs)];
      if (later.length === 0) return otherwise();
      passTime(Math.max(0, Math.min(...later) - nowMs));
      return true;
    },

    /** Lets time pass in small steps while nothing is asked. */
    tick(ms: number): void {
      nowMs += ms;
    },
  };
};
