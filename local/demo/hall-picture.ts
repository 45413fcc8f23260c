import { escapeXml, round } from './svg.ts';

/** What a picture needs of a layout (GET /sessions/{id}/plan). */
export interface PicturedLayout {
  readonly name: string;
  readonly size: { readonly width: number; readonly height: number };
  readonly zones: readonly {
    readonly rows: readonly {
      readonly seats: readonly { readonly guid: string; readonly x: number; readonly y: number }[];
    }[];
  }[];
  readonly areas?: unknown;
}

interface Rectangle {
  readonly shape?: string;
  readonly x: number;
  readonly y: number;
  readonly color?: string;
  readonly rectangle?: { readonly width: number; readonly height: number };
  readonly text?: { readonly text: string };
}

const seatDiameter = 18;
const captionHeight = 110;
const freeColor = '#d7dbe0';

/**
 * An SVG of the hall: each owner’s seats in a colour of their own, free ones grey. Neighbouring owners get
 * colours far apart (golden angle), and the seats of one owner are one path, so that 40,000 stay small.
 */
export const drawHall = (
  layout: PicturedLayout,
  ownerOf: ReadonlyMap<string, string>,
  caption: string,
): string => {
  const seats = layout.zones.flatMap(({ rows }) => rows.flatMap((row) => row.seats));
  const width = Math.max(layout.size.width, ...chunkMax(seats.map(({ x }) => x))) + 40;
  const height = Math.max(layout.size.height, ...chunkMax(seats.map(({ y }) => y))) + 40;
  const scale = Math.max(1, width / 1_400);

  const byOwner = new Map<string, string[]>();
  const free: string[] = [];
  for (const { guid, x, y } of seats) {
    // A line of no length with round ends is a circle, in a dozen characters.
    const dot = `M${x} ${y}h0`;
    const owner = ownerOf.get(guid);
    if (owner === undefined) free.push(dot);
    else byOwner.set(owner, [...(byOwner.get(owner) ?? []), dot]);
  }
  const paths = [...byOwner.values()].map(
    (dots, index) => `<path stroke="${colorOf(index)}" d="${dots.join('')}"/>`,
  );

  const total = height + captionHeight * scale;
  const legend = [
    ...Array.from({ length: 6 }, (_, index) => ({ x: 12 + index * 22, color: colorOf(index) })),
    { x: 360, color: freeColor },
  ];
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${round(width)} ${round(total)}" width="${round(width / scale)}" height="${round(total / scale)}" font-family="system-ui, sans-serif">`,
    `<title>${escapeXml(layout.name)}</title>`,
    '<rect width="100%" height="100%" fill="#ffffff"/>',
    ...areasOf(layout).map(drawArea),
    `<g fill="none" stroke-width="${seatDiameter}" stroke-linecap="round">`,
    `<path stroke="${freeColor}" d="${free.join('')}"/>`,
    ...paths,
    '</g>',
    `<g transform="translate(${20 * scale} ${round(height)}) scale(${round(scale)})" fill="#1c2733">`,
    `<text y="26" font-size="24" font-weight="600">${escapeXml(layout.name)}</text>`,
    `<text y="54" font-size="17">${escapeXml(caption)}</text>`,
    ...legend.map(({ x, color }) => `<circle cx="${x}" cy="80" r="9" fill="${color}"/>`),
    '<text x="150" y="86" font-size="15">one colour, one hold</text>',
    '<text x="378" y="86" font-size="15">free</text>',
    '</g>',
    '</svg>',
    '',
  ].join('\n');
};

/** Spreading 40,000 numbers over one call’s arguments would be too many. */
const chunkMax = (values: readonly number[]): readonly number[] => [
  values.reduce((most, value) => Math.max(most, value), 0),
];

/** Hues by the golden angle: colours that follow each other are far apart, and none repeats soon. */
const colorOf = (index: number): string =>
  `hsl(${Math.round((index * 137.508) % 360)} ${60 + (index % 3) * 12}% ${40 + (index % 4) * 7}%)`;

const areasOf = ({ areas }: PicturedLayout): readonly Rectangle[] =>
  Array.isArray(areas) ? (areas as Rectangle[]).filter(({ shape }) => shape === 'rectangle') : [];

const drawArea = ({ x, y, color, rectangle, text }: Rectangle): string => {
  const { width = 0, height = 0 } = rectangle ?? {};
  const fill = /^#[0-9a-f]{3,8}$/i.test(color ?? '') ? color : '#eeeeee';
  const label =
    text === undefined
      ? ''
      : `<text x="${x + width / 2}" y="${y + height / 2}" font-size="${round(Math.max(20, height / 12))}" text-anchor="middle" dominant-baseline="middle" fill="#39424e">${escapeXml(text.text)}</text>`;
  return `<rect x="${x}" y="${y}" width="${width}" height="${height}" fill="${fill}" stroke="#9aa5b1"/>${label}`;
};
