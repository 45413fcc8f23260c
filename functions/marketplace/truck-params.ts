import * as z from 'zod';
import { truckId } from './truck.ts';

/** The path of a truck. */
export const truckParams = z.strictObject({ truckId });
