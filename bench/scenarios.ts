import { load } from './load.ts';
import { expectCount, measured, onlyStatuses, type Scenario } from './measured.ts';
import { checkIns, fiveHundredCustomers, flows } from './order-scenarios.ts';
import { type BenchSession, holdRequest, seatsRequest } from './platform.ts';

/** Holds of one given seat each, every one free, so that each request is a hold. */
const givenSeats = (connections: number): Scenario => ({
  name: `hold one given seat, ${connections} connection${connections === 1 ? '' : 's'}`,
  what: 'a free seat of a hall of 40,000 each time',
  async run(platform, seconds) {
    const { sessionId, seats } = await platform.sellStadium(40_000);
    return measured(
      platform,
      () =>
        load({
          origin: platform.origin,
          connections,
          seconds,
          next: (count) => {
            const seat = seats[count];
            return seat === undefined ? undefined : holdRequest(sessionId, { seats: [seat] });
          },
        }),
      (result) => {
        onlyStatuses(result, 201);
        return 'every request is a hold';
      },
    );
  },
});

const storm: Scenario = {
  name: 'storm: 2,000 buyers on 100 seats, 200 connections',
  what: 'each asks for one of the same hundred seats',
  async run(platform) {
    const { sessionId, seats } = await platform.sellStadium(100);
    return measured(
      platform,
      () =>
        load({
          origin: platform.origin,
          connections: 200,
          next: (count) =>
            count < 2_000 ? holdRequest(sessionId, { seats: [seats[count % seats.length]] }) : undefined,
        }),
      (result) => {
        onlyStatuses(result, 201, 409);
        expectCount('holds', result.statuses[201] ?? 0, 100);
        return '100 hold, 1,900 are told which seat is taken';
      },
    );
  },
};

/** Buyers who all want the best; the last ones find nothing. */
const herd = (seats: number, buyers: number): Scenario => ({
  name: `herd: ${buyers.toLocaleString('en')} buyers of the best four of ${seats.toLocaleString('en')}, 160 connections`,
  what: 'best available of one ticket type after the other',
  async run(platform) {
    const session = await platform.sellStadium(seats);
    const places = new Set<string>();
    let held = 0;
    return measured(
      platform,
      () =>
        load({
          origin: platform.origin,
          connections: 160,
          next: (count) =>
            count < buyers
              ? holdRequest(session.sessionId, {
                  ticketTypeId: session.ticketTypeIds[count % session.ticketTypeIds.length],
                  quantity: 4,
                })
              : undefined,
          onAnswer: (status, body) => {
            if (status !== 201) return;
            for (const { place } of (JSON.parse(body) as { places: { place: string }[] }).places) {
              held += 1;
              places.add(place);
            }
          },
        }),
      (result) => {
        onlyStatuses(result, 201, 409);
        expectCount('places with one owner', places.size, held);
        return `${held.toLocaleString('en')} places held, each by one; ${result.statuses[409] ?? 0} told SOLD_OUT`;
      },
    );
  },
});

const standing: Scenario = {
  name: 'general admission: 10,000 places by fours until none is left, 64 connections',
  what: 'quantity 4 of a meadow of 10,000',
  async run(platform) {
    const { sessionId, ticketTypeIds } = await platform.sellStanding(10_000);
    const body = { ticketTypeId: ticketTypeIds[0], quantity: 4 };
    return measured(
      platform,
      () =>
        load({
          origin: platform.origin,
          connections: 64,
          next: (count) => (count < 2_600 ? holdRequest(sessionId, body) : undefined),
        }),
      (result) => {
        onlyStatuses(result, 201, 409);
        expectCount('holds', result.statuses[201] ?? 0, 2_500);
        return '2,500 holds of four, then SOLD_OUT';
      },
    );
  },
};

/** Readers with the ETag they have, among buyers. */
const readersAmong = (
  name: string,
  what: string,
  connections: number,
  isRead: (count: number) => boolean,
): Scenario => ({
  name,
  what,
  async run(platform, seconds) {
    const session: BenchSession = await platform.sellStadium(40_000);
    let bought = 0;
    return measured(
      platform,
      () =>
        load({
          origin: platform.origin,
          connections,
          seconds,
          next: (count) => {
            if (isRead(count)) return seatsRequest(session.sessionId);
            const seat = session.seats[bought];
            bought += 1;
            return seat === undefined ? undefined : holdRequest(session.sessionId, { seats: [seat] });
          },
        }),
      (result) => {
        onlyStatuses(result, 200, 201);
        return `${result.statuses[200] ?? 0} documents of 40,000 places, ${result.statuses[201] ?? 0} holds`;
      },
    );
  },
});

export const scenarios: readonly Scenario[] = [
  givenSeats(1),
  givenSeats(32),
  givenSeats(64),
  givenSeats(200),
  storm,
  herd(600, 160),
  herd(40_000, 4_000),
  standing,
  readersAmong(
    'seats document polled by 200 clients while holds go on',
    'nine in ten requests read the document of 40,000 places, gzipped',
    200,
    (count) => count % 10 !== 0,
  ),
  readersAmong('a mix of 80 % reads, 64 connections', 'four reads, one hold', 64, (count) => count % 5 !== 0),
  ...flows,
  fiveHundredCustomers,
  ...checkIns,
];
