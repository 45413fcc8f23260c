import * as z from 'zod';
import type { Fault } from '../platform/answer.ts';
import { faultsOf, pointerOf } from '../platform/request.ts';
import { uploadKinds } from '../platform/upload-kinds.ts';

/** Most seats and general-admission places a plan may have. */
export const maxPlaces = 40_000;

/** Largest plan document, in bytes of UTF-8. */
export const maxPlanBytes = uploadKinds['seating-plan'].maxBytes;

/** Pixels; far beyond any hall, and small enough that sums of three stay exact to the tenth. */
const coordinate = z.number().min(-1_000_000).max(1_000_000);
const position = z.strictObject({ x: coordinate, y: coordinate });
const text = z.string().max(255);
const size = z.strictObject({ width: z.int().min(0), height: z.int().min(0) });

/** What Fairground adds to a seat, under a key of its own. */
const seatExtension = z.strictObject({
  accessible: z
    .boolean()
    .optional()
    .meta({ description: 'Wheelchair place; given out last by best available.' }),
});

/** What Fairground adds to an area: people stand there, so many of them, in that category. */
const areaExtension = z.strictObject({
  generalAdmission: z.strictObject({
    name: text.min(1),
    category: text.min(1),
    capacity: z.int().min(1).max(maxPlaces),
  }),
});

const seat = z.strictObject({
  seat_guid: z.string().min(1).max(64),
  seat_number: text,
  position,
  category: text,
  uuid: text.optional(),
  radius: z.number().min(0).optional(),
  start_direction: z.string().max(32).nullable().optional(),
  fairground: seatExtension.optional(),
});

const row = z.strictObject({
  row_number: text,
  row_label: text.nullable().optional(),
  seat_label: text.nullable().optional(),
  uuid: text.optional(),
  position: position.optional(),
  row_number_position: z.enum(['start', 'end', 'both']).nullable().optional(),
  seats: z.array(seat),
});

const area = z.strictObject({
  shape: z.enum(['polygon', 'rectangle', 'ellipse', 'circle', 'text']).optional(),
  color: z.string().max(64).optional(),
  border_color: z.string().max(64).optional(),
  rotation: z.number().optional(),
  position: position.optional(),
  uuid: text.optional(),
  polygon: z.strictObject({ points: z.array(position).max(1_000) }).optional(),
  rectangle: size.optional(),
  ellipse: z.strictObject({ radius: position }).optional(),
  circle: z.strictObject({ radius: z.number().min(0) }).optional(),
  text: z
    .strictObject({
      position: position.optional(),
      color: z.string().max(64).optional(),
      text,
      size: z.number().min(0).optional(),
    })
    .optional(),
  fairground: areaExtension.optional(),
});

const zone = z.strictObject({
  name: text.optional(),
  zone_id: text.optional(),
  uuid: text.optional(),
  position,
  rows: z.array(row).max(5_000),
  areas: z.array(area).max(1_000).optional(),
});

/**
 * A seating plan in pretix’s format: plan → zones → rows → seats, categories by name, unknown properties
 * refused. Ours are the optional properties under `fairground` (docs/guides/sell-a-hall.md).
 */
export const seatingPlan = z
  .strictObject({
    name: text.min(1),
    size: size.optional(),
    categories: z.array(z.strictObject({ name: text.min(1), color: z.string().max(64).optional() })).max(100),
    zones: z.array(zone).max(1_000),
  })
  .meta({ id: 'SeatingPlan' });

export type SeatingPlan = z.output<typeof seatingPlan>;

export type PlanCheck =
  | { readonly ok: true; readonly plan: SeatingPlan }
  | { readonly ok: false; readonly faults: readonly Fault[] };

/** More objects and lists than 40,000 seats in rows of one can need: such a document is not looked into. */
const maxObjects = 300_000;

/**
 * Checks a plan document: its form and its sense, everything at once. Faults of form come first, and the
 * kinds take turns, so that a hundred repeats of one cannot hide another.
 * Codes: those of the form, UNKNOWN_CATEGORY, DUPLICATE_CATEGORY, DUPLICATE_SEAT, DUPLICATE_UUID,
 * DUPLICATE_ZONE, EMPTY_ROW, TOO_MANY_PLACES, NO_PLACES, MIXED_CATEGORY, TOO_MANY_OBJECTS.
 */
export const checkPlan = (document: unknown): PlanCheck => {
  if (hasMoreObjectsThan(maxObjects, document)) {
    const detail = `A plan may have ${maxObjects} objects and lists in all.`;
    return { ok: false, faults: [{ in: 'body', pointer: '', code: 'TOO_MANY_OBJECTS', detail }] };
  }
  const sense = senseFaults(document);
  // Judging the form of more seats than a plan may have would cost more than it tells.
  if (sense.some((fault) => fault.code === 'TOO_MANY_PLACES'))
    return { ok: false, faults: interleaved(sense) };
  const result = seatingPlan.safeParse(document, { reportInput: false });
  if (result.success && sense.length === 0) return { ok: true, plan: result.data };
  const form = result.success ? [] : faultsOf(result.error.issues, 'body');
  return { ok: false, faults: interleaved([...form, ...sense]) };
};

/** Counted with a list of our own, since a document may be nested deeper than the stack. */
const hasMoreObjectsThan = (limit: number, document: unknown): boolean => {
  const pending: unknown[] = [document];
  let objects = 0;
  while (pending.length > 0) {
    const value = pending.pop();
    if (typeof value !== 'object' || value === null) continue;
    objects += 1;
    if (objects > limit) return true;
    for (const key in value) {
      const child = (value as Record<string, unknown>)[key];
      if (typeof child === 'object' && child !== null) pending.push(child);
    }
  }
  return false;
};

/** Deeper than any plan: what nests further is refused before anything walks it recursively. */
const maxDepth = 32;

/** Whether a document nests no deeper than a plan can. */
export const isShallow = (document: unknown): boolean => {
  let level: readonly unknown[] = [document];
  for (let depth = 0; level.length > 0; depth += 1) {
    if (depth > maxDepth) return false;
    level = level.flatMap((value) =>
      typeof value === 'object' && value !== null ? Object.values(value) : [],
    );
  }
  return true;
};

// Members of a document whose form may be broken.
const list = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);
const property = (value: unknown, name: string): unknown =>
  typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[name] : undefined;

const senseFaults = (document: unknown): readonly Fault[] => {
  const faults: Fault[] = [];
  const fault = (code: string, path: readonly PropertyKey[], detail: string): void => {
    faults.push({ in: 'body', pointer: pointerOf(path), code, detail });
  };

  const categories = new Map<unknown, 'unused' | 'seats' | 'generalAdmission'>();
  for (const [index, category] of list(property(document, 'categories')).entries()) {
    const name = property(category, 'name');
    if (categories.has(name)) {
      fault(
        'DUPLICATE_CATEGORY',
        ['categories', index, 'name'],
        `The category ${quote(name)} is defined twice.`,
      );
    }
    categories.set(name, 'unused');
  }

  const use = (name: unknown, as: 'seats' | 'generalAdmission', path: readonly PropertyKey[]): void => {
    if (typeof name !== 'string') return;
    const used = categories.get(name);
    if (used === undefined) {
      fault('UNKNOWN_CATEGORY', path, `The category ${quote(name)} is not among the plan’s categories.`);
    } else if (used !== 'unused' && used !== as) {
      fault('MIXED_CATEGORY', path, `The category ${quote(name)} has both seats and standing places.`);
    } else {
      categories.set(name, as);
    }
  };

  const firstUses = {
    seat_guid: new Map<string, string>(),
    uuid: new Map<string, string>(),
    zone_id: new Map<string, string>(),
  };
  const unique = (
    code: string,
    name: keyof typeof firstUses,
    object: unknown,
    path: readonly PropertyKey[],
  ): void => {
    const value = property(object, name);
    if (typeof value !== 'string') return;
    const first = firstUses[name].get(value);
    if (first === undefined) firstUses[name].set(value, pointerOf(path));
    else fault(code, [...path, name], `The ${name} ${quote(value)} is already used at ${first}.`);
  };

  let places = 0;
  for (const [z, zoneValue] of list(property(document, 'zones')).entries()) {
    unique('DUPLICATE_ZONE', 'zone_id', zoneValue, ['zones', z]);
    unique('DUPLICATE_UUID', 'uuid', zoneValue, ['zones', z]);
    for (const [r, rowValue] of list(property(zoneValue, 'rows')).entries()) {
      const rowPath = ['zones', z, 'rows', r];
      unique('DUPLICATE_UUID', 'uuid', rowValue, rowPath);
      const seats = property(rowValue, 'seats');
      if (Array.isArray(seats) && seats.length === 0) {
        fault('EMPTY_ROW', [...rowPath, 'seats'], 'A row must have seats.');
      }
      for (const [s, seatValue] of list(seats).entries()) {
        const path = [...rowPath, 'seats', s];
        unique('DUPLICATE_SEAT', 'seat_guid', seatValue, path);
        unique('DUPLICATE_UUID', 'uuid', seatValue, path);
        use(property(seatValue, 'category'), 'seats', [...path, 'category']);
        places += 1;
      }
    }
    for (const [a, areaValue] of list(property(zoneValue, 'areas')).entries()) {
      unique('DUPLICATE_UUID', 'uuid', areaValue, ['zones', z, 'areas', a]);
      const admission = property(property(areaValue, 'fairground'), 'generalAdmission');
      const path = ['zones', z, 'areas', a, 'fairground', 'generalAdmission'];
      use(property(admission, 'category'), 'generalAdmission', [...path, 'category']);
      const capacity = property(admission, 'capacity');
      if (typeof capacity === 'number') places += capacity;
    }
  }
  if (places > maxPlaces)
    fault('TOO_MANY_PLACES', ['zones'], `${places} places; a plan may have ${maxPlaces}.`);
  if (places === 0) fault('NO_PLACES', ['zones'], 'The plan has neither seats nor standing places.');
  return faults;
};

const quote = (value: unknown): string => JSON.stringify(value)?.slice(0, 80) ?? String(value);

/** One fault of each code in turn. */
const interleaved = (faults: readonly Fault[]): readonly Fault[] => {
  const byCode = [...Map.groupBy(faults, (fault) => fault.code).values()];
  const rounds = Math.max(0, ...byCode.map((group) => group.length));
  return Array.from({ length: rounds }, (_, round) => byCode.flatMap((group) => group[round] ?? [])).flat();
};
