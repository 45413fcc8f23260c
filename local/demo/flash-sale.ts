/**
 * npm run demo:flash-sale -- [--plan FILE] [--buyers N] [--target URL] [--token-url URL] [--svg FILE]
 *
 * Puts a hall on sale and lets N customers at it, all at once; then proves that no place was given twice
 * and none was lost. Without --target it starts an embedded cloud of its own. docs/guides/flash-sale-demo.md
 */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { routes } from '../../functions/routes.ts';
import { startCloud } from '../cloud.ts';
import { type Api, connect, type Platform, tokenFor } from './api.ts';
import { buyer, type Ledger } from './buyers.ts';
import { drawHall } from './hall-picture.ts';
import { gate, inParallel, until } from './parallel.ts';
import { type Check, type Evidence, ownersOf, prove } from './proof.ts';
import { putOnSale } from './put-on-sale.ts';
import { countBy, percentile } from './statistics.ts';

export interface FlashSaleOptions extends Platform {
  /** A seating plan in pretix’s format. */
  readonly plan: Record<string, unknown>;
  readonly buyers: number;
  /** Requests under way at once. */
  readonly connections?: number;
  readonly say?: (line: string) => void;
  /** Told how far something is, many times a second. */
  readonly progress?: (line: string) => void;
}

export interface FlashSaleResult {
  readonly checks: readonly Check[];
  readonly isProven: boolean;
  readonly places: number;
  readonly placesHeld: number;
  readonly picture: string;
}

/** Runs the sale on a platform and judges it. */
export const flashSale = async ({
  plan,
  buyers,
  connections = 100,
  say = () => undefined,
  progress = () => undefined,
  ...platform
}: FlashSaleOptions): Promise<FlashSaleResult> => {
  const organizer = connect(platform, await tokenFor(platform, `flash-sale-${crypto.randomUUID()}`));
  const offer = await putOnSale(organizer, plan, say, progress);

  const visitor = connect(platform);
  const ledger: Ledger = { attempts: [], holds: [], repeats: [], done: 0 };
  const through = gate(connections);
  say(`${buyers.toLocaleString('en')} customers at once, ${connections} connections`);
  const startedAt = performance.now();
  const seconds = () => (performance.now() - startedAt) / 1_000;
  const show = () => {
    const places = ledger.holds.reduce((sum, hold) => sum + (hold.isCancelled ? 0 : hold.places.length), 0);
    progress(
      `${seconds().toFixed(0).padStart(4)} s  ${ledger.done}/${buyers} customers  ${ledger.attempts.length} requests  ${places} places held`,
    );
  };
  const ticker = setInterval(show, 200);
  try {
    await Promise.all(Array.from({ length: buyers }, () => buyer(visitor, offer, ledger, through)));
  } finally {
    clearInterval(ticker);
  }
  show();
  report(ledger, seconds(), say);

  const evidence = await gather(visitor, offer.sessionId, ledger, connections);
  const checks = prove(evidence);
  say('');
  for (const { claim, holds, detail } of checks) say(`${holds ? 'proven' : 'FAILED'}  ${claim} (${detail})`);

  const isProven = checks.every(({ holds }) => holds);
  const standing = ledger.holds.filter(({ isCancelled }) => !isCancelled);
  const owners = ownersOf(standing);
  const places = Object.keys(evidence.seats.places).length;
  const caption = `${buyers.toLocaleString('en')} customers at once: ${owners.size} of ${places} places in ${standing.length} holds${isProven ? ', none given twice' : ''}`;
  const ownerOf = new Map([...owners].map(([place, [owner = '']]) => [place, owner]));
  return {
    checks,
    isProven,
    places,
    placesHeld: owners.size,
    picture: drawHall(offer.layout, ownerOf, caption),
  };
};

const report = ({ attempts, holds, done }: Ledger, seconds: number, say: (line: string) => void): void => {
  const held = attempts.filter(({ outcome }) => outcome === 'held');
  say(
    `${done} customers through in ${seconds.toFixed(1)} s: ${holds.length} holds, ${attempts.length} requests, ${Math.round(attempts.length / seconds)} a second`,
  );
  const times = (name: string, of: readonly { readonly ms: number }[]): void => {
    const ms = of.map((attempt) => attempt.ms);
    const at = (share: number) => `${percentile(ms, share).toFixed(0)} ms`.padStart(8);
    say(
      `  ${name.padEnd(22)}${String(ms.length).padStart(7)}   p50${at(0.5)}   p95${at(0.95)}   p99${at(0.99)}`,
    );
  };
  times(
    'held, given seats',
    held.filter(({ wish }) => wish === 'seats'),
  );
  times(
    'held, best available',
    held.filter(({ wish }) => wish === 'best'),
  );
  for (const [reason] of countBy(attempts.map(({ outcome }) => outcome).filter((one) => one !== 'held')))
    times(
      reason,
      attempts.filter(({ outcome }) => outcome === reason),
    );
};

/** Reads everything again: each hold, and the seats document once it has caught up. */
const gather = async (
  api: Api,
  sessionId: string,
  { holds, repeats }: Ledger,
  connections: number,
): Promise<Evidence> => {
  const reread = new Map(
    await inParallel(Math.min(connections, 32), holds, async ({ id }) => {
      const answer = await api.call(routes.getHold, { params: { holdId: id } });
      const { status, places } =
        answer.ok && answer.status === 200 ? answer.body : { status: 'gone', places: [] };
      return [id, { status, places: places.map(({ place }) => place) }] as const;
    }),
  );
  const heldPlaces = holds.reduce((sum, hold) => sum + (hold.isCancelled ? 0 : hold.places.length), 0);
  // At most two seconds stale; if it never agrees, the last one is the evidence.
  const deadline = Date.now() + 10_000;
  const seats = await until('the seats document', 20_000, async () => {
    const document = await api.must(200, routes.getSeats, {
      params: { sessionId },
      query: { format: 'full' },
    });
    const hasCaughtUp = document.summary.held === heldPlaces;
    return hasCaughtUp || Date.now() > deadline ? document : undefined;
  });
  return { holds, repeats, reread, seats: { ...seats, places: seats.places ?? {} } };
};

const main = async (): Promise<number> => {
  const { values } = parseArgs({
    options: {
      plan: { type: 'string', default: path.join(import.meta.dirname, 'data/ull-paraninfo.pretix.json') },
      buyers: { type: 'string', default: '2000' },
      connections: { type: 'string', default: '100' },
      target: { type: 'string' },
      'token-url': { type: 'string' },
      svg: { type: 'string' },
    },
  });
  const buyers = positive('--buyers', values.buyers);
  const connections = positive('--connections', values.connections);
  const plan = JSON.parse(readFileSync(values.plan, 'utf8')) as Record<string, unknown>;

  const { stdout } = process;
  const isTerminal = stdout.isTTY;
  let shownAt = 0;
  const progress = (line: string): void => {
    if (isTerminal) stdout.write(`\r\u001b[2K${line}`);
    else if (performance.now() - shownAt > 2_000) {
      shownAt = performance.now();
      stdout.write(`${line}\n`);
    }
  };
  const say = (line: string): void => {
    stdout.write(`${isTerminal ? '\r\u001b[2K' : ''}${line}\n`);
  };

  const target = values.target?.replace(/\/$/, '');
  const cloud = target === undefined ? await startCloud({ progress }) : undefined;
  try {
    const url = cloud?.url ?? target ?? '';
    const tokenUrl = values['token-url'] ?? cloud?.tokenUrl ?? new URL('/_local/token', url).href;
    say(`platform: ${url}${cloud === undefined ? '' : ' (embedded, for this demo)'}`);
    const result = await flashSale({ url, tokenUrl, plan, buyers, connections, say, progress });
    if (values.svg !== undefined) {
      mkdirSync(path.dirname(path.resolve(values.svg)), { recursive: true });
      writeFileSync(values.svg, result.picture);
      say(`\npicture: ${values.svg}`);
    }
    return result.isProven ? 0 : 1;
  } finally {
    await cloud?.stop();
  }
};

const positive = (name: string, text: string): number => {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 1) throw new Error(`${name} takes a number from 1, not ${text}`);
  return value;
};

if (import.meta.main) {
  try {
    process.exitCode = await main();
  } catch (error) {
    const { message, cause } = error as Error;
    process.stderr.write(`${message}${cause instanceof Error ? `: ${cause.message}` : ''}\n`);
    process.exitCode = 1;
  }
}
