import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import * as z from 'zod';
import { routes } from '../../functions/routes.ts';

/** What `npm run generate-trucks` writes: bodies of requests, by the API’s own schemas. */
const demoTruck = z.strictObject({
  /** Id of the firm that runs it. */
  firm: z.string(),
  /** Who asked for the permit that name and dishes are from. */
  source: z.string(),
  truck: routes.createTruck.body,
  menu: routes.putMenu.body,
});
export type DemoTruck = z.output<typeof demoTruck>;

const truckDemo = z.strictObject({
  about: z.array(z.string()),
  seed: z.string(),
  firms: z.array(z.strictObject({ id: z.string(), name: z.string() })),
  trucks: z.array(demoTruck),
});
export type TruckDemo = z.output<typeof truckDemo>;

export const trucksFile = fileURLToPath(new URL('./data/trucks.json', import.meta.url));

/** The food trucks of the demo. */
export const readTrucks = (): TruckDemo => truckDemo.parse(JSON.parse(readFileSync(trucksFile, 'utf8')));
