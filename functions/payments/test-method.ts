import * as z from 'zod';

/** Ways to pay at the test provider; each does what its name says, always. */
export const testMethod = z.enum(['card_ok', 'card_declined', 'card_slow', 'card_never', 'card_late']);
export type TestMethod = z.output<typeof testMethod>;
