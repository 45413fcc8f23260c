import { type Check, check, counted } from './check.ts';
import { ownersOf, type SoldOrder } from './proof-places.ts';
import { countBy } from './statistics.ts';

/** What somebody shows at a gate, with the reason it must be refused for, if it must. */
export const shown = {
  'own ticket': undefined,
  // One of the two who show the same code is the owner; nobody can see who.
  'copied ticket': undefined,
  'ticket sold after the manifest': undefined,
  'ticket given away': 'revoked',
  'ticket given away after the manifest': 'revoked',
  'refunded ticket': 'refunded',
  'ticket of an undone order': 'cancelled',
  'ticket of another session': 'wrong_session',
  'forged ticket': 'unknown',
} as const;
export type Shown = keyof typeof shown;

/** One scan at a gate, and all that was said of it. */
export interface Scan {
  readonly shows: Shown;
  readonly serial: string;
  readonly gate: string;
  readonly device: string;
  readonly nonce: string;
  /** Epoch milliseconds. */
  readonly at: number;
  readonly isOffline: boolean;
  /** `admitted`, or the reason of its refusal; one for each time that the scan was sent. */
  readonly answers: readonly string[];
  /** What the upload of the log said of it, each time: `admitted`, `conflict`, or a reason. */
  readonly uploads: readonly string[];
}

/** A ticket as it is read after everything. */
export interface ReadTicket {
  readonly serial: string;
  readonly place: string;
  readonly status: string;
  /** What the published keys say that its code says; undefined when they do not verify it. */
  readonly codeSays: { readonly serial: string; readonly sessionId: string } | undefined;
}

export interface DoorEvidence {
  readonly sessionId: string;
  readonly orders: readonly SoldOrder[];
  readonly tickets: readonly ReadTicket[];
  readonly scans: readonly Scan[];
  /** What the organizer is told. */
  readonly conflicts: readonly { readonly serial: string; readonly devices: readonly string[] }[];
  readonly numbers: {
    readonly tickets: number;
    readonly admitted: number;
    readonly remaining: number;
    readonly conflicts: number;
    readonly byGate: ReadonlyMap<string, number>;
  };
}

export const letIn = ({ answers }: Scan): boolean => answers.includes('admitted');
/** Let in by a scanner that could not know, and refused when its log came. */
export const foundLater = (scan: Scan): boolean =>
  letIn(scan) &&
  scan.uploads.length > 0 &&
  !scan.uploads.some((one) => one === 'admitted' || one === 'conflict');
/** The scan counts: it is the admission of its ticket, or a reported second one. */
export const counts = (scan: Scan): boolean => letIn(scan) && !foundLater(scan);

/** Somebody is inside by it: it counts, or its code was dead, which is reported beside the admissions. */
const isInside = (scan: Scan): boolean =>
  counts(scan) || (foundLater(scan) && ['revoked', 'refunded', 'cancelled'].includes(scan.uploads[0] ?? ''));

const sorted = (values: Iterable<string>): string => [...values].toSorted().join(', ');

/** What is claimed of tickets and scans. */
export const proveDoor = (evidence: DoorEvidence): readonly Check[] => [
  proveTickets(evidence),
  proveAdmissions(evidence),
  proveRefusals(evidence),
  proveNumbers(evidence),
];

const proveTickets = ({ sessionId, orders, tickets }: DoorEvidence): Check => {
  const owners = ownersOf(orders);
  const valid = tickets.filter(({ status }) => status === 'valid');
  const byPlace = Map.groupBy(valid, ({ place }) => place);
  const serials = new Set(tickets.map(({ serial }) => serial));
  return check(
    'each sold place has one valid ticket, and the published keys verify its code',
    `${valid.length} valid, ${tickets.length - valid.length} ended`,
    [
      ...[...owners.keys()].flatMap((place) => {
        const count = byPlace.get(place)?.length ?? 0;
        return count === 1 ? [] : [`${place} is sold and has ${count} tickets`];
      }),
      ...[...byPlace.keys()].flatMap((place) =>
        owners.has(place) ? [] : [`${place} has a ticket and is nobody’s`],
      ),
      ...tickets.flatMap(({ serial, codeSays }) =>
        codeSays?.serial === serial && codeSays.sessionId === sessionId
          ? []
          : [`the code of ${serial} does not verify as its own`],
      ),
      ...(serials.size === tickets.length ? [] : ['two tickets have one serial']),
    ],
  );
};

const proveAdmissions = ({ scans, conflicts }: DoorEvidence): Check => {
  const good = scans.filter(({ shows }) => shown[shows] === undefined);
  const reported = new Map(conflicts.map(({ serial, devices }) => [serial, devices]));
  const bySerial = Map.groupBy(good, ({ serial }) => serial);
  const once = [...bySerial.values()].filter((all) => all.filter(counts).length === 1).length;
  const inside = Map.groupBy(scans.filter(isInside), ({ serial }) => serial);
  const isConflict = (all: readonly Scan[]): boolean => all.length > 1 || all.some(foundLater);
  const stale = scans.filter(counts).filter(({ shows }) => shown[shows] !== undefined);
  return check(
    'each ticket that was shown let one person in, or is reported as a conflict',
    `${once} once, ${conflicts.length} reported`,
    [
      ...[...bySerial].flatMap(([serial, all]) =>
        all.some(counts) ? [] : [`${serial} is good and let nobody in`],
      ),
      ...[...inside].flatMap(([serial, all]) => {
        if (!isConflict(all)) return [];
        const devices = all.map(({ device }) => device);
        const told = reported.get(serial);
        return told !== undefined && sorted(told) === sorted(devices)
          ? []
          : [`${serial} let in at ${sorted(devices)}, reported are ${sorted(told ?? ['none'])}`];
      }),
      ...conflicts.flatMap(({ serial }) =>
        isConflict(inside.get(serial) ?? []) ? [] : [`${serial} is reported without a cause`],
      ),
      ...stale.map(({ serial, gate }) => `${serial} is no good and counts as let in at ${gate}`),
      ...scans.flatMap(({ serial, answers, uploads }) =>
        new Set(answers).size <= 1 && new Set(uploads).size <= 1
          ? []
          : [`a scan of ${serial} was answered ${sorted(new Set([...answers, ...uploads]))}`],
      ),
    ],
  );
};

const proveRefusals = ({ scans }: DoorEvidence): Check => {
  const bad = scans.filter(({ shows }) => shown[shows] !== undefined);
  const found = bad.filter(foundLater);
  const refusals = scans.filter((scan) => !letIn(scan)).map(({ answers }) => answers[0] ?? '');
  return check(
    'what is no good was refused, or found when the log of the offline gate came',
    `${counted(countBy(refusals))}; ${found.length} found in the log`,
    [
      ...bad.flatMap((scan) => {
        const { shows, serial, gate, answers, uploads, isOffline } = scan;
        const reason = shown[shows];
        // What happened after the last page of the manifest a gate without a connection cannot know.
        const couldNotKnow = isOffline && shows === 'ticket given away after the manifest';
        const isRight = couldNotKnow ? foundLater(scan) && uploads[0] === reason : answers[0] === reason;
        return isRight ? [] : [`${shows} ${serial} was answered ${answers[0]} at ${gate}, not ${reason}`];
      }),
      ...scans.flatMap((scan) =>
        shown[scan.shows] !== undefined || letIn(scan) || scan.answers[0] === 'already_used'
          ? []
          : [`${scan.shows} ${scan.serial} was refused as ${scan.answers[0]}`],
      ),
    ],
  );
};

/** Whether a scan came before another: two of one millisecond are put in order by their nonces. */
const isEarlier = (one: Scan, other: Scan): boolean =>
  one.at < other.at || (one.at === other.at && one.nonce < other.nonce);

const proveNumbers = ({ scans, tickets, conflicts, numbers }: DoorEvidence): Check => {
  const valid = tickets.filter(({ status }) => status === 'valid').length;
  const firsts = [...Map.groupBy(scans.filter(counts), ({ serial }) => serial).values()].map((all) =>
    all.reduce((first, scan) => (isEarlier(scan, first) ? scan : first)),
  );
  const gates = new Map(countBy(firsts.map(({ gate }) => gate)));
  const expected = {
    tickets: valid,
    admitted: firsts.length,
    remaining: valid - firsts.length,
    conflicts: conflicts.length,
  };
  const keys = ['tickets', 'admitted', 'remaining', 'conflicts'] as const;
  return check(
    'the numbers at the door are those of the gates',
    `${numbers.admitted} in, ${numbers.remaining} to come; ${counted([...numbers.byGate].map(([gate, count]) => [gate, count]))}`,
    [
      ...keys.flatMap((key) =>
        numbers[key] === expected[key] ? [] : [`${key}: ${numbers[key]}, the gates say ${expected[key]}`],
      ),
      ...[...new Set([...gates.keys(), ...numbers.byGate.keys()])].flatMap((gate) => {
        const told = numbers.byGate.get(gate) ?? 0;
        const seen = gates.get(gate) ?? 0;
        return told === seen ? [] : [`${gate}: ${told}, the gate says ${seen}`];
      }),
    ],
  );
};
