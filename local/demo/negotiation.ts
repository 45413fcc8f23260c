/**
 * npm run demo:negotiation -- [--target URL] [--token-url URL]
 *
 * One organizer looks for food in Cluj, asks three trucks of the neighbourhood, haggles with one and books it, up to
 * the reviews. It prints each request and what each side sees after it. Without --target it starts an embedded cloud
 * of its own.
 */
import { parseArgs } from 'node:util';
import { DateTime } from 'luxon';
import * as z from 'zod';
import { money } from '../../functions/platform/money.ts';
import { routes } from '../../functions/routes.ts';
import { addTruck } from './add-trucks.ts';
import type { Platform } from './api.ts';
import { historyLine, leadHistory, leadLine, type ShownLead, shownLead, sum, when } from './lead-words.ts';
import { onPlatform } from './on-platform.ts';
import { until } from './parallel.ts';
import { openSide, type Side } from './side.ts';
import { readTrucks } from './trucks.ts';

type Say = (line: string) => void;

export interface NegotiationOptions extends Platform {
  readonly say?: Say;
  /** Day that the event is looked for from; default now. */
  readonly today?: Date;
}

const zone = 'Europe/Bucharest';
const lei = (amount: number) => ({ amount: amount * 100, currency: 'RON' });

/** Three trucks of the demo’s data, in towns of GeoNames around Cluj; firms are made up. */
const cooks = [
  { name: 'Corazon Maya', firm: 'Corazon Maya SRL', home: { city: 'Cluj-Napoca', lat: 46.76667, lon: 23.6 } },
  {
    name: 'Julie’s Hot Dogs',
    firm: 'Turda Grill SRL',
    home: { city: 'Turda', lat: 46.56667, lon: 23.78333 },
  },
  { name: 'Casey’s Pizza', firm: 'Gherla Pizza SRL', home: { city: 'Gherla', lat: 47.03333, lon: 23.91667 } },
] as const;

/** A truck with who speaks for it. */
interface Cook extends Side {
  readonly truckId: string;
}

const newOrganization = async (side: Side, name: string, kind: 'organizer' | 'truck'): Promise<string> =>
  (
    await side.api.must(201, routes.createOrganization, {
      idempotencyKey: crypto.randomUUID(),
      body: { name, kind },
    })
  ).id;

const openCook = async (
  platform: Platform,
  { name, firm, home }: (typeof cooks)[number],
  say: Say,
): Promise<Cook> => {
  const known = readTrucks().trucks.find(({ truck }) => truck.name === name);
  if (known === undefined) throw new Error(`No truck of the demo is called ${name}`);
  const side = await openSide(platform, name, say);
  const organizationId = await newOrganization(side, firm, 'truck');
  const contact = { name: `The cook of ${name}`, phone: '+40 264 000 001' };
  const { recurringBlackouts: _, openingHours: __, ...truck } = known.truck;
  const truckId = await addTruck(side.api, organizationId, {
    ...known,
    truck: {
      ...truck,
      home,
      serviceArea: { radiusKm: 80 },
      guests: { min: 40, max: 400 },
      units: 1,
      contact,
    },
  });
  return { ...side, truckId };
};

/** Noon to eight in the evening in Cluj, on the Saturday of the fourth week from that day. */
export const windowFrom = (today: Date) => {
  const day = DateTime.fromJSDate(today, { zone }).plus({ weeks: 4 }).set({ weekday: 6 }).startOf('day');
  const at = (hour: number): string => day.set({ hour }).toUTC().toISO({ suppressMilliseconds: true }) ?? '';
  return { startsAt: at(12), endsAt: at(20) };
};

const offer = (perGuest: number, travel: number, expiresAt: string) => ({
  items: [{ name: 'Lunch and dinner for a guest', quantity: 250, unitPrice: lei(perGuest) }],
  travel: lei(travel),
  deposit: { percent: 20 },
  guaranteedMinimum: lei(6_000),
  terms: 'Power of 16 A and drinking water on the place.',
  expiresAt,
});

const withId = z.object({ id: z.string() });
const anything = z.unknown();
const askedTrucks = z.object({
  items: z.array(
    z.object({ truckId: z.string(), lead: shownLead.optional(), problem: z.unknown().optional() }),
  ),
});
const comparison = z.object({
  items: z.array(
    z.object({
      truckName: z.string(),
      status: z.string(),
      travelMinutes: z.int(),
      quote: z.object({ total: money }).optional(),
    }),
  ),
});
const thread = z.object({ items: z.array(z.object({ body: z.string() })) });
const reviews = z.object({ items: z.array(z.object({ rating: z.int(), body: z.string().optional() })) });
const occupied = z.object({ from: z.string(), to: z.string(), kind: z.string() });
const occupiedLine = ({ from, to, kind }: z.output<typeof occupied>): string =>
  `${kind}, ${when(from)} to ${when(to)}`;
const availability = z.object({ busy: z.array(occupied) });

/** Plays the negotiation, from the brief to the reviews. Whatever goes otherwise than told throws. */
export const negotiate = async ({
  say = () => undefined,
  today = new Date(),
  ...platform
}: NegotiationOptions): Promise<{ readonly leadId: string; readonly lead: ShownLead }> => {
  const step = (title: string) => say(`\n${title}`);
  const note: Say = (line) => say(`  ${line}`);

  step('An organizer and three trucks');
  const organizer = await openSide(platform, 'organizer', note);
  const organizationId = await newOrganization(organizer, 'Zilele Parcului', 'organizer');
  const [maya, julie, casey] = await Promise.all([
    openCook(platform, cooks[0], note),
    openCook(platform, cooks[1], note),
    openCook(platform, cooks[2], note),
  ]);
  for (const { name, home } of cooks) note(`${name} of ${home.city}, listed`);

  /** A lead as its two sides see it. */
  const read = (side: Side, leadId: string) =>
    side.ask({ method: 'GET', path: `/leads/${leadId}`, answer: shownLead });
  const show = async (cook: Cook, leadId: string): Promise<ShownLead> => {
    const theirs = await read(organizer, leadId);
    note(`organizer sees: ${leadLine(theirs, 'organizer')}`);
    note(`${cook.name} sees: ${leadLine(await read(cook, leadId), 'truck')}`);
    return theirs;
  };
  const tell = async (side: Side, leadId: string, what: string, body?: object): Promise<void> => {
    await side.ask({
      method: 'POST',
      path: `/leads/${leadId}/${what}`,
      answer: anything,
      ...(body && { body }),
    });
  };

  step('The organizer says what is needed, and asks all three at once');
  const { startsAt, endsAt } = windowFrom(today);
  const expiresAt = new Date(Date.parse(startsAt) - 14 * 24 * 60 * 60 * 1_000).toISOString();
  const wanted = {
    name: 'A day in the Central Park',
    venue: { city: 'Cluj-Napoca', lat: 46.7699, lon: 23.5791 },
    startsAt,
    endsAt,
    guests: 250,
    notes: 'Lunch and dinner; half of the guests eat no meat.',
    budget: lei(9_000),
    timeZone: zone,
    contact: { name: 'Ana Pop', email: 'ana@example.com', phone: '+40 264 000 000' },
  };
  const brief = await organizer.ask({
    method: 'POST',
    path: '/briefs',
    body: { ...wanted, organizationId },
    answer: withId,
  });
  const truckIds = [maya, julie, casey].map(({ truckId }) => truckId);
  const { items: asked } = await organizer.ask({
    method: 'POST',
    path: `/briefs/${brief.id}/leads`,
    body: { truckIds },
    answer: askedTrucks,
  });
  const leadOf = (cook: Cook): string => {
    const found = asked.find(({ truckId }) => truckId === cook.truckId);
    if (found?.lead === undefined)
      throw new Error(`${cook.name} could not be asked: ${JSON.stringify(found?.problem)}`);
    return found.lead.id;
  };
  const leads = { maya: leadOf(maya), julie: leadOf(julie), casey: leadOf(casey) };
  await show(maya, leads.maya);

  step('Another organizer wants the same truck at the same time');
  const other = await openSide(platform, 'another organizer', note);
  const otherId = await newOrganization(other, 'Nunta Ioanei', 'organizer');
  const wedding = await other.ask({
    method: 'POST',
    path: '/briefs',
    body: { ...wanted, name: 'A wedding', organizationId: otherId },
    answer: withId,
  });
  const taken = await other.refused({
    method: 'POST',
    path: '/leads',
    body: { briefId: wedding.id, truckId: maya.truckId },
  });
  note(`another organizer sees: ${taken.code}: ${occupiedLine(occupied.parse(taken['conflict']))}`);

  step('The trucks answer; two of them name a price');
  for (const [cook, leadId] of [
    [maya, leads.maya],
    [julie, leads.julie],
    [casey, leads.casey],
  ] as const)
    await tell(cook, leadId, 'contact');
  await tell(maya, leads.maya, 'quotes', offer(36, 0, expiresAt));
  await tell(julie, leads.julie, 'quotes', offer(38, 250, expiresAt));
  const early = await organizer.refused({
    method: 'POST',
    path: `/leads/${leads.casey}/accept`,
    body: { quoteVersion: 1 },
  });
  note(`organizer sees: ${early.code}, allowed ${JSON.stringify(early['allowed'])}`);
  const compared = await organizer.ask({
    method: 'GET',
    path: `/briefs/${brief.id}/quotes`,
    answer: comparison,
  });
  for (const { truckName, quote, status, travelMinutes } of compared.items)
    note(
      `organizer compares: ${truckName}, ${status}, ${quote === undefined ? 'no price yet' : sum(quote.total)}, ${travelMinutes} minutes away`,
    );

  step('They haggle');
  await tell(organizer, leads.maya, 'messages', {
    body: 'Could you do it for 30 a guest? Call me: +40 264 000 000.',
  });
  const { items: read1 } = await maya.ask({
    method: 'GET',
    path: `/leads/${leads.maya}/messages`,
    answer: thread,
  });
  note(`${maya.name} reads: ${read1.at(-1)?.body}`);
  await tell(organizer, leads.maya, 'quotes', offer(30, 0, expiresAt));
  await show(maya, leads.maya);
  await tell(maya, leads.maya, 'quotes', offer(33, 0, expiresAt));
  await show(maya, leads.maya);

  step('The organizer accepts, after a trial that writes nothing');
  await tell(organizer, leads.maya, 'accept?dryRun=true', { quoteVersion: 3 });
  await show(maya, leads.maya);
  await tell(organizer, leads.maya, 'accept', { quoteVersion: 3 });
  await show(maya, leads.maya);
  await tell(organizer, leads.julie, 'decline', { reason: 'We found a truck nearer to us.' });
  await show(julie, leads.julie);

  step('The deposit is paid: the truck is booked, and both sides know how to reach each other');
  await tell(organizer, leads.maya, 'deposit', { payment: { provider: 'test', method: 'card_ok' } });
  await until(`lead ${leads.maya} to be booked`, 60_000, async () => {
    const { status } = await read(organizer, leads.maya);
    return status === 'booked' ? status : undefined;
  });
  await show(maya, leads.maya);
  const { busy } = await organizer.ask({
    method: 'GET',
    path: `/trucks/${maya.truckId}/availability?from=${startsAt}&to=${endsAt}`,
    answer: availability,
  });
  for (const time of busy) note(`anybody sees: ${occupiedLine(time)}`);

  step('Afterwards');
  await tell(maya, leads.maya, 'complete');
  await tell(organizer, leads.maya, 'reviews', { rating: 5, body: 'Nobody went hungry.' });
  await tell(maya, leads.maya, 'reviews', { rating: 4, body: 'A good place; the power came late.' });
  const lead = await show(maya, leads.maya);
  const { items: said } = await other.ask({
    method: 'GET',
    path: `/trucks/${maya.truckId}/reviews`,
    answer: reviews,
  });
  for (const { rating, body } of said) note(`anybody reads: ${rating} of 5. ${body ?? ''}`);

  step('What happened, as it is kept');
  const { history } = await organizer.ask({
    method: 'GET',
    path: `/leads/${leads.maya}`,
    answer: leadHistory,
  });
  for (const row of history) note(historyLine(row));
  return { leadId: leads.maya, lead };
};

if (import.meta.main) {
  const { values } = parseArgs({ options: { target: { type: 'string' }, 'token-url': { type: 'string' } } });
  const say: Say = (line) => process.stdout.write(`${line}\n`);
  try {
    await onPlatform(
      { target: values.target, tokenUrl: values['token-url'] },
      { say, progress: say },
      (platform) => negotiate({ ...platform, say }),
    );
  } catch (error) {
    process.stderr.write(`${(error as Error).message}\n`);
    process.exitCode = 1;
  }
}
