// biome-ignore lint/suspicious/noExplicitAny: the states language has a shape per type of state.
type Json = any;

/** A state machine in the Amazon States Language, JSONPath. */
export interface MachineDefinition {
  readonly StartAt: string;
  readonly States: Readonly<Record<string, State>>;
  readonly TimeoutSeconds?: number;
}

export type State = Readonly<Record<string, Json>> & { readonly Type: string };

/** What a task or a wait does, as its state says. */
export interface Work {
  /** `wait`, or the resource of the task without `.waitForTaskToken`. */
  readonly resource: string;
  readonly awaitsToken: boolean;
  /** Name or ARN of the function that it invokes, where the definition says it outright. */
  readonly functionName?: string;
  readonly timeoutSeconds?: number;
  readonly heartbeatSeconds?: number;
  readonly seconds?: number;
  readonly timestamp?: string;
}

/** A definition as the library gets it, with what each task and wait in it does. */
export interface PreparedMachine {
  readonly definition: MachineDefinition;
  readonly work: ReadonlyMap<string, Work>;
}

/** Optional integrations: what the resource of a task may be, and the parameters it takes. */
const integrations: Readonly<Record<string, readonly string[]>> = {
  'arn:aws:states:::lambda:invoke': ['FunctionName', 'Payload'],
  'arn:aws:states:::sqs:sendMessage': ['QueueUrl', 'MessageBody', 'DelaySeconds'],
};
const lambdaArn = /^arn:aws:lambda:[^:]*:\d*:function:/;
const tokenSuffix = '.waitForTaskToken';

const everywhere = ['Type', 'Comment', 'InputPath', 'OutputPath', 'QueryLanguage'];
const onward = ['Next', 'End'];
const mended = ['Retry', 'Catch', 'ResultSelector', 'ResultPath', 'Parameters'];
const knownFields: Readonly<Record<string, readonly string[]>> = {
  Task: [
    ...[...onward, ...mended, 'Resource'],
    ...['TimeoutSeconds', 'TimeoutSecondsPath', 'HeartbeatSeconds', 'HeartbeatSecondsPath'],
  ],
  Pass: [...onward, 'Parameters', 'ResultPath', 'Result'],
  Wait: [...onward, 'Seconds', 'SecondsPath', 'Timestamp', 'TimestampPath'],
  Choice: ['Choices', 'Default'],
  Succeed: [],
  Fail: ['Error', 'Cause', 'ErrorPath', 'CausePath'],
  Parallel: [...onward, ...mended, 'Branches'],
  Map: [
    ...[...onward, ...mended, 'Iterator', 'ItemProcessor', 'ItemSelector', 'ItemsPath'],
    ...['MaxConcurrency', 'MaxConcurrencyPath'],
  ],
};
const machineFields = ['Comment', 'StartAt', 'States', 'TimeoutSeconds', 'Version', 'QueryLanguage'];
const nestedFields = ['Comment', 'StartAt', 'States', 'ProcessorConfig', 'QueryLanguage'];
const contextPaths =
  /^(Execution\.(Id|Name|Input|StartTime)|StateMachine\.(Id|Name)|Task\.Token|Map\.Item\.(Index|Value))\b/;
const comparisons =
  /^(String(Equals|LessThan|GreaterThan|LessThanEquals|GreaterThanEquals)(Path)?|StringMatches|Numeric(Equals|LessThan|GreaterThan|LessThanEquals|GreaterThanEquals)(Path)?|BooleanEquals(Path)?|Timestamp(Equals|LessThan|GreaterThan|LessThanEquals|GreaterThanEquals)(Path)?|Is(Null|Present|Numeric|String|Boolean|Timestamp))$/;

/**
 * Checks a definition, and makes it what the library runs as AWS would: tasks and waits become calls of
 * our handlers, which get what the library does not hand over (timeouts by path, the task’s token).
 * @throws Error naming the state, for whatever neither the library nor we have.
 */
export const prepareMachine = (definition: MachineDefinition, place: string): PreparedMachine => {
  const work = new Map<string, Work>();
  const names = new Set<string>();

  const machine = (given: Json, where: string, nested: boolean): MachineDefinition => {
    onlyKnown(given, nested ? nestedFields : machineFields, where);
    const states = (given.States ?? {}) as Record<string, State>;
    const exists = (name: unknown, of: string): void => {
      if (typeof name !== 'string' || !(name in states))
        throw new Error(`${of} goes to ${name}, which is none`);
    };
    exists(given.StartAt, where);
    for (const [name, state] of Object.entries(states)) {
      if (names.has(name)) throw new Error(`${place}: two states are called ${name}`);
      names.add(name);
      for (const next of nextOf(state)) exists(next, `${place}/${name}`);
    }
    return {
      StartAt: given.StartAt,
      States: Object.fromEntries(
        Object.entries(states).map(([name, state]) => [name, prepareState(name, state, nested)]),
      ),
    };
  };

  const prepareState = (name: string, given: State, nested: boolean): State => {
    const where = `${place}/${name}`;
    checkState(given, where);
    const { ResultPath, Catch, ...others } = given;
    const state = {
      ...withContext(others, where),
      ...(ResultPath !== undefined && ResultPath !== '$' && { ResultPath }),
      ...(Catch !== undefined && {
        Catch: Catch.map(({ ResultPath: path, ...rule }: Json) =>
          path === undefined || path === '$' ? rule : { ...rule, ResultPath: path },
        ),
      }),
    } as State;
    switch (state.Type) {
      case 'Task': {
        const { task, work: does } = preparedTask(state, where, nested);
        work.set(name, does);
        return task;
      }
      case 'Wait': {
        const { task, work: does } = preparedWait(state, where);
        work.set(name, does);
        return task;
      }
      case 'Parallel':
        return {
          ...state,
          Branches: state['Branches'].map((branch: Json) => machine(branch, where, true)),
        };
      case 'Map': {
        const { Iterator: iterator, ItemProcessor, ...rest } = state;
        const processor = ItemProcessor ?? iterator;
        if ((processor?.ProcessorConfig?.Mode ?? 'INLINE') !== 'INLINE')
          throw new Error(`${where}: a distributed Map is not supported here`);
        return { ...rest, Type: 'Map', ItemProcessor: machine(processor, where, true) };
      }
      case 'Fail':
        return { Error: '', Cause: '', ...state };
      case 'Choice':
        return { ...state, Choices: state['Choices'].map((rule: Json) => choiceRule(rule, where)) };
      default:
        return state;
    }
  };

  const { TimeoutSeconds } = definition;
  const prepared = machine(definition, place, false);
  return { definition: { ...prepared, ...(TimeoutSeconds !== undefined && { TimeoutSeconds }) }, work };
};

const onlyKnown = (given: Json, known: readonly string[], where: string): void => {
  const unknown = Object.keys(given ?? {}).filter((field) => !known.includes(field));
  if (unknown.length > 0) throw new Error(`${where}: ${unknown} is not supported here`);
  if ((given?.QueryLanguage ?? 'JSONPath') !== 'JSONPath')
    throw new Error(`${where}: the query language ${given.QueryLanguage} is not supported here`);
};

const checkState = (state: State, where: string): void => {
  const fields = knownFields[state.Type];
  if (fields === undefined) throw new Error(`${where}: the type ${state.Type} is not supported here`);
  onlyKnown(state, [...everywhere, ...fields], where);
  if (state.Type === 'Pass' && 'Result' in state && !state['Result'])
    throw new Error(`${where}: the Result ${JSON.stringify(state['Result'])} is not supported here`);
  const timed = Object.keys(state).some((field) => /^(Timeout|Heartbeat)Seconds/.test(field));
  const rules = [...(state['Retry'] ?? []), ...(state['Catch'] ?? [])] as Json[];
  if (timed && rules.some(({ ErrorEquals }) => ErrorEquals?.includes('States.TaskFailed')))
    throw new Error(`${where}: States.TaskFailed beside a timeout is not supported here; use States.ALL`);
  for (const field of ['ErrorPath', 'CausePath']) {
    if (state[field]?.startsWith('States.'))
      throw new Error(`${where}: an intrinsic function as ${field} is not supported here`);
  }
};

const nextOf = (state: State): readonly unknown[] => [
  ...[state['Next'], state['Default']].filter((next) => next !== undefined),
  ...[...(state['Choices'] ?? []), ...(state['Catch'] ?? [])].map(({ Next }: Json) => Next),
];

const preparedTask = (
  { Resource, Parameters, TimeoutSeconds, TimeoutSecondsPath, HeartbeatSeconds, ...given }: State,
  where: string,
  nested: boolean,
): { readonly task: State; readonly work: Work } => {
  const { HeartbeatSecondsPath, ...state } = given;
  const awaitsToken = Resource.endsWith(tokenSuffix);
  const resource = awaitsToken ? Resource.slice(0, -tokenSuffix.length) : Resource;
  const takes = integrations[resource];
  if (takes !== undefined) {
    const unknown = Object.keys(Parameters ?? {}).filter(
      (name) => !takes.includes(name.replace(/\.\$$/, '')),
    );
    if (unknown.length > 0) throw new Error(`${where}: the parameter ${unknown} is not supported here`);
  } else if (awaitsToken || !lambdaArn.test(resource)) {
    throw new Error(`${where}: the resource ${Resource} is not supported here`);
  }
  if (!awaitsToken && JSON.stringify(Parameters ?? {}).includes('$$.Task.Token'))
    throw new Error(`${where}: only a task that waits for its token has one`);
  const functionName = takes === undefined ? resource : Parameters?.FunctionName;
  return {
    task: called(state as State, {
      // First of all: whoever reads $$.Task.Token after this gets the same one.
      ...(awaitsToken && { 'token.$': nested ? '$$.Task.New' : '$$.Task.Kept' }),
      ...(Parameters === undefined ? { 'parameters.$': '$' } : { parameters: Parameters }),
      ...(TimeoutSecondsPath !== undefined && { 'timeoutSeconds.$': TimeoutSecondsPath }),
      ...(HeartbeatSecondsPath !== undefined && { 'heartbeatSeconds.$': HeartbeatSecondsPath }),
    }),
    work: {
      resource,
      awaitsToken,
      ...(functionName !== undefined && { functionName }),
      ...(TimeoutSeconds !== undefined && { timeoutSeconds: TimeoutSeconds }),
      ...(HeartbeatSeconds !== undefined && { heartbeatSeconds: HeartbeatSeconds }),
    },
  };
};

const preparedWait = (
  { Seconds, SecondsPath, Timestamp, TimestampPath, ...state }: State,
  where: string,
): { readonly task: State; readonly work: Work } => {
  const given = [Seconds, SecondsPath, Timestamp, TimestampPath].filter((one) => one !== undefined);
  if (given.length !== 1) throw new Error(`${where} must say one time to wait for`);
  return {
    task: called(state as State, {
      'parameters.$': '$',
      ...(SecondsPath !== undefined && { 'seconds.$': SecondsPath }),
      ...(TimestampPath !== undefined && { 'timestamp.$': TimestampPath }),
    }),
    work: {
      resource: 'wait',
      awaitsToken: false,
      ...(Seconds !== undefined && { seconds: Seconds }),
      ...(Timestamp !== undefined && { timestamp: Timestamp }),
    },
  };
};

/** Longest time that the library lets a task take, in whole seconds of Node’s longest timer. */
export const longestTaskSeconds = 2_147_483;

const called = (state: State, parameters: Json): State => ({
  ...state,
  Type: 'Task',
  Resource: 'handled here',
  Parameters: parameters,
  // Ours are the timeouts: the library’s count from a restart on, and end a task after a minute by default.
  TimeoutSeconds: longestTaskSeconds,
});

/** Literal, or prepared by itself. */
const leftAlone = ['Result', 'Branches', 'ItemProcessor', 'Iterator'];
const templates = ['Parameters', 'ResultSelector', 'ItemSelector'];

/**
 * What the library sets itself as `$$.Execution` is wrong in branches and after a restart: ours has another
 * name, in every path of the state.
 */
const withContext = (state: Json, where: string): Json =>
  Object.fromEntries(
    Object.entries(state).map(([field, value]) => [
      field,
      leftAlone.includes(field) ? value : ourContext(value, where, field, templates.includes(field)),
    ]),
  );

const ourContext = (value: Json, where: string, key: string, template: boolean): Json => {
  if (Array.isArray(value)) return value.map((item) => ourContext(item, where, '', template));
  if (value !== null && typeof value === 'object') {
    return Object.fromEntries(
      Object.entries(value).map(([name, item]) => [name, ourContext(item, where, name, template)]),
    );
  }
  const isPath = key.endsWith('.$') || (!template && (key.endsWith('Path') || key === 'Variable'));
  if (typeof value !== 'string' || !isPath) return value;
  for (const [, path = ''] of value.matchAll(/\$\$\.?([\w.]*)/g)) {
    if (!contextPaths.test(path)) throw new Error(`${where}: $$.${path} is not supported here`);
  }
  return value.replaceAll('$$.Execution.', () => '$$.RootExecution.');
};

/** The library finds nothing for `IsPresent: false` and its like: they are the negation of what it finds. */
const choiceRule = (rule: Json, where: string): Json => {
  const { Next, Comment, And, Or, Not, Variable, ...comparison } = rule;
  const next = Next === undefined ? {} : { Next };
  if (And !== undefined) return { ...next, And: And.map((one: Json) => choiceRule(one, where)) };
  if (Or !== undefined) return { ...next, Or: Or.map((one: Json) => choiceRule(one, where)) };
  if (Not !== undefined) return { ...next, Not: choiceRule(Not, where) };
  const [operator = 'nothing', ...others] = Object.keys(comparison);
  if (others.length > 0 || !comparisons.test(operator))
    throw new Error(`${where}: a choice by ${[operator, ...others]} is not supported here`);
  return operator.startsWith('Is') && comparison[operator] === false
    ? { ...next, Not: { Variable, [operator]: true } }
    : { ...next, Variable, ...comparison };
};
