const inAWeek = new Date(Date.now() + 7 * 86_400_000).toISOString();

/** 200 portions at 32.00 and the way at 250.00: 6,650.00 in all, a quarter in advance. */
export const quoteBody = {
  items: [{ name: 'Tacos', quantity: 200, unitPrice: { amount: 3_200, currency: 'RON' } }],
  travel: { amount: 25_000, currency: 'RON' },
  deposit: { percent: 25, withinMinutes: 60 },
  guaranteedMinimum: { amount: 500_000, currency: 'RON' },
  terms: 'Power of 16 A.',
  expiresAt: inAWeek,
};
