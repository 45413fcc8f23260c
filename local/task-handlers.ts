import { SendMessageCommand, type SQSClient } from '@aws-sdk/client-sqs';
import { callAt, pauseUntil } from './backoff.ts';
import { asMessage } from './event-bus.ts';
import type { Attempt, TaskOutcome } from './execution-store.ts';
import type { Invocation, LambdaFunction } from './lambda.ts';
import type { Work } from './machine-definition.ts';
import { TaskError } from './task-error.ts';
import { maxDataBytes, type TaskTokens } from './task-tokens.ts';

export interface TaskParts {
  readonly functionOf: (name: string) => LambdaFunction | undefined;
  readonly sqs: SQSClient;
  readonly tokens: TaskTokens;
}

/** What a prepared state hands its handler (`prepareMachine`). */
interface TaskInput {
  readonly parameters: unknown;
  readonly token?: string;
  readonly timeoutSeconds?: unknown;
  readonly heartbeatSeconds?: unknown;
  readonly seconds?: unknown;
  readonly timestamp?: unknown;
}

/**
 * Does what a task or a wait says.
 * @param attempt when it began, which its timeout counts from, and what its token’s owner said meanwhile.
 * @param keep stores what the token’s owner says.
 * @throws TaskError for the state’s `Retry` and `Catch`.
 */
export const perform = async (
  work: Work,
  input: unknown,
  attempt: Attempt,
  keep: (outcome: TaskOutcome) => void,
  parts: TaskParts,
  signal: AbortSignal,
): Promise<unknown> => {
  const given = input as TaskInput;
  if (work.resource === 'wait') {
    await pauseUntil(endOfWait(work, given, attempt.startedAt), signal);
    return given.parameters;
  }
  const timeoutSeconds = positive(given.timeoutSeconds ?? work.timeoutSeconds, 'TimeoutSeconds');
  const result = await within(
    timeoutSeconds === undefined ? undefined : attempt.startedAt + timeoutSeconds * 1_000,
    timeoutSeconds,
    signal,
    (ended) => answerOf(work, given, attempt, keep, parts, ended),
  );
  if (Buffer.byteLength(JSON.stringify(result) ?? '') > maxDataBytes)
    throw new TaskError('States.DataLimitExceeded', `The result is larger than ${maxDataBytes} bytes`);
  return result;
};

const answerOf = async (
  work: Work,
  given: TaskInput,
  attempt: Attempt,
  keep: (outcome: TaskOutcome) => void,
  parts: TaskParts,
  ended: AbortSignal,
): Promise<unknown> => {
  if (!work.awaitsToken) return request(work.resource, given.parameters, parts);
  const { outcome } = attempt;
  if (outcome?.kind === 'succeeded') return outcome.output;
  if (outcome?.kind === 'failed') throw new TaskError(outcome.error, outcome.cause);
  const heartbeatSeconds = positive(given.heartbeatSeconds ?? work.heartbeatSeconds, 'HeartbeatSeconds');
  const answered = parts.tokens.outcomeOf(given.token ?? '', heartbeatSeconds, keep, ended);
  // The request may fail before anyone answers; what it gives is not what the task waits for.
  const refused = request(work.resource, given.parameters, parts).then(
    () => new Promise<never>(() => undefined),
  );
  return Promise.race([answered, refused]);
};

const request = async (resource: string, parameters: unknown, parts: TaskParts): Promise<unknown> => {
  if (resource === 'arn:aws:states:::sqs:sendMessage') return sendMessage(parameters, parts.sqs);
  if (resource === 'arn:aws:states:::lambda:invoke') {
    const { FunctionName, Payload = {} } = parameters as { FunctionName: string; Payload?: unknown };
    const payload = await invoke(FunctionName, Payload, parts);
    return { ExecutedVersion: '$LATEST', Payload: payload, StatusCode: 200 };
  }
  return invoke(resource, parameters, parts);
};

/** Name of a function from its ARN, or as it is. */
export const functionNameOf = (nameOrArn: string): string =>
  /:function:([^:]+)/.exec(nameOrArn)?.[1] ?? nameOrArn;

const invoke = async (nameOrArn: string, payload: unknown, { functionOf }: TaskParts): Promise<unknown> => {
  const lambda = functionOf(functionNameOf(nameOrArn));
  if (lambda === undefined)
    throw new TaskError('Lambda.ResourceNotFoundException', `There is no function ${nameOrArn}`);
  const result = await lambda.invoke(payload);
  if (!result.ok) throw lambdaError(result);
  return result.payload === undefined ? null : JSON.parse(result.payload);
};

/** As Step Functions reports an invocation that failed: error type, and a cause of JSON. */
const lambdaError = ({ reason, message, thrown }: Extract<Invocation, { readonly ok: false }>): TaskError => {
  if (reason === 'too_large') return new TaskError('States.DataLimitExceeded', message);
  const errorType = reason === 'timeout' ? 'Sandbox.Timedout' : (thrown?.name ?? 'Lambda.Unknown');
  const trace = thrown === undefined ? [] : message.split('\n');
  return new TaskError(
    errorType,
    JSON.stringify({ errorType, errorMessage: thrown?.message ?? message, trace }),
  );
};

const sendMessage = async (parameters: unknown, sqs: SQSClient): Promise<unknown> => {
  const { QueueUrl, MessageBody, DelaySeconds } = parameters as Record<string, unknown>;
  try {
    const sent = await sqs.send(
      new SendMessageCommand({
        QueueUrl: QueueUrl as string,
        MessageBody: typeof MessageBody === 'string' ? MessageBody : asMessage(MessageBody),
        ...(DelaySeconds !== undefined && { DelaySeconds: DelaySeconds as number }),
      }),
    );
    return { MessageId: sent.MessageId, MD5OfMessageBody: sent.MD5OfMessageBody };
  } catch (error) {
    throw new TaskError(`SQS.${(error as Error).name}`, (error as Error).message);
  }
};

/** @throws TaskError `States.Timeout` at the deadline; what still runs is told by its signal. */
const within = async <T>(
  deadline: number | undefined,
  seconds: number | undefined,
  signal: AbortSignal,
  run: (ended: AbortSignal) => Promise<T>,
): Promise<T> => {
  const ended = new AbortController();
  let cancel = (): void => undefined;
  try {
    const late = new Promise<never>((_, reject) => {
      if (deadline === undefined) return;
      const timeOut = () => reject(new TaskError('States.Timeout', `Not done within ${seconds} s`));
      // Over already, after a restart: nothing is begun any more.
      if (deadline <= Date.now()) timeOut();
      else cancel = callAt(deadline, timeOut);
    });
    const running =
      deadline !== undefined && deadline <= Date.now() ? late : run(AbortSignal.any([ended.signal, signal]));
    return await Promise.race([running, late]);
  } finally {
    cancel();
    ended.abort();
  }
};

/** @throws TaskError `States.Runtime` for what is no time. */
const endOfWait = (work: Work, given: TaskInput, startedAt: number): number => {
  const timestamp = given.timestamp ?? work.timestamp;
  if (timestamp !== undefined) {
    const time = typeof timestamp === 'string' ? Date.parse(timestamp) : Number.NaN;
    if (Number.isNaN(time)) throw new TaskError('States.Runtime', `${String(timestamp)} is no timestamp`);
    return time;
  }
  const seconds = given.seconds ?? work.seconds;
  if (!Number.isInteger(seconds) || (seconds as number) < 0)
    throw new TaskError('States.Runtime', `${String(seconds)} is no number of seconds`);
  return startedAt + (seconds as number) * 1_000;
};

const positive = (seconds: unknown, field: string): number | undefined => {
  if (seconds === undefined) return undefined;
  if (!Number.isInteger(seconds) || (seconds as number) < 1)
    throw new TaskError('States.Runtime', `${field} is ${String(seconds)}, not a positive integer`);
  return seconds as number;
};
