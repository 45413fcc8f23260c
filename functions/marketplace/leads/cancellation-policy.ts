import * as z from 'zod';

/** What an organizer gets back of the deposit who cancels so many days before the event, the longest first. */
export const cancellationPolicy = z
  .array(z.strictObject({ daysBefore: z.int().min(0).max(365), refundPercent: z.int().min(0).max(100) }))
  .max(10)
  .refine(
    (steps) =>
      steps.every(({ daysBefore, refundPercent }, index) => {
        const earlier = steps[index - 1];
        return (
          earlier === undefined || (daysBefore < earlier.daysBefore && refundPercent <= earlier.refundPercent)
        );
      }),
    { error: 'Each step is nearer to the event than the one before, and gives back no more' },
  )
  .meta({ id: 'CancellationPolicy' });
export type CancellationPolicy = z.output<typeof cancellationPolicy>;

/** Of a truck that says nothing else. */
export const defaultCancellationPolicy: CancellationPolicy = [
  { daysBefore: 14, refundPercent: 100 },
  { daysBefore: 7, refundPercent: 50 },
];

const daySeconds = 24 * 60 * 60;

/**
 * Minor units of a captured deposit that a cancellation gives back: all of it when the truck calls off, else by the
 * first step that is reached, halves rounded up; nothing when none is.
 *
 * @param startsAt epoch seconds, like `now`.
 */
export const refundOf = (
  policy: CancellationPolicy,
  captured: number,
  by: 'organizer' | 'truck',
  startsAt: number,
  now: number,
): number => {
  if (by === 'truck') return captured;
  const step = policy.find(({ daysBefore }) => startsAt - now >= daysBefore * daySeconds);
  return Math.floor((captured * (step?.refundPercent ?? 0) + 50) / 100);
};
