import { counted } from './check.ts';
import type { Ledger } from './ledger.ts';
import { counts, foundLater, letIn, type Scan } from './proof-door.ts';
import { countBy, percentile } from './statistics.ts';

type Say = (line: string) => void;

/** Requests of the sale by what they came to, and orders by how they were paid and how they ended. */
export const reportSale = ({ attempts, holds, purchases, done }: Ledger, seconds: number, say: Say): void => {
  say(
    `${done} customers through in ${seconds.toFixed(1)} s: ${holds.length} holds, ${purchases.length} orders, ${attempts.length} requests`,
  );
  for (const [what] of countBy(attempts.map((attempt) => attempt.what))) {
    const ms = attempts.filter((attempt) => attempt.what === what).map((attempt) => attempt.ms);
    const at = (share: number) => `${percentile(ms, share).toFixed(0)} ms`.padStart(9);
    say(
      `  ${what.padEnd(22)}${String(ms.length).padStart(7)}   p50${at(0.5)}  p95${at(0.95)}  p99${at(0.99)}`,
    );
  }
  const byMethod = Map.groupBy(purchases, ({ method }) => method);
  for (const [method, orders] of [...byMethod].toSorted(([, a], [, b]) => b.length - a.length))
    say(`  ${method.padEnd(15)} ${counted(countBy(orders.map(({ ended }) => ended?.how ?? 'open')))}`);
};

/** What each gate did, and what the log of the one without a connection brought to light. */
export const reportDoor = (scans: readonly Scan[], seconds: number, say: Say): void => {
  say(`${scans.length} guests through in ${seconds.toFixed(1)} s`);
  for (const [gate, all] of [...Map.groupBy(scans, ({ gate: name }) => name)].toSorted(([a], [b]) =>
    a.localeCompare(b),
  )) {
    const refused = all.filter((scan) => !letIn(scan)).map(({ answers }) => answers[0] ?? '');
    const name = all.some(({ isOffline }) => isOffline) ? `${gate}, offline` : gate;
    say(`  ${name.padEnd(15)} ${counted([['let in', all.filter(letIn).length], ...countBy(refused)])}`);
  }
  const uploaded = scans.filter(({ uploads }) => uploads.length > 0);
  const said = uploaded.map((scan) =>
    foundLater(scan) ? `${scan.uploads[0]} since` : counts(scan) ? (scan.uploads[0] ?? '') : '',
  );
  say(`  its log says:   ${counted(countBy(said))}`);
};
