import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { routes } from '../functions/routes.ts';
import { seededRandom } from '../functions/ticketing/best-available.ts';
import { type Api, connect, type Platform, tokenFor } from '../local/demo/api.ts';
import { until } from '../local/demo/parallel.ts';
import { freePort } from '../local/free-port.ts';

/**
 * `npm run kill-sale [-- --times 20] [--seed S]`: a sale on `npm start -- --data DIR`, whose process is killed
 * (`kill -9`) at random moments. After each restart everything that was answered must be there.
 */

const root = path.join(import.meta.dirname, '..');
const customers = 16;
const startTimeoutMs = 60_000;

/** What a customer asked for, and what is known of it. */
interface Purchase {
  readonly key: string;
  readonly body: HoldBody;
  readonly places: number;
  /** As answered last; undefined while no answer has come. */
  hold?: { readonly id: string; readonly places: readonly string[]; expiresAt: string };
  /** The answer of its creation was lost once: a repeat may have chosen other places than were claimed then. */
  wasLost?: true;
  /** `maybe`: a cancellation was sent and never answered. */
  cancelled: 'no' | 'maybe' | 'yes';
}

type HoldBody = { seats: string[] } | { ticketTypeId: string; quantity: number };

export interface Round {
  /** After how much of the sale the process was killed. */
  readonly killedAfterMs: number;
  readonly holdsAnswered: number;
  readonly extensionsAnswered: number;
  readonly cancellationsAnswered: number;
  readonly answersLost: number;
  /** Creations whose answer was lost, and which gave a hold when they were sent again. */
  readonly retried: number;
  readonly restartMs: number;
  readonly liveHolds: number;
  /** Places that are held for nobody we know: claims of lost creations, which lapse by themselves. */
  readonly lapsing: number;
}

/**
 * Runs the sale and kills it so many times.
 * @throws Error at the first thing that was lost, sold twice or not told the truth about.
 */
export const killSale = async (
  times: number,
  seed: string,
  report: (round: Round, number: number) => void = () => undefined,
): Promise<readonly Round[]> => {
  const data = mkdtempSync(path.join(tmpdir(), 'fairground-kill-'));
  const port = await freePort();
  const origin = `http://127.0.0.1:${port}`;
  const platform: Platform = { url: `${origin}/v1`, tokenUrl: `${origin}/_local/token` };
  const random = seededRandom(seed);
  const purchases: Purchase[] = [];
  const rounds: Round[] = [];
  let server = await startServer(port, data);
  try {
    const api = connect(platform);
    const sale = await putOnSale(platform);
    for (let number = 1; number <= times; number += 1) {
      const killedAfterMs = Math.round(50 + random() * 1_200);
      const made = await sellUntilKilled(api, sale, purchases, random, async () => {
        await delay(killedAfterMs);
        const ended = new Promise((resolve) => server.once('exit', resolve));
        server.kill('SIGKILL');
        await ended;
      });
      const startedAt = performance.now();
      server = await startServer(port, data);
      const restartMs = Math.round(performance.now() - startedAt);
      const checked = await check(api, sale, purchases);
      const round = { killedAfterMs, ...made, restartMs, ...checked };
      rounds.push(round);
      report(round, number);
    }
    await api.must(201, routes.createHold, {
      params: { sessionId: sale.sessionId },
      body: { ticketTypeId: sale.standingId, quantity: 1 },
    });
    return rounds;
  } finally {
    server.kill('SIGKILL');
    rmSync(data, { recursive: true, force: true, maxRetries: 10, retryDelay: 100 });
  }
};

const startServer = async (port: number, data: string): Promise<ChildProcess> => {
  const child = spawn(
    process.execPath,
    [path.join(root, 'local/start.ts'), '--port', String(port), '--data', data, '--no-demo'],
    { cwd: root, stdio: ['ignore', 'pipe', 'pipe'] },
  );
  let output = '';
  await new Promise<void>((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error(`Not ready: ${output}`)), startTimeoutMs);
    const hear = (text: string): void => {
      output += text;
      if (!output.includes('Ctrl-C ends it')) return;
      clearTimeout(timer);
      resolve();
    };
    child.stdout.setEncoding('utf8').on('data', hear);
    child.stderr.setEncoding('utf8').on('data', hear);
    child.once('exit', (code) => reject(new Error(`The platform ended with ${code}: ${output}`)));
  });
  return child;
};

interface Sale {
  readonly sessionId: string;
  readonly seatedIds: readonly string[];
  readonly standingId: string;
  readonly seats: readonly string[];
}

/** A concert hall with its 603 seats, and a meadow of twenty thousand. */
const putOnSale = async (platform: Platform): Promise<Sale> => {
  const api = connect(platform, await tokenFor(platform, 'kill-sale'));
  await api.must(201, routes.createOrganization, { body: { name: 'Kill', kind: 'organizer' } });
  const plan = JSON.parse(
    readFileSync(path.join(root, 'local/demo/data/ull-paraninfo.pretix.json'), 'utf8'),
  ) as Record<string, unknown>;
  const venue = await api.must(201, routes.createVenue, {
    body: {
      name: 'Hall',
      address: '',
      city: 'La Laguna',
      country: 'ES',
      location: { lat: 28, lon: -16 },
      timeZone: 'Atlantic/Canary',
      seatingPlan: plan,
    },
  });
  const event = await api.must(201, routes.createEvent, {
    body: { name: 'Sale', category: 'concert', venueId: venue.id },
  });
  const price = { amount: 1_000, currency: 'EUR' };
  const session = await api.must(201, routes.createSession, {
    params: { eventId: event.id },
    body: {
      startsAt: '2037-03-01T20:00:00Z',
      endsAt: '2037-03-01T22:00:00Z',
      // Longer than any run: what lapses by itself proves nothing.
      holdSeconds: 7_200,
      ticketTypes: [
        ...(venue.seatingPlan?.categories ?? []).map(({ name }) => ({ name, price, planCategory: name })),
        { name: 'Meadow', price, quantity: 20_000 },
      ],
    },
  });
  await api.must(202, routes.publishEvent, { params: { eventId: event.id } });
  const seats = await until('the sale to begin', 30_000, async () => {
    const answer = await api.call(routes.getSeats, {
      params: { sessionId: session.id },
      query: { format: 'full' },
    });
    return answer.ok && answer.status === 200 ? answer.body.places : undefined;
  });
  const ids = session.ticketTypes.map(({ id }) => id);
  return {
    sessionId: session.id,
    seatedIds: ids.slice(0, -1),
    standingId: ids.at(-1) ?? '',
    seats: Object.keys(seats).filter((name) => !name.startsWith(ids.at(-1) ?? '-')),
  };
};

/** Customers buy, extend and give up until the server is gone; every answer is noted. */
const sellUntilKilled = async (
  api: Api,
  sale: Sale,
  purchases: Purchase[],
  random: () => number,
  kill: () => Promise<void>,
) => {
  let running = true;
  const counts = { holdsAnswered: 0, extensionsAnswered: 0, cancellationsAnswered: 0, answersLost: 0 };
  /** What the call gave; undefined when its answer was lost. */
  const answered = async <T>(call: Promise<T>): Promise<T | undefined> => {
    try {
      return await call;
    } catch (error) {
      // Only a broken connection is a lost answer; an answer that the routes do not declare is a fault.
      if (!(error instanceof TypeError)) throw error;
      running = false;
      counts.answersLost += 1;
      return undefined;
    }
  };
  const pick = <T>(list: readonly T[]): T => list[Math.floor(random() * list.length)] as T;

  const buy = async (own: Purchase[]): Promise<void> => {
    const kind = random();
    const quantity = 1 + Math.floor(random() * 4);
    const body: HoldBody =
      kind < 0.25
        ? { seats: [...new Set(Array.from({ length: quantity }, () => pick(sale.seats)))] }
        : { ticketTypeId: kind < 0.6 ? pick(sale.seatedIds) : sale.standingId, quantity };
    const purchase: Purchase = {
      key: `kill-sale-${crypto.randomUUID()}`,
      body,
      places: 'seats' in body ? body.seats.length : quantity,
      cancelled: 'no',
    };
    purchases.push(purchase);
    if (await answered(send(api, sale, purchase))) counts.holdsAnswered += 1;
    if (purchase.hold !== undefined) own.push(purchase);
  };
  const extend = async (purchase: Purchase): Promise<void> => {
    const params = { holdId: purchase.hold?.id ?? '' };
    const answer = await answered(api.call(routes.extendHold, { params, body: {} }));
    if (answer === undefined || purchase.hold === undefined) return;
    counts.extensionsAnswered += 1;
    if (answer.ok && answer.status === 200) purchase.hold.expiresAt = answer.body.expiresAt;
  };
  const cancel = async (purchase: Purchase): Promise<void> => {
    purchase.cancelled = 'maybe';
    const params = { holdId: purchase.hold?.id ?? '' };
    if ((await answered(api.must(204, routes.cancelHold, { params }).then(() => true))) === undefined) return;
    purchase.cancelled = 'yes';
    counts.cancellationsAnswered += 1;
  };

  const selling = Promise.withResolvers<void>();
  const customer = async (): Promise<void> => {
    const own: Purchase[] = [];
    while (running) {
      const step = random();
      const mine = own.filter(({ cancelled }) => cancelled === 'no');
      if (step < 0.6 || mine.length === 0) await buy(own);
      else if (step < 0.75) await extend(pick(mine));
      else await cancel(pick(mine));
      selling.resolve();
    }
  };
  await Promise.all([selling.promise.then(kill), ...Array.from({ length: customers }, customer)]);
  return counts;
};

/** Sends a creation (again), and notes its hold; whether there is one. */
const send = async (api: Api, { sessionId }: Sale, purchase: Purchase): Promise<boolean> => {
  const answer = await api.call(routes.createHold, {
    params: { sessionId },
    idempotencyKey: purchase.key,
    headers: { 'fairground-client': 'a client of the kill-sale' },
    body: purchase.body,
  });
  if (!answer.ok) {
    if (answer.status >= 500 && answer.status !== 503)
      throw new Error(`A creation was answered ${JSON.stringify(answer.problem)}`);
    if (purchase.hold !== undefined) throw new Error(`The repeat of ${purchase.hold.id} was refused`);
    return false;
  }
  if (answer.status !== 201) throw new Error(`A creation was answered ${answer.status}`);
  const { id, places, expiresAt } = answer.body;
  if (purchase.hold !== undefined && purchase.hold.id !== id)
    throw new Error(`One key made two holds: ${purchase.hold.id} and ${id}`);
  purchase.hold ??= { id, places: places.map(({ place }) => place), expiresAt };
  return true;
};

/** Everything that was answered is there, and the seats document says the same as the holds. */
const check = async (api: Api, sale: Sale, purchases: readonly Purchase[]) => {
  let retried = 0;
  const unanswered = purchases.filter(({ hold }) => hold === undefined);
  for (const purchase of unanswered) {
    purchase.wasLost = true;
    if (!(await send(api, sale, purchase))) continue;
    retried += 1;
    await send(api, sale, purchase);
  }

  const owners = new Map<string, string>();
  let liveHolds = 0;
  for (const { hold, cancelled } of purchases) {
    if (hold === undefined) continue;
    const found = await api.must(200, routes.getHold, { params: { holdId: hold.id } });
    const allowed = { no: ['active'], yes: ['cancelled'], maybe: ['active', 'cancelled'] }[cancelled];
    if (!allowed.includes(found.status))
      throw new Error(`${hold.id} is ${found.status}; its cancellation was answered: ${cancelled}`);
    const places = found.places.map(({ place }) => place);
    if (JSON.stringify(places) !== JSON.stringify(hold.places))
      throw new Error(`${hold.id} had ${hold.places.join()} and has ${places.join()}`);
    if (Date.parse(found.expiresAt) < Date.parse(hold.expiresAt))
      throw new Error(`${hold.id} was to last until ${hold.expiresAt} and lasts until ${found.expiresAt}`);
    if (found.status !== 'active') continue;
    liveHolds += 1;
    for (const place of places) {
      const other = owners.get(place);
      if (other !== undefined) throw new Error(`${place} belongs to ${other} and to ${hold.id}`);
      owners.set(place, hold.id);
    }
  }

  // Claims of creations whose answer was lost, when their repeat chose other places, lapse at their end; those
  // of cancelled holds are freed through the stream.
  const most = purchases.reduce((sum, { wasLost, places }) => (wasLost ? sum + places : sum), 0);
  const lapsing = await until('the seats to agree with the holds', 20_000, async () => {
    const { places } = await readSeats(api, sale);
    const held = Object.keys(places).filter((place) => places[place] !== 'available');
    const free = [...owners.keys()].filter((place) => places[place] === 'available');
    if (free.length > 0) return undefined;
    const unknown = held.filter((place) => !owners.has(place)).length;
    return unknown <= most ? unknown : undefined;
  });
  return { retried, liveHolds, lapsing };
};

const readSeats = async (api: Api, { sessionId }: Sale) => {
  const answer = await api.call(routes.getSeats, { params: { sessionId }, query: { format: 'full' } });
  if (!answer.ok || answer.status !== 200 || answer.body.places === undefined)
    throw new Error('The seats cannot be read');
  return { places: answer.body.places };
};

const columns: readonly (readonly [string, keyof Round])[] = [
  ['killed after ms', 'killedAfterMs'],
  ['holds', 'holdsAnswered'],
  ['extended', 'extensionsAnswered'],
  ['cancelled', 'cancellationsAnswered'],
  ['lost', 'answersLost'],
  ['retried', 'retried'],
  ['restart ms', 'restartMs'],
  ['live', 'liveHolds'],
  ['lapsing', 'lapsing'],
];

if (import.meta.main) {
  const { values } = parseArgs({
    options: {
      times: { type: 'string', default: '20' },
      seed: { type: 'string', default: String(Math.floor(Math.random() * 2 ** 31)) },
    },
  });
  const startedAt = performance.now();
  console.log(`--seed ${values.seed}\n\n| # | ${columns.map(([title]) => title).join(' | ')} |`);
  console.log(`|${'---:|'.repeat(columns.length + 1)}`);
  const rounds = await killSale(Number(values.times), values.seed, (round, number) =>
    console.log(`| ${number} | ${columns.map(([, name]) => round[name]).join(' | ')} |`),
  );
  console.log(
    `\nKilled ${rounds.length} times in ${Math.round((performance.now() - startedAt) / 1_000)} s: every hold that was answered is there, no place has two owners, the seats agree, the sale went on.`,
  );
}
