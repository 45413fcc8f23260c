/** Of keys only: what belongs to a session in the order it was made (orders, answers to its invitation), and lists of the refunds that follow from its end. */
export const sessionIndex = { name: 'bySession', pk: 'gsi1pk', sk: 'gsi1sk' } as const;

/**
 * Of keys only: the orders that something may still be due to. What sorts it is there anyway, and its mark is short: an order of
 * one place has to stay within a kilobyte, or each of its writes costs a unit more.
 */
export const outstandingIndex = { name: 'outstanding', pk: 'due', sk: 'createdAt' } as const;
