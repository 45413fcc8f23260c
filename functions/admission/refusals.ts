import type { Key, Table } from '../platform/table.ts';
import { epochSeconds } from '../platform/time.ts';
import { type RefusalReason, refusalReason } from './check-in.ts';
import type { Admission } from './ticket.ts';

/** Who stood at the door and scanned. */
export type Scanner = Pick<Admission, 'gate' | 'device' | 'by' | 'nonce'>;

/** What one scanner refused, by reason. */
export interface ScannerRefusals extends Partial<Readonly<Record<RefusalReason, number>>> {
  readonly gate?: string | undefined;
}

const listKey = (sessionId: string): string => `REFUSALS#${sessionId}`;

/** One item a gate and device; whoever scans without a name for the device has one of their own. */
const keyOf = (sessionId: string, { gate = '', device, by }: Scanner): Key => ({
  pk: listKey(sessionId),
  sk: JSON.stringify([gate, device === undefined ? { by } : device]),
});

/** How long the counts of a session are kept: as long as lifecycle events. */
const keptSeconds = 400 * 24 * 60 * 60;

const pageSize = 1_000;

/** What was refused at the doors of sessions: counts, not scans. */
export const openRefusals = (table: Table) => ({
  /**
   * Counts a refused scan. A device scans one after the other, so that its last nonce is enough to count the
   * retries of a scan once.
   */
  async count(sessionId: string, scanner: Scanner, reason: RefusalReason, now: Date): Promise<void> {
    const { gate, nonce } = scanner;
    await table.update(keyOf(sessionId, scanner), {
      update: `SET #nonce = :nonce, #ttl = :ttl${gate === undefined ? '' : ', #gate = :gate'} ADD #reason :one`,
      condition: 'attribute_not_exists(#nonce) OR #nonce <> :nonce',
      names: {
        '#nonce': 'nonce',
        '#ttl': 'ttl',
        '#reason': reason,
        ...(gate !== undefined && { '#gate': 'gate' }),
      },
      values: {
        ':nonce': nonce,
        ':ttl': epochSeconds(now) + keptSeconds,
        ':one': 1,
        ...(gate !== undefined && { ':gate': gate }),
      },
    });
  },

  /** All counts of a session, a second or so old. */
  async ofSession(sessionId: string): Promise<readonly ScannerRefusals[]> {
    const found: ScannerRefusals[] = [];
    let from: Readonly<Record<string, unknown>> | undefined;
    do {
      const page = await table.query<ScannerRefusals & Key>({
        pk: listKey(sessionId),
        limit: pageSize,
        ...(from && { from }),
      });
      found.push(...page.items);
      from = page.next;
    } while (from !== undefined);
    return found;
  },
});

export type Refusals = ReturnType<typeof openRefusals>;

const sumOf = (numbers: readonly number[]): number => numbers.reduce((sum, number) => sum + number, 0);

const refusedBy = (scanner: ScannerRefusals): number =>
  sumOf(refusalReason.options.map((reason) => scanner[reason] ?? 0));

/** What was refused, in all, for each reason and at each gate, the most frequent first. */
export const refusedOf = (scanners: readonly ScannerRefusals[]) => {
  const byReason = refusalReason.options
    .map((reason) => ({ reason, refused: sumOf(scanners.map((scanner) => scanner[reason] ?? 0)) }))
    .filter(({ refused }) => refused > 0)
    .toSorted((one, other) => other.refused - one.refused);
  const byGate = new Map(
    [...Map.groupBy(scanners, ({ gate }) => gate)].map(
      ([gate, atGate]) => [gate, sumOf(atGate.map(refusedBy))] as const,
    ),
  );
  return { refused: sumOf(byReason.map(({ refused }) => refused)), byReason, byGate };
};
