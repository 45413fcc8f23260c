import type { Purchase } from './ledger.ts';
import { counts, foundLater, letIn, type Scan } from './proof-door.ts';
import { escapeXml, round } from './svg.ts';

const width = 1_000;
const labelWidth = 120;
const laneHeight = 34;
const green = '#2e8b57';
const red = '#c0392b';
const orange = '#e08e0b';
const grey = '#8a94a0';
const ink = '#1c2733';

const colorOfEnd = (how: string | undefined): string =>
  how === 'confirmed' ? green : how === 'payment_failed' ? red : how === 'places_lost' ? orange : grey;

const colorOfScan = (scan: Scan): string =>
  foundLater(scan) ? red : scan.uploads.includes('conflict') ? orange : letIn(scan) ? green : red;

const text = (x: number, y: number, words: string, size = 14): string =>
  `<text x="${round(x)}" y="${round(y)}" font-size="${size}">${escapeXml(words)}</text>`;

/** A horizontal axis of whole seconds below a panel. */
const axis = (y: number, seconds: number, xOf: (seconds: number) => number): string => {
  const step = [1, 2, 5, 10, 20, 50, 100].find((each) => seconds / each <= 12) ?? 200;
  return Array.from({ length: Math.floor(seconds / step) + 1 }, (_, index) => index * step)
    .map(
      (second) =>
        `<path stroke="#d7dbe0" d="M${round(xOf(second))} ${y}v6"/>${text(xOf(second) - 4, y + 22, `${second} s`, 12)}`,
    )
    .join('');
};

const legend = (y: number, entries: readonly (readonly [string, string])[]): string =>
  entries
    .map(
      ([color, words], index) =>
        `<rect x="${labelWidth + index * 200}" y="${y - 11}" width="12" height="12" fill="${color}"/>${text(labelWidth + index * 200 + 18, y, words, 13)}`,
    )
    .join('');

/**
 * An SVG of two panels: each order as a line from the moment it was made to its end, and each scan as a stroke in
 * the lane of its gate.
 * @param doorsAt when the gates began, in epoch milliseconds.
 */
export const drawTimeline = (
  purchases: readonly Purchase[],
  scans: readonly Scan[],
  doorsAt: number,
): string => {
  const ended = purchases
    .flatMap(({ orderedAt, ended: end }) =>
      end === undefined ? [] : [{ from: orderedAt, to: end.at, how: end.how }],
    )
    .toSorted((a, b) => a.from - b.from);
  const lineHeight = Math.min(3, 420 / Math.max(1, ended.length));
  const top = 70;
  const ordersHeight = Math.max(60, lineHeight * ended.length);
  const saleSeconds = Math.max(1, ...ended.map(({ to }) => to / 1_000));
  const scale = (seconds: number) => (second: number) =>
    labelWidth + (second / seconds) * (width - labelWidth - 30);
  const saleX = scale(saleSeconds);
  const lines = ended.map(({ from, to, how }, index) => {
    const y = round(top + index * lineHeight + lineHeight / 2);
    return `<path stroke="${colorOfEnd(how)}" stroke-width="${round(Math.max(0.6, lineHeight * 0.8))}" d="M${round(saleX(from / 1_000))} ${y}H${round(Math.max(saleX(to / 1_000), saleX(from / 1_000) + 1))}"/>`;
  });

  const doorTop = top + ordersHeight + 110;
  const doorSeconds = Math.max(0.1, ...scans.map(({ at }) => (at - doorsAt) / 1_000));
  const doorX = scale(doorSeconds);
  const lanes = [...Map.groupBy(scans, ({ gate }) => gate)].toSorted(([a], [b]) => a.localeCompare(b));
  const doors = lanes.flatMap(([gate, all], lane) => {
    const y = doorTop + lane * laneHeight;
    const byColor = Map.groupBy(all, colorOfScan);
    return [
      text(10, y + 20, all.some(({ isOffline }) => isOffline) ? `${gate}, offline` : gate),
      ...[...byColor].map(
        ([color, same]) =>
          `<path stroke="${color}" stroke-width="1.5" d="${same.map(({ at }) => `M${round(doorX(Math.max(0, (at - doorsAt) / 1_000)))} ${y + 4}v${laneHeight - 12}`).join('')}"/>`,
      ),
    ];
  });
  const doorBottom = doorTop + lanes.length * laneHeight;
  const height = doorBottom + 60;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${round(height)}" width="${width}" height="${round(height)}" font-family="system-ui, sans-serif" fill="${ink}">`,
    '<title>The sale and the door</title>',
    '<rect width="100%" height="100%" fill="#ffffff"/>',
    text(10, 28, `${ended.length} orders, each from being made to its end`, 20),
    legend(52, [
      [green, 'confirmed'],
      [red, 'declined'],
      [grey, 'never paid'],
      [orange, 'places lost'],
    ]),
    ...lines,
    axis(top + ordersHeight + 4, saleSeconds, saleX),
    text(10, doorTop - 46, `${scans.length} scans at the door, ${scans.filter(counts).length} let in`, 20),
    legend(doorTop - 20, [
      [green, 'let in'],
      [orange, 'let in twice, reported'],
      [red, 'refused, or found later'],
    ]),
    ...doors,
    axis(doorBottom + 4, doorSeconds, doorX),
    '</svg>',
    '',
  ].join('\n');
};
