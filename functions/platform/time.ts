import * as z from 'zod';

/** An instant in UTC, ISO 8601 with `Z`, e.g. `2026-11-20T18:00:00Z`. */
export const instant = z.iso
  .datetime({ offset: false })
  .meta({ description: 'Instant in UTC (ISO 8601).', example: '2026-11-20T18:00:00Z' });

/** An IANA time zone that the runtime knows, e.g. `Europe/Bucharest`. */
export const timeZone = z
  .string()
  .max(64)
  .refine(isTimeZone, { error: 'An IANA time zone, e.g. Europe/Bucharest' })
  .meta({ description: 'IANA time zone.', example: 'Europe/Bucharest' });

function isTimeZone(name: string): boolean {
  // Offsets such as +02:00 are accepted by Intl but know no daylight saving.
  if (!/^[A-Za-z]/.test(name)) return false;
  try {
    new Intl.DateTimeFormat('en', { timeZone: name });
    return true;
  } catch {
    return false;
  }
}

/** Whole seconds since the epoch, as claims and TTL attributes keep them. */
export const epochSeconds = (date: Date): number => Math.floor(date.getTime() / 1_000);
