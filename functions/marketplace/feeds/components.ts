import ICAL from 'ical.js';
import { WrongCalendar } from './calendar-fault.ts';

/** A content line that was read: `values` as jCal writes them (RFC 7265), `text` as it stands in the file. */
export interface Property {
  readonly name: string;
  readonly line: number;
  readonly timeZone: string | undefined;
  readonly range: string | undefined;
  readonly type: string;
  readonly values: readonly unknown[];
  readonly text: string;
}

export interface Component {
  readonly name: string;
  readonly line: number;
  readonly properties: readonly Property[];
  readonly components: readonly Component[];
}

/** Properties that say when something is; all others are looked at no closer. */
const read = new Set([
  'DTSTART',
  'DTEND',
  'DURATION',
  'RRULE',
  'EXRULE',
  'RDATE',
  'EXDATE',
  'RECURRENCE-ID',
  'UID',
  'SEQUENCE',
  'STATUS',
  'TRANSP',
  'TZID',
  'TZOFFSETFROM',
  'TZOFFSETTO',
]);

const maxDepth = 5;

/** Lines with what was folded put together again (RFC 5545, 3.1), and where each began. */
const contentLines = (text: string): readonly { readonly line: number; readonly content: string }[] => {
  const lines: { line: number; content: string }[] = [];
  for (const [index, raw] of text
    .replace(/^\uFEFF/, '')
    .split(/\r\n|\n|\r/)
    .entries()) {
    const last = lines.at(-1);
    if (/^[ \t]/.test(raw) && last !== undefined) last.content += raw.slice(1);
    else if (raw !== '') lines.push({ line: index + 1, content: raw });
  }
  return lines;
};

/** jCal: name, parameters, type, then the values. */
type JCal = readonly [string, Readonly<Record<string, unknown>>, string, ...unknown[]];

const textOf = (parameter: unknown): string | undefined =>
  typeof parameter === 'string' ? parameter : undefined;

const readProperty = (name: string, line: number, content: string): Property => {
  let parsed: JCal;
  try {
    parsed = ICAL.parse.property(content) as unknown as JCal;
  } catch (error) {
    throw new WrongCalendar(line, (error as Error).message);
  }
  const [, parameters, type, ...values] = parsed;
  return {
    name,
    line,
    timeZone: textOf(parameters['tzid']),
    range: textOf(parameters['range']),
    type,
    values,
    // After the last colon that no quotes surround.
    text: content.replace(/^(?:[^":]|"[^"]*")*:/, ''),
  };
};

interface Open extends Component {
  readonly properties: Property[];
  readonly components: Component[];
}

/**
 * Reads an iCalendar file (RFC 5545) into its components. Each line is read by itself, so that a fault can name it.
 * @throws WrongCalendar
 */
export const readComponents = (text: string): readonly Component[] => {
  const root: Open = { name: '', line: 1, properties: [], components: [] };
  const open: Open[] = [root];
  let last = 1;
  for (const { line, content } of contentLines(text)) {
    last = line;
    const name = /^([A-Za-z0-9-]+)[;:]/.exec(content)?.[1]?.toUpperCase();
    if (name === undefined) throw new WrongCalendar(line, 'Neither a property nor a part of the line before');
    const inner = open.at(-1) as Open;
    if (name === 'BEGIN') {
      if (open.length > maxDepth) throw new WrongCalendar(line, 'Too deep');
      const begun: Open = {
        name: content.slice(6).trim().toUpperCase(),
        line,
        properties: [],
        components: [],
      };
      inner.components.push(begun);
      open.push(begun);
    } else if (name === 'END') {
      const ended = content.slice(4).trim().toUpperCase();
      if (inner === root || ended !== inner.name)
        throw new WrongCalendar(line, `END:${ended} ends nothing that has begun`);
      open.pop();
    } else if (inner === root) {
      throw new WrongCalendar(line, 'It does not begin with BEGIN:VCALENDAR');
    } else if (read.has(name)) {
      inner.properties.push(readProperty(name, line, content));
    }
  }
  const unended = open.at(-1) as Open;
  if (unended !== root)
    throw new WrongCalendar(last, `BEGIN:${unended.name} of line ${unended.line} has no END`);
  if (!root.components.some((component) => component.name === 'VCALENDAR'))
    throw new WrongCalendar(1, 'No VCALENDAR in it');
  return root.components;
};

export const propertiesOf = (component: Component, name: string): readonly Property[] =>
  component.properties.filter((property) => property.name === name);

export const propertyOf = (component: Component, name: string): Property | undefined =>
  component.properties.find((property) => property.name === name);
