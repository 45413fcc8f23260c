/**
 * Writes a seating plan (pretix format) of a stadium with any number of seats, for load tests and demos.
 *
 *   npm run generate-plan -- [--seats 40000] [--name "…"] [--out plan.json]
 *
 * Without --out the plan goes to standard output. The same arguments give the same bytes.
 */
import { writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';

interface Position {
  readonly x: number;
  readonly y: number;
}

export interface GeneratedSeat {
  readonly seat_guid: string;
  readonly seat_number: string;
  readonly position: Position;
  readonly category: string;
  readonly fairground?: { readonly accessible: true };
}

export interface GeneratedPlan {
  readonly name: string;
  readonly size: { readonly width: number; readonly height: number };
  readonly categories: readonly { readonly name: string; readonly color: string }[];
  readonly zones: readonly {
    readonly name: string;
    readonly zone_id: string;
    readonly position: Position;
    readonly rows: readonly {
      readonly row_number: string;
      readonly row_number_position: 'start';
      readonly position: Position;
      readonly seats: readonly GeneratedSeat[];
    }[];
    readonly areas: readonly object[];
  }[];
}

/** Pixels per metre: a seat of half a metre is as wide as pretix draws one (radius 10). */
const metre = 40;
const seatWidth = 0.5 * metre;
const rowDepth = 0.8 * metre;
const aisleWidth = 1.2 * metre;
const tierGap = 4 * metre;
const firstRowDistance = 8 * metre;
const sectorWidth = 15 * metre;
/** What a stadium of this many seats measures; smaller ones shrink with the square root. */
const fullSize = { seats: 40_000, pitchLength: 105 * metre, pitchWidth: 68 * metre };

const tiers = [
  { name: 'Lower', share: 0.38 },
  { name: 'Middle', share: 0.2 },
  { name: 'Upper', share: 0.42 },
] as const;

type Stand = 'Main stand' | 'Opposite stand' | 'North end' | 'South end' | 'Corner';

/** Part of a tier between two aisles; `seatsOf` gives the places of a row at a distance from the pitch. */
interface Sector {
  readonly stand: Stand;
  readonly central: boolean;
  readonly seatsOf: (distance: number) => readonly Position[];
}

interface SectorRow {
  readonly sector: number;
  readonly number: number;
  readonly seats: Position[];
}

const colors: Readonly<Record<string, string>> = {
  'Main stand centre': '#b8860b',
  'Lower sides': '#c0392b',
  'Lower ends': '#e67e22',
  'Lower corners': '#f1c40f',
  'Middle sides': '#8e44ad',
  'Middle ends': '#9b59b6',
  'Middle corners': '#d2b4de',
  'Upper sides': '#1f618d',
  'Upper ends': '#2e86c1',
  'Upper corners': '#85c1e9',
};

/** A stadium of exactly `seats` seats around a pitch: three tiers, straight stands and curved corners. */
export const generateStadium = (seats: number, name = `Stadium of ${seats} seats`): GeneratedPlan => {
  if (!Number.isInteger(seats) || seats < 1) throw new Error(`A stadium has 1 seat or more, not ${seats}`);
  const scale = Math.max(0.1, Math.min(1, Math.sqrt(seats / fullSize.seats)));
  const pitch = { length: fullSize.pitchLength * scale, width: fullSize.pitchWidth * scale };

  let rowCount = tiers.length;
  let bowl = layOut(pitch, rowCount);
  while (capacityOf(bowl) < seats) {
    rowCount += 1;
    bowl = layOut(pitch, rowCount);
  }
  trim(bowl, capacityOf(bowl) - seats);

  const depth = Math.max(...bowl.map((tier) => tier.outerDistance)) + 2 * metre;
  const size = { width: Math.ceil(pitch.length + 2 * depth), height: Math.ceil(pitch.width + 2 * depth) };
  const centre = { x: size.width / 2, y: size.height / 2 };
  const used = new Set<string>();

  const zones = bowl.flatMap((tier, tierIndex) =>
    tier.sectors.flatMap((sector, sectorIndex) => {
      const id = String((tierIndex + 1) * 100 + sectorIndex + 1);
      const rows = tier.rows.filter((row) => row.sector === sectorIndex && row.seats.length > 0);
      const first = rows[0]?.seats[0];
      if (first === undefined) return [];
      const category = categoryOf(tier.name, sector);
      used.add(category);
      return [
        {
          name: `${tier.name} tier ${id}, ${sector.stand.toLowerCase()}`,
          zone_id: id,
          position: rounded({ x: centre.x + first.x, y: centre.y + first.y }),
          rows: rows.map((row) => {
            const start = row.seats[0] as Position;
            return {
              row_number: String(row.number),
              row_number_position: 'start' as const,
              position: rounded({ x: start.x - first.x, y: start.y - first.y }),
              seats: row.seats.map((seat, index) => ({
                seat_guid: `${id}-${row.number}-${index + 1}`,
                seat_number: String(index + 1),
                position: rounded({ x: seat.x - start.x, y: seat.y - start.y }),
                category,
                // The front row of a sector is step-free; its first two places have room for a wheelchair.
                ...(tierIndex === 0 && row.number === 1 && index < 2 && accessible),
              })),
            };
          }),
          areas: [] as object[],
        },
      ];
    }),
  );
  const firstZone = zones[0];
  if (firstZone !== undefined) firstZone.areas.push(pitchArea(pitch, firstZone.position, centre));

  const categories = Object.entries(colors).flatMap(([category, color]) =>
    used.has(category) ? [{ name: category, color }] : [],
  );
  return { name, size, categories, zones };
};

const accessible = { fairground: { accessible: true } } as const;

interface Tier {
  readonly name: (typeof tiers)[number]['name'];
  readonly sectors: readonly Sector[];
  /** Ring by ring from the pitch outwards. */
  readonly rows: SectorRow[];
  readonly outerDistance: number;
}

const layOut = (pitch: { length: number; width: number }, rowCount: number): readonly Tier[] => {
  let distance = firstRowDistance;
  let rowsLeft = rowCount;
  return tiers.map(({ name, share }, index) => {
    const isLast = index === tiers.length - 1;
    const rowsHere = isLast ? rowsLeft : Math.max(1, Math.round(rowCount * share));
    rowsLeft -= rowsHere;
    const sectors = sectorsAt(pitch, distance);
    const rows: SectorRow[] = [];
    for (let row = 0; row < rowsHere; row += 1) {
      for (const [sector, { seatsOf }] of sectors.entries()) {
        rows.push({ sector, number: row + 1, seats: [...seatsOf(distance + row * rowDepth)] });
      }
    }
    distance += rowsHere * rowDepth + tierGap;
    return { name, sectors, rows, outerDistance: distance };
  });
};

/** Sectors of a tier whose first row is this far from the pitch, best first: sides before ends before corners. */
const sectorsAt = (pitch: { length: number; width: number }, distance: number): readonly Sector[] => {
  const halfLength = pitch.length / 2;
  const halfWidth = pitch.width / 2;
  const straight = (stand: Stand, length: number, place: (along: number, out: number) => Position) => {
    const count = Math.max(1, Math.round(length / sectorWidth));
    const width = length / count;
    return centreOutwards(count).map((slot): Sector => {
      const middle = (slot + 0.5) * width - length / 2;
      return {
        stand,
        central: Math.abs(middle) <= 1.2 * width,
        seatsOf: (out) => {
          const seats = Math.max(1, Math.floor((width - aisleWidth) / seatWidth));
          return spread(seats, (offset) => place(middle + offset * seatWidth, out));
        },
      };
    });
  };
  const corner = (x: number, y: number, fromAngle: number) => {
    const quarter = Math.PI / 2;
    const count = Math.max(1, Math.round((quarter * distance) / sectorWidth));
    const sweep = quarter / count;
    return Array.from({ length: count }, (_, slot): Sector => {
      const middle = fromAngle + (slot + 0.5) * sweep;
      return {
        stand: 'Corner',
        central: false,
        seatsOf: (out) => {
          const seats = Math.max(1, Math.floor((sweep * out - aisleWidth) / seatWidth));
          return spread(seats, (offset) => {
            const angle = middle + (offset * seatWidth) / out;
            return { x: x + out * Math.cos(angle), y: y + out * Math.sin(angle) };
          });
        },
      };
    });
  };
  return [
    ...straight('Main stand', pitch.length, (along, out) => ({ x: along, y: -halfWidth - out })),
    ...straight('Opposite stand', pitch.length, (along, out) => ({ x: -along, y: halfWidth + out })),
    ...straight('North end', pitch.width, (along, out) => ({ x: -halfLength - out, y: -along })),
    ...straight('South end', pitch.width, (along, out) => ({ x: halfLength + out, y: along })),
    ...corner(halfLength, -halfWidth, -Math.PI / 2),
    ...corner(halfLength, halfWidth, 0),
    ...corner(-halfLength, halfWidth, Math.PI / 2),
    ...corner(-halfLength, -halfWidth, Math.PI),
  ];
};

/** 0 … count−1 from the middle outwards: 5 → 2, 1, 3, 0, 4. */
const centreOutwards = (count: number): readonly number[] =>
  Array.from({ length: count }, (_, slot) => slot).sort(
    (a, b) => Math.abs(a - (count - 1) / 2) - Math.abs(b - (count - 1) / 2) || a - b,
  );

/** `count` seats around the middle of a row, by their offset from it in seat widths. */
const spread = (count: number, at: (offset: number) => Position): readonly Position[] =>
  Array.from({ length: count }, (_, index) => at(index - (count - 1) / 2));

const capacityOf = (bowl: readonly Tier[]): number =>
  bowl.reduce((sum, tier) => sum + tier.rows.reduce((inTier, row) => inTier + row.seats.length, 0), 0);

/** Takes seats away from the end of the outermost rows. */
const trim = (bowl: readonly Tier[], surplus: number): void => {
  let left = surplus;
  for (const tier of [...bowl].reverse()) {
    for (const row of [...tier.rows].reverse()) {
      if (left === 0) return;
      const taken = Math.min(left, row.seats.length);
      row.seats.splice(row.seats.length - taken, taken);
      left -= taken;
    }
  }
};

const categoryOf = (tier: Tier['name'], { stand, central }: Sector): string => {
  if (tier === 'Lower' && stand === 'Main stand' && central) return 'Main stand centre';
  if (stand === 'Corner') return `${tier} corners`;
  return stand.endsWith('end') ? `${tier} ends` : `${tier} sides`;
};

const pitchArea = (pitch: { length: number; width: number }, zone: Position, centre: Position) => {
  const width = Math.round(pitch.length);
  const height = Math.round(pitch.width);
  return {
    shape: 'rectangle',
    color: '#4caf50',
    border_color: '#ffffff',
    rotation: 0,
    position: rounded({ x: centre.x - width / 2 - zone.x, y: centre.y - height / 2 - zone.y }),
    rectangle: { width, height },
    text: {
      text: 'Pitch',
      color: '#ffffff',
      size: 64,
      position: rounded({ x: width / 2, y: height / 2 }),
    },
  };
};

/** Tenths of a pixel are finer than anybody sees, and keep 40,000 seats well under 5 MB. */
const rounded = ({ x, y }: Position): Position => ({ x: tenth(x), y: tenth(y) });
const tenth = (value: number): number => Math.round(value * 10) / 10 || 0;

if (import.meta.main) {
  const { values } = parseArgs({
    options: {
      seats: { type: 'string', default: '40000' },
      name: { type: 'string' },
      out: { type: 'string' },
    },
  });
  const plan = generateStadium(Number(values.seats), values.name);
  const json = `${JSON.stringify(plan)}\n`;
  if (values.out === undefined) process.stdout.write(json);
  else {
    writeFileSync(values.out, json);
    console.error(
      `${values.out}: ${plan.name}, ${plan.zones.length} zones, ${Buffer.byteLength(json)} bytes`,
    );
  }
}
