/** Answer of one of AWS’s JSON protocols. */
export interface AwsAnswer {
  readonly status: number;
  readonly body: unknown;
}

/** One service of a JSON protocol: `undefined` for an operation that it does not have. */
export type JsonService = (
  operation: string,
  // biome-ignore lint/suspicious/noExplicitAny: it is what a client sent.
  input: Record<string, any>,
) => AwsAnswer | Promise<AwsAnswer> | undefined;

export const answered = (body: unknown = {}): AwsAnswer => ({ status: 200, body });

/** @param type name of the exception, as the service’s reference has it. */
export const refused = (type: string, message: string, status = 400): AwsAnswer => ({
  status,
  body: { __type: type, message },
});
