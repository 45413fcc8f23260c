import type { StateMachine as LibraryMachine } from 'aws-local-stepfunctions';
import { arnOf } from './account.ts';
import { callAt } from './backoff.ts';
import type { Attempt, Execution, ExecutionStore, TaskOutcome } from './execution-store.ts';
import {
  longestTaskSeconds,
  type MachineDefinition,
  type PreparedMachine,
  prepareMachine,
} from './machine-definition.ts';
import { TaskError } from './task-error.ts';
import { functionNameOf, perform, type TaskParts } from './task-handlers.ts';
import { TaskTokens } from './task-tokens.ts';
import type { Resource } from './template.ts';
import { Usage } from './usage.ts';

/** A state machine of the template. */
export interface Machine extends PreparedMachine {
  readonly arn: string;
  readonly name: string;
  /** JSON, as the template has it. */
  readonly source: string;
  readonly roleArn: string;
}

/** Properties that are known; roles, logs and traces mean nothing on one machine. */
const knownProperties = [
  ...['Definition', 'DefinitionString', 'DefinitionSubstitutions', 'RoleArn', 'StateMachineName'],
  ...['StateMachineType', 'LoggingConfiguration', 'TracingConfiguration', 'EncryptionConfiguration', 'Tags'],
];

/**
 * The state machines of the template.
 * @throws Error naming the machine and state, for whatever is not supported here.
 */
export const declaredMachines = (resources: readonly Resource[]): readonly Machine[] => {
  const functions = new Set(
    resources.filter(({ type }) => type === 'AWS::Lambda::Function').map(({ name }) => name),
  );
  return resources
    .filter(({ type }) => type === 'AWS::StepFunctions::StateMachine')
    .map(({ name: arn, properties }) => {
      const name = arn.split(':').at(-1) ?? arn;
      const unknown = Object.keys(properties).filter((property) => !knownProperties.includes(property));
      if (unknown.length > 0) throw new Error(`${name}: ${unknown} is not supported here`);
      if ((properties['StateMachineType'] ?? 'STANDARD') !== 'STANDARD')
        throw new Error(`${name}: only standard machines are supported here`);
      const substitutions: Record<string, unknown> = properties['DefinitionSubstitutions'] ?? {};
      const source = (properties['DefinitionString'] ?? JSON.stringify(properties['Definition'])).replace(
        /\$\{(\w+)\}/g,
        (whole: string, key: string) => substitutions[key] ?? whole,
      ) as string;
      const prepared = prepareMachine(parsed(source, name), name);
      for (const [state, { functionName }] of prepared.work) {
        if (functionName !== undefined && !functions.has(functionNameOf(functionName)))
          throw new Error(`${name}/${state}: there is no function ${functionName}`);
      }
      return { ...prepared, arn, name, source, roleArn: properties['RoleArn'] ?? '' };
    });
};

const parsed = (source: string, name: string): MachineDefinition => {
  try {
    return JSON.parse(source);
  } catch (error) {
    throw new Error(`${name}: its definition is no JSON`, { cause: error });
  }
};

export interface StateMachineParts extends Omit<TaskParts, 'tokens'> {
  readonly store: ExecutionStore;
  readonly log: (line: string) => void;
}

export type Started =
  | { readonly kind: 'started'; readonly execution: Execution }
  /** Another execution has or had the name. */
  | { readonly kind: 'exists' };

/** Most events of an execution’s history (Step Functions quota): it bounds loops. */
const maxEvents = 25_000;

/** What is done in memory for an execution under way. */
interface Running {
  readonly machine: Machine;
  /** Aborted when it ends. */
  readonly ended: AbortController;
  readonly finished: Promise<void>;
  readonly cancelTimeout: () => void;
  execution: Execution;
  lastEventId: number;
}

/**
 * Runs executions of state machines. Each state is run by the library as a machine of its own; which state
 * an execution is in, and with what input, is stored before the state is begun, so that it goes on there
 * after a restart.
 */
export class StateMachines {
  readonly machines: ReadonlyMap<string, Machine>;
  readonly tokens: TaskTokens;
  private readonly parts: StateMachineParts;
  private readonly usage: Usage;
  private readonly running = new Map<string, Running>();

  constructor(machines: readonly Machine[], parts: StateMachineParts, usage = new Usage()) {
    this.machines = new Map(machines.map((machine) => [machine.arn, machine]));
    this.parts = parts;
    this.usage = usage;
    this.tokens = new TaskTokens((arn) => parts.store.get(arn) !== undefined);
  }

  /** Starts an execution; one of the same name and input that still runs is that one. */
  start(machine: Machine, name: string, input: string): Started {
    const execution: Execution = {
      arn: arnOf('states', `execution:${machine.name}:${name}`),
      machineArn: machine.arn,
      name,
      input,
      startedAt: Date.now(),
      status: 'RUNNING',
      at: { state: machine.definition.StartAt, input: JSON.parse(input) },
    };
    if (!this.parts.store.add(execution)) {
      const known = this.parts.store.get(execution.arn);
      return known?.status === 'RUNNING' && known.input === input
        ? { kind: 'started', execution: known }
        : { kind: 'exists' };
    }
    const running = this.run(machine, execution);
    this.note(running, 'ExecutionStarted', {
      executionStartedEventDetails: { input, roleArn: machine.roleArn },
    });
    this.noteEntered(running);
    return { kind: 'started', execution };
  }

  /** Ends an execution from outside; undefined when there is none. One that has ended stays as it is. */
  stop(arn: string, error?: string, cause?: string): Execution | undefined {
    const running = this.running.get(arn);
    if (running === undefined) return this.parts.store.get(arn);
    this.end(running, { status: 'ABORTED', ...said(error, cause) });
    return running.execution;
  }

  /** Goes on with what an earlier run left. */
  resume(): void {
    for (const execution of this.parts.store.running()) {
      const machine = this.machines.get(execution.machineArn);
      const state = execution.at?.state ?? '';
      if (machine === undefined || !(state in machine.definition.States)) {
        const cause = `The template has no state ${state} of ${execution.machineArn} any more`;
        this.parts.log(`${execution.arn}: ${cause}`);
        this.parts.store.update(ended(execution, { status: 'FAILED', error: 'States.Runtime', cause }));
      } else {
        this.run(machine, execution);
      }
    }
  }

  /** Stops working; what is under way goes on after the next start. */
  async close(): Promise<void> {
    const all = [...this.running.values()];
    for (const { ended: signal, cancelTimeout } of all) {
      cancelTimeout();
      signal.abort();
    }
    await Promise.all(all.map(({ finished }) => finished));
  }

  private run(machine: Machine, execution: Execution): Running {
    const { TimeoutSeconds } = machine.definition;
    const running: Running = {
      machine,
      execution,
      ended: new AbortController(),
      lastEventId: this.parts.store.lastEventId(execution.arn),
      cancelTimeout:
        TimeoutSeconds === undefined
          ? () => undefined
          : callAt(execution.startedAt + TimeoutSeconds * 1_000, () =>
              this.end(running, { status: 'TIMED_OUT', error: 'States.Timeout' }),
            ),
      // A step later, so that whoever starts it has its answer before anything runs.
      finished: Promise.resolve().then(() => this.goThrough(running)),
    };
    this.running.set(execution.arn, running);
    return running;
  }

  private async goThrough(running: Running): Promise<void> {
    try {
      while (!running.ended.signal.aborted) {
        const { output, next } = await this.runState(running);
        if (running.ended.signal.aborted) return;
        this.note(running, `${typeOf(running)}StateExited`, {
          stateExitedEventDetails: { name: running.execution.at?.state, output: JSON.stringify(output) },
        });
        if (next === undefined)
          return this.end(running, { status: 'SUCCEEDED', output: JSON.stringify(output) });
        if (running.lastEventId >= maxEvents)
          throw new TaskError('States.Runtime', `The history has ${maxEvents} events`);
        this.save(running, { ...running.execution, at: { state: next, input: output } });
        this.noteEntered(running);
      }
    } catch (error) {
      if (running.ended.signal.aborted) return;
      // The library wraps what ended the state.
      const { name, message } =
        error instanceof Error && error.cause instanceof Error ? error.cause : (error as Error);
      this.end(running, { status: 'FAILED', ...said(name, message) });
    }
  }

  /** Runs the state that an execution is in; `next` is where it leads, none at the end. */
  private async runState(running: Running): Promise<{ readonly output: unknown; readonly next?: string }> {
    const { machine, ended: signal } = running;
    const { state = '', input } = running.execution.at ?? {};
    // Tasks of branches that nobody waits for any more are over with the state.
    const left = new AbortController();
    const over = AbortSignal.any([left.signal, signal.signal]);
    let next: string | undefined;
    const stops = Object.keys(machine.definition.States).map((name) => [
      name,
      (output: unknown) => {
        next = name;
        return output;
      },
    ]);
    const nested = [...machine.work].map(([name, work]) => [
      name,
      (given: unknown) =>
        perform(work, given, { startedAt: Date.now() }, () => undefined, this.taskParts, over),
    ]);
    const { result, abort } = (await singleState(machine, state)).run(input as never, {
      context: contextOf(running),
      overrides: {
        taskResourceLocalHandlers: {
          ...Object.fromEntries([...nested, ...stops]),
          [underWay]: (given: unknown) => this.attempt(running, given),
        },
      },
    });
    signal.signal.addEventListener('abort', abort, { once: true });
    try {
      const output: unknown = await result;
      return next === undefined ? { output } : { output, next };
    } finally {
      signal.signal.removeEventListener('abort', abort);
      left.abort();
    }
  }

  /** One attempt at the task that an execution is in; the one that a restart interrupted goes on. */
  private async attempt(running: Running, input: unknown): Promise<unknown> {
    const store = (attempt: Attempt | undefined): void => {
      if (running.ended.signal.aborted) return;
      const { at } = running.execution;
      if (at === undefined) throw new Error(`${running.execution.arn} is in no state`);
      const { state, input: stateInput } = at;
      this.save(running, {
        ...running.execution,
        at: { state, input: stateInput, ...(attempt !== undefined && { attempt }) },
      });
    };
    const { at } = running.execution;
    const work = running.machine.work.get(at?.state ?? '');
    if (work === undefined) throw new Error(`${at?.state} is no task`);
    const { token } = input as { readonly token?: string };
    const attempt = at?.attempt ?? { startedAt: Date.now(), ...(token !== undefined && { token }) };
    store(attempt);
    const keep = (outcome: TaskOutcome) => store({ ...attempt, outcome });
    try {
      return await perform(work, input, attempt, keep, this.taskParts, running.ended.signal);
    } catch (error) {
      // A retry is an attempt of its own.
      store(undefined);
      throw error;
    }
  }

  private get taskParts(): TaskParts {
    return { functionOf: this.parts.functionOf, sqs: this.parts.sqs, tokens: this.tokens };
  }

  private end(running: Running, how: Ending): void {
    if (running.ended.signal.aborted) return;
    this.save(running, ended(running.execution, how));
    const { status, ...details } = how;
    const type = { SUCCEEDED: 'Succeeded', FAILED: 'Failed', TIMED_OUT: 'TimedOut', ABORTED: 'Aborted' }[
      status
    ];
    this.usage.transitioned();
    this.note(running, `Execution${type}`, { [`execution${type}EventDetails`]: details });
    this.running.delete(running.execution.arn);
    running.cancelTimeout();
    running.ended.abort();
  }

  private save(running: Running, execution: Execution): void {
    running.execution = execution;
    this.parts.store.update(execution);
  }

  private noteEntered(running: Running): void {
    const { state, input } = running.execution.at ?? {};
    this.usage.transitioned();
    this.note(running, `${typeOf(running)}StateEntered`, {
      stateEnteredEventDetails: { name: state, input: JSON.stringify(input) },
    });
  }

  private note(running: Running, type: string, details: Readonly<Record<string, unknown>>): void {
    const previousEventId = running.lastEventId;
    running.lastEventId += 1;
    this.parts.store.addEvent(running.execution.arn, {
      id: running.lastEventId,
      previousEventId,
      timestamp: Date.now() / 1_000,
      type,
      ...details,
    });
  }
}

interface Ending {
  readonly status: Exclude<Execution['status'], 'RUNNING'>;
  readonly output?: string;
  readonly error?: string;
  readonly cause?: string;
}

const ended = ({ at, ...execution }: Execution, how: Ending): Execution => ({
  ...execution,
  ...how,
  stoppedAt: Date.now(),
});

const said = (error: string | undefined, cause: string | undefined) => ({
  ...(error && { error }),
  ...(cause && { cause }),
});

/** Type of the state that an execution is in, as its definition has it. */
const typeOf = ({ machine, execution }: Running): string => {
  const name = execution.at?.state ?? '';
  return machine.work.get(name)?.resource === 'wait' ? 'Wait' : (machine.definition.States[name]?.Type ?? '');
};

/** What paths that begin with `$$` find. */
const contextOf = (running: Running) => {
  const { execution, machine } = running;
  let token = '';
  return {
    RootExecution: {
      Id: execution.arn,
      Name: execution.name,
      Input: JSON.parse(execution.input),
      StartTime: new Date(execution.startedAt).toISOString(),
    },
    StateMachine: { Id: machine.arn, Name: machine.name },
    Task: {
      /** The token of the attempt that a restart interrupted, else a new one. */
      get Kept() {
        token = running.execution.at?.attempt?.token ?? TaskTokens.of(execution.arn);
        return token;
      },
      get New() {
        token = TaskTokens.of(execution.arn);
        return token;
      },
      get Token() {
        return token;
      },
    },
  };
};

/** Name of the state that runs; its own is that of the stop where it leads back to itself. */
const underWay = 'the state under way';

/** One state of a machine as a machine of its own: each state that it may lead to is a stop. */
const singleState = async ({ definition }: Machine, state: string): Promise<LibraryMachine> => {
  // Loaded when the first execution starts: it brings clients of AWS along, 35 MB of them.
  const { StateMachine } = await import('aws-local-stepfunctions');
  const stop = { Type: 'Task', Resource: 'stop', TimeoutSeconds: longestTaskSeconds, End: true };
  const stops = Object.fromEntries(Object.keys(definition.States).map((name) => [name, stop]));
  return new StateMachine(
    { StartAt: underWay, States: { ...stops, [underWay]: definition.States[state] } } as never,
    // Checked by prepareMachine; the library’s check takes a third of a second for each machine.
    { validationOptions: { noValidate: true } },
  );
};
