const daySeconds = 86_400;
const inThreeMonths = (Math.floor(Date.now() / (daySeconds * 1_000)) + 90) * daySeconds;
const hour = (of: number): string => new Date((inThreeMonths + of * 3_600) * 1_000).toISOString();

/** Food for 200 in Cluj, from 10:00 to 14:00 UTC, three months from today. */
export const briefBody = {
  name: 'Company picnic',
  venue: { city: 'Cluj-Napoca', lat: 46.7712, lon: 23.6236 },
  startsAt: hour(10),
  endsAt: hour(14),
  guests: 200,
};
