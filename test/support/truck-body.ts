/** A truck of Cluj that serves 150 km around: an hour of setup, half an hour of teardown. */
export const truckBody = {
  name: 'La Carreta',
  cuisines: ['mexican'],
  home: { city: 'Cluj-Napoca', lat: 46.7712, lon: 23.6236 },
  serviceArea: { radiusKm: 150 },
  guests: { min: 30, max: 400 },
  priceBand: 2,
  setupMinutes: 60,
  teardownMinutes: 30,
  timeZone: 'Europe/Bucharest',
};
