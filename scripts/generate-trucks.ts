/**
 * Writes the food trucks of the demo from permits of San Francisco and towns of Romania (local/demo/data/SOURCES.md).
 *
 *   npm run generate-trucks -- --data DIR [--seed trucks-5] [--out local/demo/data/trucks.json]
 *
 * DIR holds `food/sf_mobile_food_facility_permit.csv`, `food/sf_vendor_items.csv` and `cities/geonames_ro.csv`. The
 * same files and seed give the same bytes.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { parse } from 'csv-parse/sync';
import * as z from 'zod';
import { trucksFile } from '../local/demo/trucks.ts';
import { makeTrucks } from './demo-trucks/trucks.ts';

const text = z.string();
const permit = z.object({ Applicant: text, FacilityType: text });
const vendorItem = z.object({ applicant: text, item: text });
const geoName = z.object({
  name: text,
  admin1_code: text,
  feature_code: text,
  population: text,
  lat: text,
  lon: text,
});

const { values } = parseArgs({
  options: {
    data: { type: 'string' },
    seed: { type: 'string', default: 'trucks-5' },
    out: { type: 'string', default: trucksFile },
  },
});
const { data, seed, out } = values;
if (data === undefined) {
  console.error('npm run generate-trucks -- --data DIR [--seed TEXT] [--out FILE]');
  process.exit(2);
}
const rows = <T>(file: string, row: z.ZodType<T>): readonly T[] =>
  z.array(row).parse(parse(readFileSync(path.join(data, file)), { columns: true, bom: true }));

const { trucks, ...rest } = makeTrucks(
  {
    permits: rows('food/sf_mobile_food_facility_permit.csv', permit),
    items: rows('food/sf_vendor_items.csv', vendorItem),
    places: rows('cities/geonames_ro.csv', geoName),
  },
  seed,
);
// A truck a line.
const head = JSON.stringify(rest, undefined, 2).replace(/\n\}$/, '');
const json = `${head},\n  "trucks": [\n${trucks.map((truck) => `    ${JSON.stringify(truck)}`).join(',\n')}\n  ]\n}\n`;
writeFileSync(out, json);
console.error(`${out}: ${trucks.length} trucks of ${rest.firms.length} firms, seed ${seed}`);
