import { randomUUID } from 'node:crypto';
import { type AwsAnswer, answered, refused } from './aws-answer.ts';
import { callAt } from './backoff.ts';
import type { TaskOutcome } from './execution-store.ts';
import { TaskError } from './task-error.ts';

/** A task that waits for the one who has its token. */
interface WaitingTask {
  readonly settle: (outcome: TaskOutcome) => void;
  readonly beat: () => void;
}

/** Bounds of what a task answers with (Step Functions quotas). */
export const maxDataBytes = 256 * 1024;
const maxErrorLength = 256;
const maxCauseLength = 32_768;

/** The tokens of tasks under way: SendTaskSuccess, SendTaskFailure and SendTaskHeartbeat. */
export class TaskTokens {
  private readonly waiting = new Map<string, WaitingTask>();
  private readonly isExecution: (arn: string) => boolean;

  constructor(isExecution: (arn: string) => boolean) {
    this.isExecution = isExecution;
  }

  /** A new token of a task of this execution. */
  static of(executionArn: string): string {
    return Buffer.from(JSON.stringify([executionArn, randomUUID()])).toString('base64');
  }

  /**
   * Waits until someone answers for the token.
   * @param keep is told the outcome before whoever sent it is answered, and stores it.
   * @throws TaskError as the sender said, and `States.HeartbeatTimeout` when no heartbeat comes in time.
   */
  async outcomeOf(
    token: string,
    heartbeatSeconds: number | undefined,
    keep: (outcome: TaskOutcome) => void,
    signal: AbortSignal,
  ): Promise<unknown> {
    let silence = (): void => undefined;
    let onAbort = (): void => undefined;
    try {
      return await new Promise<unknown>((resolve, reject) => {
        const beat = (): void => {
          if (heartbeatSeconds === undefined) return;
          silence();
          silence = callAt(Date.now() + heartbeatSeconds * 1_000, () =>
            reject(new TaskError('States.HeartbeatTimeout', `No heartbeat within ${heartbeatSeconds} s`)),
          );
        };
        onAbort = () => reject(new Error('The execution has ended'));
        signal.addEventListener('abort', onAbort, { once: true });
        beat();
        this.waiting.set(token, {
          beat,
          settle: (outcome) => {
            this.waiting.delete(token);
            keep(outcome);
            if (outcome.kind === 'succeeded') resolve(outcome.output);
            else reject(new TaskError(outcome.error, outcome.cause));
          },
        });
      });
    } finally {
      silence();
      signal.removeEventListener('abort', onAbort);
      this.waiting.delete(token);
    }
  }

  sendSuccess({ taskToken, output }: { readonly taskToken?: string; readonly output?: string }): AwsAnswer {
    if (typeof output !== 'string' || Buffer.byteLength(output) > maxDataBytes)
      return refused('InvalidOutput', `The output is required, of ${maxDataBytes} bytes at most`);
    let value: unknown;
    try {
      value = JSON.parse(output);
    } catch {
      return refused('InvalidOutput', "Invalid Output: 'The output is no JSON'");
    }
    return this.withTask(taskToken, (task) => task.settle({ kind: 'succeeded', output: value }));
  }

  sendFailure(input: {
    readonly taskToken?: string;
    readonly error?: string;
    readonly cause?: string;
  }): AwsAnswer {
    const { taskToken, error = '', cause = '' } = input;
    if (error.length > maxErrorLength || cause.length > maxCauseLength)
      return refused('ValidationException', 'The error or the cause is too long');
    return this.withTask(taskToken, (task) => task.settle({ kind: 'failed', error, cause }));
  }

  sendHeartbeat({ taskToken }: { readonly taskToken?: string }): AwsAnswer {
    return this.withTask(taskToken, (task) => task.beat());
  }

  private withTask(token: string | undefined, act: (task: WaitingTask) => void): AwsAnswer {
    const executionArn = executionOf(token);
    if (token === undefined || executionArn === undefined)
      return refused('InvalidToken', "Invalid Token: 'Invalid token'");
    const task = this.waiting.get(token);
    if (task !== undefined) {
      act(task);
      return answered();
    }
    return this.isExecution(executionArn)
      ? refused('TaskTimedOut', "Task Timed Out: 'Provided task does not exist anymore'")
      : refused('TaskDoesNotExist', "Task Does Not Exist: 'There is no such task'");
  }
}

/** The execution that a token names; undefined for what is no token of ours. */
const executionOf = (token: string | undefined): string | undefined => {
  try {
    const parts: unknown = JSON.parse(Buffer.from(token ?? '', 'base64').toString('utf8'));
    return Array.isArray(parts) && parts.length === 2 && typeof parts[0] === 'string' ? parts[0] : undefined;
  } catch {
    return undefined;
  }
};
