import type * as z from 'zod';
import type { ProblemDocument } from '../../functions/platform/client.ts';
import { type Api, connect, type Platform, tokenFor } from './api.ts';

export interface Asked<T> {
  readonly method: 'GET' | 'POST';
  /** Under the base URL. */
  readonly path: string;
  readonly body?: object;
  /** What of the answer is read. */
  readonly answer: z.ZodType<T>;
}

/** Somebody who negotiates: each request of theirs that changes something is said as it is sent. */
export interface Side {
  readonly name: string;
  readonly api: Api;
  /** The answer; a refusal throws. */
  ask<T>(asked: Asked<T>): Promise<T>;
  /** The problem; anything else than a refusal throws. */
  refused(asked: Omit<Asked<unknown>, 'answer'>): Promise<ProblemDocument>;
}

const shownLength = 240;
const shortened = (text: string): string =>
  text.length > shownLength ? `${text.slice(0, shownLength)}…` : text;

/** A new person with a token of their own, who is called so. */
export const openSide = async (
  platform: Platform,
  name: string,
  say: (line: string) => void,
): Promise<Side> => {
  const token = await tokenFor(platform, `negotiation-${crypto.randomUUID()}`);
  const send = async ({ method, path, body }: Omit<Asked<unknown>, 'answer'>) => {
    if (method === 'POST')
      say(shortened(`${name} → ${method} ${path}${body === undefined ? '' : ` ${JSON.stringify(body)}`}`));
    const response = await fetch(`${platform.url}${path}`, {
      method,
      headers: {
        authorization: `Bearer ${token}`,
        ...(body !== undefined && { 'content-type': 'application/json' }),
        ...(method === 'POST' && { 'idempotency-key': crypto.randomUUID() }),
      },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    return {
      ok: response.ok,
      where: `${method} ${path} of ${name}`,
      body: (await response.json()) as unknown,
    };
  };
  return {
    name,
    api: connect(platform, token),
    async ask(asked) {
      const { ok, where, body } = await send(asked);
      if (ok) return asked.answer.parse(body);
      const { code, detail } = body as ProblemDocument;
      throw new Error(`${where} was refused: ${code}: ${detail}`);
    },
    async refused(asked) {
      const { ok, where, body } = await send(asked);
      if (ok) throw new Error(`${where} was to be refused, but was not`);
      return body as ProblemDocument;
    },
  };
};
