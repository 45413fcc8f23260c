/**
 * npm run demo:flash-sale -- [--plan FILE] [--buyers N] [--seed TEXT] [--target URL] [--token-url URL] [--svg FILE]
 *
 * Puts a hall on sale and lets N customers at it, all at once; those who hold places pay, or do not; those who paid
 * come to the door. Then it proves what became of places, money, tickets and scans. Without --target it starts an
 * embedded cloud of its own. docs/guides/flash-sale-demo.md
 */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { connect, type Platform, tokenFor } from './api.ts';
import { buyer, type Methods, usualMethods } from './buyers.ts';
import { openChance } from './chance.ts';
import type { Check } from './check.ts';
import { gatherSale, type Reader, readTickets } from './gather.ts';
import { drawHall } from './hall-picture.ts';
import { type Ledger, openLedger } from './ledger.ts';
import { onPlatform } from './on-platform.ts';
import { openDoors } from './open-doors.ts';
import { gate } from './parallel.ts';
import { prove } from './proof.ts';
import { ownersOf } from './proof-places.ts';
import { putOnSale } from './put-on-sale.ts';
import { reportSale } from './report.ts';
import type { Customer, Offer } from './shop.ts';
import { drawTimeline } from './timeline-picture.ts';

export interface FlashSaleOptions extends Platform {
  /** A seating plan in pretix’s format. */
  readonly plan: Record<string, unknown>;
  readonly buyers: number;
  /** What everybody chooses follows from it; who is first does not. */
  readonly seed: string;
  /** Requests under way at once. */
  readonly connections?: number;
  /** How long a hold lasts: long enough to pay, short enough to see what nobody pays for come back. */
  readonly holdSeconds?: number;
  readonly methods?: Methods;
  readonly say?: (line: string) => void;
  /** Told how far something is, many times a second. */
  readonly progress?: (line: string) => void;
}

export interface FlashSaleResult {
  readonly checks: readonly Check[];
  readonly isProven: boolean;
  readonly places: number;
  /** The hall, as SVG. */
  readonly picture: string;
  /** Orders and scans over time, as SVG. */
  readonly timeline: string;
}

export const defaultHoldSeconds = 15;

/** Runs the sale and its door on a platform and judges them. */
export const flashSale = async ({
  plan,
  buyers,
  seed,
  connections = 100,
  holdSeconds = defaultHoldSeconds,
  methods = usualMethods,
  say = () => undefined,
  progress = () => undefined,
  ...platform
}: FlashSaleOptions): Promise<FlashSaleResult> => {
  const organizer = connect(platform, await tokenFor(platform, `flash-sale-${crypto.randomUUID()}`));
  const visitor = connect(platform);
  const offer = await putOnSale(organizer, plan, holdSeconds, say, progress);
  const reader: Reader = {
    visitor,
    organizer,
    sessionId: offer.sessionId,
    connections: Math.min(connections, 32),
  };

  const ledger = openLedger();
  // Who has places does not wait behind those who want some.
  const forPaying = Math.max(1, Math.floor(connections / 2));
  const shopping = gate(Math.max(1, connections - forPaying));
  const paying = gate(forPaying);
  const customerOf = (name: string, of: Offer = offer, notes: Ledger = ledger): Customer => {
    const chance = openChance(`${seed}/${name}`);
    return {
      api: visitor,
      offer: of,
      ledger: notes,
      chance,
      secret: crypto.randomUUID(),
      name,
      // The simulator of SES takes any mail and nobody gets it.
      email: `success+${name.replaceAll(' ', '-')}@simulator.amazonses.com`,
      isImpatient: chance.percent(10),
      shopping,
      paying,
    };
  };

  say(`${buyers.toLocaleString('en')} customers at once, ${connections} connections, seed ${seed}`);
  const seconds = () => (performance.now() - ledger.startedAt) / 1_000;
  const show = () => {
    const sold = ledger.purchases.reduce(
      (sum, { ended }) => sum + (ended?.how === 'confirmed' ? ended.places : 0),
      0,
    );
    progress(
      `${seconds().toFixed(0).padStart(4)} s  ${ledger.done}/${buyers} customers through  ${ledger.attempts.length} requests  ${sold} places sold`,
    );
  };
  const ticker = setInterval(show, 200);
  try {
    await Promise.all(
      Array.from({ length: buyers }, (_, index) =>
        buyer(customerOf(`customer ${index}`), { methods, customers: buyers }),
      ),
    );
  } finally {
    clearInterval(ticker);
  }
  show();
  reportSale(ledger, seconds(), say);

  const rush = [...ledger.purchases];
  const chance = openChance(`${seed}/door`);
  const door = await openDoors({ platform, offer, reader, ledger, customerOf, chance, say, progress });
  progress('reading everything again');
  const evidence = {
    sessionId: offer.sessionId,
    ...(await gatherSale(reader, ledger, holdSeconds)),
    tickets: await readTickets(reader, door.ticketIds),
    ...door.evidence,
  };
  const checks = prove(evidence);
  say('');
  for (const { claim, holds, detail } of checks) say(`${holds ? 'proven' : 'FAILED'}  ${claim} (${detail})`);

  const isProven = checks.every(({ holds }) => holds);
  const owners = ownersOf(evidence.orders);
  const places = Object.keys(evidence.seats.places).length;
  const caption = `${buyers.toLocaleString('en')} customers at once: ${owners.size} of ${places} places sold in ${new Set([...owners.values()].flat()).size} orders${isProven ? ', none sold twice' : ''}`;
  const ownerOf = new Map([...owners].map(([place, [owner = '']]) => [place, owner]));
  return {
    checks,
    isProven,
    places,
    picture: drawHall(offer.layout, ownerOf, caption),
    timeline: drawTimeline(rush, evidence.scans, door.startedAt),
  };
};

const main = async (): Promise<number> => {
  const { values } = parseArgs({
    options: {
      plan: { type: 'string', default: path.join(import.meta.dirname, 'data/ull-paraninfo.pretix.json') },
      buyers: { type: 'string', default: '2000' },
      seed: { type: 'string', default: '1' },
      'hold-seconds': { type: 'string', default: String(defaultHoldSeconds) },
      connections: { type: 'string', default: '100' },
      target: { type: 'string' },
      'token-url': { type: 'string' },
      svg: { type: 'string' },
      timeline: { type: 'string' },
    },
  });
  const buyers = positive('--buyers', values.buyers);
  const connections = positive('--connections', values.connections);
  const holdSeconds = positive('--hold-seconds', values['hold-seconds']);
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

  const { seed, target, 'token-url': tokenUrl } = values;
  const result = await onPlatform({ target, tokenUrl }, { say, progress }, (platform) =>
    flashSale({ ...platform, plan, buyers, seed, connections, holdSeconds, say, progress }),
  );
  const pictures = [
    [values.svg, result.picture],
    [values.timeline, result.timeline],
  ] as const;
  for (const [file, picture] of pictures) {
    if (file === undefined) continue;
    mkdirSync(path.dirname(path.resolve(file)), { recursive: true });
    writeFileSync(file, picture);
    say(`picture: ${file}`);
  }
  return result.isProven ? 0 : 1;
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
