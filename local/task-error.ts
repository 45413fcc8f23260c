/** What ends a state of a state machine: its name is what `Retry` and `Catch` match. */
export class TaskError extends Error {
  /** `States.Runtime` and `States.DataLimitExceeded` are neither retried nor caught, not even by `States.ALL`. */
  readonly isRetryable: boolean;
  readonly isCatchable: boolean;

  constructor(name: string, cause: string) {
    super(cause);
    this.name = name;
    const final = name === 'States.Runtime' || name === 'States.DataLimitExceeded';
    this.isRetryable = !final;
    this.isCatchable = !final;
  }
}
