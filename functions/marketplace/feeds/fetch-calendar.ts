import { lookup } from 'node:dns/promises';
import http from 'node:http';
import https from 'node:https';
import { isIP, type LookupFunction } from 'node:net';
import { isPublicAddress } from './public-address.ts';

export type FetchedCalendar =
  | { readonly kind: 'fetched'; readonly text: string }
  /** It is not to be had; `reason` says why, without what the server answered. */
  | { readonly kind: 'refused'; readonly reason: string };

/** What a fetch may do. Every function takes the strict rules; tests give others in code, so no setting loosens them. */
export interface FetchRules {
  readonly protocol: 'https:' | 'http:';
  readonly isAllowed: (address: string) => boolean;
  readonly timeoutMs: number;
}

const strict: FetchRules = { protocol: 'https:', isAllowed: isPublicAddress, timeoutMs: 10_000 };

const maxRedirects = 3;
const maxBytes = 1_000_000;

const refused = (reason: string) => ({ kind: 'refused', reason }) as const;

/** Ends a fetch with a reason that its owner is told. */
class NotAllowed extends Error {}

/**
 * Resolves a name for the connection itself, so that what is checked is what is connected to: a name that answers
 * otherwise the second time gains nothing.
 */
const checkedLookup =
  ({ isAllowed }: FetchRules): LookupFunction =>
  (hostname, options, callback) => {
    lookup(hostname, { ...options, all: true }).then(
      (found) => {
        const [first] = found;
        if (first === undefined || !found.every(({ address }) => isAllowed(address)))
          callback(new NotAllowed('Its server has no public address'), '');
        else if (options.all) callback(null, found);
        else callback(null, first.address, first.family);
      },
      (error: NodeJS.ErrnoException) => callback(error, ''),
    );
  };

type Step = FetchedCalendar | { readonly kind: 'redirect'; readonly to: string };

const bodyOf = async (response: http.IncomingMessage): Promise<FetchedCalendar> => {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of response as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > maxBytes) return refused(`It is larger than ${maxBytes} bytes`);
    chunks.push(chunk);
  }
  return { kind: 'fetched', text: Buffer.concat(chunks).toString('utf8') };
};

/** One request without redirects; whatever comes of it, the connection is closed. */
const request = async (url: URL, rules: FetchRules, signal: AbortSignal): Promise<Step> => {
  const { request: send } = url.protocol === 'https:' ? https : http;
  const response = await new Promise<http.IncomingMessage>((resolve, reject) => {
    const headers = { accept: 'text/calendar', 'accept-encoding': 'identity', 'user-agent': 'Fairground' };
    send(url, { lookup: checkedLookup(rules), signal, headers, agent: false }, resolve)
      .on('error', reject)
      .end();
  });
  try {
    const { statusCode = 0, headers } = response;
    if (statusCode >= 300 && statusCode < 400 && headers.location !== undefined)
      return { kind: 'redirect', to: headers.location };
    return statusCode === 200 ? await bodyOf(response) : refused(`Its server answers ${statusCode}`);
  } finally {
    response.destroy();
  }
};

/** Why an address is not fetched; undefined when it may be. A host that is an IP address is never looked up. */
const faultOf = (url: URL, rules: FetchRules): string | undefined => {
  if (url.protocol !== rules.protocol) return 'It is not an https address';
  if (url.username !== '' || url.password !== '') return 'Its address holds a password';
  const host = url.hostname.replace(/^\[|\]$/g, '');
  return isIP(host) !== 0 && !rules.isAllowed(host) ? 'Its server has no public address' : undefined;
};

/**
 * Fetches a calendar from an address that somebody gave: over https from public servers only, also after redirects
 * (three at most), a megabyte and ten seconds at most.
 */
export const fetchCalendar = async (
  address: string,
  rules: FetchRules = strict,
): Promise<FetchedCalendar> => {
  const signal = AbortSignal.timeout(rules.timeoutMs);
  let url = new URL(address);
  try {
    for (let redirects = 0; redirects <= maxRedirects; redirects += 1) {
      const fault = faultOf(url, rules);
      if (fault !== undefined) return refused(fault);
      const step = await request(url, rules, signal);
      if (step.kind !== 'redirect') return step;
      if (!URL.canParse(step.to, url.href)) return refused('It redirects to no address');
      url = new URL(step.to, url);
    }
    return refused(`It redirects more than ${maxRedirects} times`);
  } catch (error) {
    if (error instanceof NotAllowed) return refused(error.message);
    if (signal.aborted) return refused(`It takes longer than ${rules.timeoutMs / 1_000} seconds`);
    return refused('Its server cannot be reached');
  }
};
