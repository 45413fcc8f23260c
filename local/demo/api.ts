import { createHash } from 'node:crypto';
import {
  type ClientAnswer,
  type ClientRequest,
  createClient,
  type ProblemDocument,
} from '../../functions/platform/client.ts';
import type { RouteDefinition } from '../../functions/platform/route.ts';

/** A running platform: its base URL, and where its issuer gives tokens to whoever asks (never in AWS). */
export interface Platform {
  readonly url: string;
  readonly tokenUrl: string;
}

type Success<R extends RouteDefinition, S> = Extract<
  ClientAnswer<R>,
  { readonly ok: true; readonly status: S }
>;

/** A refusal that the demo did not expect, with the problem that it was answered. */
export class Refused extends Error {
  readonly problem: ProblemDocument;

  constructor(operationId: string, problem: ProblemDocument) {
    const faults = problem.errors?.map(({ pointer, code }) => `${pointer} ${code}`).join(', ');
    super(`${operationId} was refused: ${problem.code}: ${problem.detail}${faults ? ` (${faults})` : ''}`);
    this.problem = problem;
  }
}

/** A token of the platform’s issuer for this subject. */
export const tokenFor = async ({ tokenUrl }: Platform, sub: string): Promise<string> => {
  const response = await fetch(tokenUrl, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ sub }),
  });
  if (!response.ok) throw new Error(`${tokenUrl} gave no token: ${response.status}`);
  const { token } = (await response.json()) as { token: string };
  return token;
};

/** Idempotency key of a thing that is the same on every start: it follows from what the thing is. */
export const keyOf = (what: string, body: object): string =>
  `demo-${what}-${createHash('sha256').update(JSON.stringify(body)).digest('hex').slice(0, 24)}`;

/** Calls of somebody with this token, or of anybody. */
export const connect = ({ url }: Platform, token?: string) => {
  const client = createClient(url);
  /** The answer of that status with its headers; all else throws. */
  const answer = async <const R extends RouteDefinition, S extends keyof R['responses'] & number>(
    status: S,
    definition: R,
    request: ClientRequest<R>,
  ): Promise<Success<R, S>> => {
    const answered = await client.call(definition, { ...(token !== undefined && { token }), ...request });
    if (!answered.ok) throw new Refused(definition.operationId, answered.problem);
    if (answered.status !== status)
      throw new Error(`${definition.operationId} answered ${answered.status}, not ${status}`);
    return answered as Success<R, S>;
  };
  return {
    answer,
    /** Whatever the route declares. */
    call<const R extends RouteDefinition>(
      definition: R,
      request: ClientRequest<R>,
    ): Promise<ClientAnswer<R>> {
      return client.call(definition, { ...(token !== undefined && { token }), ...request });
    },
    /** The body of that status; all else throws. */
    async must<const R extends RouteDefinition, S extends keyof R['responses'] & number>(
      status: S,
      definition: R,
      request: ClientRequest<R>,
    ): Promise<Success<R, S>['body']> {
      return (await answer(status, definition, request)).body as Success<R, S>['body'];
    },
  };
};

export type Api = ReturnType<typeof connect>;
