/** What our state machines have in common, in Amazon States Language. */

/** Errors of Lambda itself, after which a call may be repeated (AWS’s own recommendation). */
export const lambdaErrors = [
  'Lambda.ClientExecutionTimeoutException',
  'Lambda.ServiceException',
  'Lambda.AWSLambdaException',
  'Lambda.SdkClientException',
  'Lambda.TooManyRequestsException',
];

/** For some ten minutes; what fails longer fails the execution, which raises an alarm. */
export const retry = (errors: readonly string[]) => [
  { ErrorEquals: errors, IntervalSeconds: 1, BackoffRate: 2, MaxAttempts: 9, JitterStrategy: 'FULL' },
];

/**
 * A state that has a function do something, and again when it fails.
 * @param functionArn or a placeholder for it.
 * @param payload what the function is called with; names that end in `.$` have paths as values.
 */
export const invoke = (functionArn: string, payload: object) => ({
  Type: 'Task',
  Resource: 'arn:aws:states:::lambda:invoke',
  Parameters: { FunctionName: functionArn, Payload: payload },
  Retry: retry(['States.ALL']),
});
