import { readFileSync } from 'node:fs';
import * as z from 'zod';

/** A concert as the orchestra’s archive has it. */
const archived = z.object({
  id: z.string(),
  orchestra: z.string(),
  category: z.string(),
  date: z.iso.date(),
  time: z.string(),
  conductors: z.array(z.string()),
  soloists: z.array(z.object({ name: z.string(), instrument: z.string() })),
  works: z.array(z.object({ composer: z.string(), title: z.string() })),
});

export interface Performer {
  readonly name: string;
  readonly description: string;
}

export interface Concert {
  readonly id: string;
  readonly name: string;
  readonly description: string;
  readonly performers: readonly Performer[];
  /** Local date and time of the hall. */
  readonly date: string;
  readonly minutes: number;
}

/** `Paert [Pärt], Arvo` → `Arvo Pärt`, `Corigliano, John, Jr.` → `John Corigliano Jr.` */
export const spokenName = (archivedName: string): string => {
  const [last = '', first = '', ...others] = archivedName
    .replace(/\S+ \[([^\]]+)\]/g, '$1')
    .split(',')
    .map((part) => part.trim());
  return [first, last, ...others].filter((part) => part !== '').join(' ');
};

const surname = (archivedName: string): string =>
  archivedName.replace(/\S+ \[([^\]]+)\]/g, '$1').split(',')[0] ?? '';

/** `7:30PM` → 1170. */
export const minutesOf = (time: string): number => {
  const match = /^(\d{1,2}):(\d{2})([AP])M$/.exec(time);
  if (match === null) throw new Error(`Not a time: ${time}`);
  const [, hour, minute, half] = match;
  return ((Number(hour) % 12) + (half === 'P' ? 12 : 0)) * 60 + Number(minute);
};

const listed = new Intl.ListFormat('en');

const toConcert = (concert: z.output<typeof archived>): Concert => {
  const parts = new Map<string, string[]>([[concert.orchestra, ['Orchestra']]]);
  const add = (name: string, part: string): void => {
    const known = parts.get(name) ?? [];
    if (!known.includes(part)) parts.set(name, [...known, part]);
  };
  for (const conductor of concert.conductors) add(spokenName(conductor), 'Conductor');
  for (const { name, instrument } of concert.soloists) add(spokenName(name), instrument);
  const composers = [...new Set(concert.works.map(({ composer }) => surname(composer)))];
  const soloists = concert.soloists.map(({ name, instrument }) => `${spokenName(name)} (${instrument})`);
  return {
    id: concert.id,
    name: `${concert.orchestra}: ${listed.format(composers)}`,
    description: [
      `Conducted by ${listed.format(concert.conductors.map(spokenName))}`,
      soloists.length > 0 ? `, with ${listed.format(soloists)}` : '',
      '. ',
      concert.works.map(({ composer, title }) => `${spokenName(composer)}: ${title}`).join('; '),
      '.',
    ].join(''),
    performers: [...parts].map(([name, known]) => ({ name, description: known.join(', ') })),
    date: concert.date,
    minutes: minutesOf(concert.time),
  };
};

/** The concerts of the demo, as the archive dates them. */
export const readConcerts = (): readonly Concert[] =>
  readFileSync(new URL('./data/concerts.jsonl', import.meta.url), 'utf8')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => toConcert(archived.parse(JSON.parse(line))));

export const dayMs = 24 * 60 * 60 * 1_000;

/**
 * Moves concerts by whole weeks so that the first one is seven to thirteen days away: days of the week and
 * distances stay, and the same day always gives the same dates.
 */
export const moveToFuture = (concerts: readonly Concert[], today: Date): readonly Concert[] => {
  const first = Math.min(...concerts.map(({ date }) => Date.parse(date)));
  const earliest = Math.floor(today.getTime() / dayMs) * dayMs + 7 * dayMs;
  const shift = Math.ceil((earliest - first) / (7 * dayMs)) * 7 * dayMs;
  return concerts.map((concert) => ({
    ...concert,
    date: new Date(Date.parse(concert.date) + shift).toISOString().slice(0, 10),
  }));
};

/** The instant at which clocks of a time zone show that date and minute of the day. */
export const instantAt = (date: string, minutes: number, timeZone: string): Date => {
  const shown = Date.parse(date) + minutes * 60_000;
  // Twice: the first guess may lie on the other side of a change of the clocks.
  const guess = shown - offsetMs(new Date(shown), timeZone);
  return new Date(shown - offsetMs(new Date(guess), timeZone));
};

const offsetMs = (at: Date, timeZone: string): number => {
  const name = new Intl.DateTimeFormat('en', { timeZone, timeZoneName: 'longOffset' })
    .formatToParts(at)
    .find(({ type }) => type === 'timeZoneName')?.value;
  const match = /^GMT(?:([+-])(\d{2}):(\d{2}))?$/.exec(name ?? '');
  if (match === null) throw new Error(`No offset of ${timeZone}: ${name}`);
  const [, sign, hours = '0', minutes = '0'] = match;
  return (sign === '-' ? -1 : 1) * (Number(hours) * 60 + Number(minutes)) * 60_000;
};
