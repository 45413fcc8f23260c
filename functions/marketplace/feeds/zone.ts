import { DateTime, IANAZone } from 'luxon';

/** A time zone, as far as calendars need it. */
export interface Zone {
  /**
   * Epoch seconds of a wall-clock time, given in milliseconds as if it were UTC. A time that comes twice is the first
   * one; one that the clocks leave out is read by the offset before (RFC 5545, 3.3.5).
   */
  secondsOf(wallMs: number): number;
}

export const isZoneName = (name: string): boolean => /^[A-Za-z]/.test(name) && IANAZone.isValidZone(name);

/** An IANA time zone. */
export const zoneOf = (name: string): Zone => ({
  secondsOf(wallMs) {
    const wall = DateTime.fromMillis(wallMs, { zone: 'utc' });
    const candidates = wall.setZone(name, { keepLocalTime: true }).getPossibleOffsets();
    return Math.min(...candidates.map((candidate) => candidate.toSeconds()));
  },
});

export const utc: Zone = { secondsOf: (wallMs) => wallMs / 1_000 };
