import { CompactSign, decodeProtectedHeader, generateKeyPair, type JSONWebKeySet } from 'jose';
import { routes } from '../../functions/routes.ts';
import { type Api, connect, type Platform, tokenFor } from './api.ts';
import type { Chance } from './chance.ts';
import { type Guest, offlineGate, onlineGates } from './evening.ts';
import { type OfflineScanner, openOfflineScanner } from './offline-scanner.ts';
import { inParallel, until } from './parallel.ts';
import { counts, type Scan } from './proof-door.ts';
import { whileBusy } from './shop.ts';

const hourMs = 60 * 60 * 1_000;
/** Guests that one device of a gate lets through before another is put beside it. */
const guestsPerDevice = 200;
const maxDevices = 8;
/** Scans that are sent again because their answer was lost. */
const lostAnswerPercent = 5;
/** Most scans that one upload takes. */
const uploadSize = 100;

/** Connections of the scanners of each gate: staff of that session, in that window only. */
export const staffGates = async (
  platform: Platform,
  organizer: Api,
  organizationId: string,
  sessionId: string,
): Promise<ReadonlyMap<string, Api>> => {
  const staffed = await inParallel(2, [...onlineGates, offlineGate], async (gate) => {
    const subject = `gate-${gate}-${crypto.randomUUID()}`;
    await organizer.must(201, routes.addMember, {
      idempotencyKey: crypto.randomUUID(),
      params: { organizationId },
      body: {
        subject,
        role: 'staff',
        sessionId,
        from: new Date(Date.now() - hourMs).toISOString(),
        until: new Date(Date.now() + 6 * hourMs).toISOString(),
      },
    });
    return [gate, connect(platform, await tokenFor(platform, subject))] as const;
  });
  return new Map(staffed);
};

/** While there is a connection: takes the key set and all pages of the manifest. */
export const prepareOfflineScanner = async (api: Api, sessionId: string): Promise<OfflineScanner> => {
  const keySet = await api.must(200, routes.getTicketKeys, {});
  const scanner = openOfflineScanner(sessionId, keySet as JSONWebKeySet);
  await takeDelta(api, sessionId, scanner);
  return scanner;
};

/** What is new since the last page. */
const takeDelta = async (api: Api, sessionId: string, scanner: OfflineScanner): Promise<void> => {
  for (;;) {
    const cursor = scanner.cursor();
    const answer = await api.must(200, routes.getManifest, {
      params: { sessionId },
      query: cursor === undefined ? {} : { cursor },
    });
    if (await scanner.learn(answer)) return;
  }
};

/** How long the manifest may take until it has all that happened. */
const manifestWithinMs = 30_000;

/** Takes deltas until the scanner would let all good codes in as known, and none of the bad ones. */
export const untilManifestHas = (
  api: Api,
  sessionId: string,
  scanner: OfflineScanner,
  { good, bad }: { readonly good: readonly string[]; readonly bad: readonly string[] },
): Promise<true> =>
  until(
    'the manifest to have all that happened',
    manifestWithinMs,
    async () => {
      await takeDelta(api, sessionId, scanner);
      const now = new Date();
      const look = (codes: readonly string[]) => Promise.all(codes.map((code) => scanner.look(code, now)));
      const hasGood = (await look(good)).every((one) => one.result === 'admitted' && !one.isNoted);
      const hasBad = (await look(bad)).every(({ result }) => result === 'refused');
      return hasGood && hasBad ? true : undefined;
    },
    500,
  );

/** Codes that look right and were signed by somebody else. */
export const forgeLike = async (code: string, count: number): Promise<readonly string[]> => {
  const { privateKey } = await generateKeyPair('ES256');
  const { kid } = decodeProtectedHeader(code);
  const payload = Buffer.from(code.split('.')[1] ?? '', 'base64url');
  const forge = () =>
    new CompactSign(payload)
      .setProtectedHeader({ alg: 'ES256', ...(kid !== undefined && { kid }) })
      .sign(privateKey);
  return Promise.all(Array.from({ length: count }, forge));
};

/** A gate with a connection lets its guests through, by as many devices as it needs. */
const runOnline = async (
  api: Api,
  sessionId: string,
  guests: readonly Guest[],
  chance: Chance,
  done: (scan: Scan) => void,
): Promise<void> => {
  const devices = Math.min(maxDevices, Math.ceil(guests.length / guestsPerDevice));
  const queue = guests.values();
  const scanAll = async (_: unknown, index: number): Promise<void> => {
    for (const { shows, serial, code, gate } of queue) {
      const device = `${gate}-${index + 1}`;
      const nonce = crypto.randomUUID();
      let at = Date.now();
      const send = async (): Promise<string> => {
        const answer = await api.call(routes.checkIn, {
          params: { sessionId },
          body: { code, nonce, device, gate },
        });
        if (!answer.ok) return answer.problem.code;
        if (answer.status === 304) throw new Error('A scan was answered 304');
        if (answer.body.result === 'refused') return answer.body.reason;
        at = Date.parse(answer.body.admittedAt);
        return 'admitted';
      };
      const answers: string[] = [];
      const times = chance.percent(lostAnswerPercent) ? 2 : 1;
      for (let time = 0; time < times; time += 1) answers.push(await whileBusy(chance, send));
      done({ shows, serial, gate, device, nonce, at, isOffline: false, answers, uploads: [] });
    }
  };
  await inParallel(devices, Array.from({ length: devices }), scanAll);
};

/** The gate without a connection: its scanner decides alone. */
const runOffline = async (scanner: OfflineScanner, guests: readonly Guest[]): Promise<readonly Scan[]> => {
  const scans: Scan[] = [];
  for (const { shows, serial, code, gate } of guests) {
    const nonce = crypto.randomUUID();
    const at = new Date();
    const verdict = await scanner.scan(code, nonce, at);
    const answers = [verdict.result === 'admitted' ? 'admitted' : verdict.reason];
    scans.push({
      shows,
      serial,
      gate,
      device: `${gate}-1`,
      at: at.getTime(),
      isOffline: true,
      answers,
      uploads: [],
      nonce,
    });
  }
  return scans;
};

/** Sends the log of a scanner: twice, in another order each time. What was said of each scan, by its nonce. */
const uploadLog = async (
  api: Api,
  sessionId: string,
  scanner: OfflineScanner,
  chance: Chance,
): Promise<ReadonlyMap<string, readonly string[]>> => {
  const said = new Map<string, string[]>();
  for (let time = 0; time < 2; time += 1) {
    const log = chance.shuffled(scanner.log());
    for (let from = 0; from < log.length; from += uploadSize) {
      const scans = log
        .slice(from, from + uploadSize)
        .map((scan) => ({ ...scan, device: `${offlineGate}-1`, gate: offlineGate }));
      const { results } = await api.must(200, routes.uploadScans, { params: { sessionId }, body: { scans } });
      for (const { nonce, result, reason } of results)
        said.set(nonce, [...(said.get(nonce) ?? []), reason ?? result]);
    }
  }
  return said;
};

export interface DoorWork {
  /** The scanners of a gate. */
  readonly apiOf: (gate: string) => Api;
  readonly sessionId: string;
  readonly scanner: OfflineScanner;
  readonly guests: readonly Guest[];
  readonly chance: Chance;
  readonly progress: (line: string) => void;
}

/**
 * All gates let their guests through at once, one of them without a connection; when the last guest is through, it
 * sends its log.
 */
export const runDoor = async ({ apiOf, sessionId, scanner, guests, chance, progress }: DoorWork) => {
  const at = (gate: string) => guests.filter((guest) => guest.gate === gate);
  const startedAt = Date.now();
  const scans: Scan[] = [];
  const done = (scan: Scan): void => {
    scans.push(scan);
    progress(`doors: ${scans.length} of ${guests.length} guests`);
  };
  const [offline] = await Promise.all([
    runOffline(scanner, at(offlineGate)),
    ...onlineGates.map((gate) => runOnline(apiOf(gate), sessionId, at(gate), chance, done)),
  ]);
  const seconds = (Date.now() - startedAt) / 1_000;
  const said = await uploadLog(apiOf(offlineGate), sessionId, scanner, chance);
  return {
    scans: [...scans, ...offline.map((scan) => ({ ...scan, uploads: said.get(scan.nonce) ?? [] }))],
    startedAt,
    seconds,
  };
};

/** What the organizer is told of the door, once it has caught up with the gates. */
export const readDoor = async (organizer: Api, sessionId: string, scans: readonly Scan[]) => {
  const params = { sessionId };
  const admitted = new Set(scans.filter(counts).map(({ serial }) => serial)).size;
  // At most two seconds stale; if it never agrees, the last one is the evidence.
  const deadline = Date.now() + 10_000;
  const numbers = await until(
    'the numbers at the door',
    20_000,
    async () => {
      const seen = await organizer.must(200, routes.getCheckInSummary, { params });
      return seen.admitted === admitted || Date.now() > deadline ? seen : undefined;
    },
    200,
  );
  const conflicts: { serial: string; devices: string[] }[] = [];
  let cursor: string | undefined;
  do {
    const page = await organizer.must(200, routes.listConflicts, {
      params,
      query: cursor === undefined ? {} : { cursor },
    });
    for (const { serial, admissions } of page.items)
      conflicts.push({ serial, devices: admissions.map(({ device }) => device ?? '') });
    cursor = page.nextCursor;
  } while (cursor !== undefined);
  return {
    conflicts,
    numbers: {
      ...numbers,
      byGate: new Map(numbers.byGate.map(({ gate, admitted: count }) => [gate ?? '', count])),
    },
  };
};
