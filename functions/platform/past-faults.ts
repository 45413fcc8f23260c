import type { Fault } from './answer.ts';

/** What is wrong with a beginning, at `/startsAt` of a body, that is not still to come; nothing when it is. */
export const pastFaults = (startsAt: string, now: Date): readonly Fault[] =>
  Date.parse(startsAt) > now.getTime()
    ? []
    : [
        {
          in: 'body',
          pointer: '/startsAt',
          code: 'IN_THE_PAST',
          detail: 'Give it dates that are still to come.',
        },
      ];
