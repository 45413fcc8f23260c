import * as z from 'zod';

const timeOfDay = z
  .string()
  .regex(/^([01]\d|2[0-3]):[0-5]\d$/)
  .meta({ description: 'Local time of day.', example: '10:00' });

export const openingHours = z
  .array(
    z.strictObject({
      day: z.int().min(1).max(7).meta({ description: 'Day of the week, 1 is Monday (ISO 8601).' }),
      from: timeOfDay,
      to: timeOfDay.meta({ description: 'Not later than `from`: on the next day.' }),
    }),
  )
  .max(50)
  .meta({ id: 'OpeningHours', description: 'When the truck serves; an empty list means always.' });
export type OpeningHours = z.output<typeof openingHours>;
