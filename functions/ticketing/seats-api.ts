import { ok, problem } from '../platform/answer.ts';
import { shortHash } from '../platform/ids.ts';
import type { Handlers } from '../platform/route.ts';
import { epochSeconds } from '../platform/time.ts';
import { type Counts, compactStates, countsOf, type Picture, statesOf } from './availability-picture.ts';
import type { SaleTicketType } from './block-plan.ts';
import type { InventoryStore } from './inventory-store.ts';
import type { OpenSale, Pictures } from './ports.ts';
import type { ticketingQueryRoutes } from './routes.ts';
import type { Sales } from './sales.ts';
import { holdView } from './views.ts';

/** How old the picture behind the seats document may be; the reads behind it lag by less than a second. */
const seatsMaxAgeMs = 1_000;

const sumOf = (counts: readonly Counts[]): Counts =>
  counts.reduce(
    (sum, { available, held, sold }) => ({
      available: sum.available + available,
      held: sum.held + held,
      sold: sum.sold + sold,
    }),
    { available: 0, held: 0, sold: 0 },
  );

/** When, and how many of a ticket type at once, can be held. */
type Terms = Pick<SaleTicketType, 'salesFrom' | 'salesUntil' | 'maxPerOrder'>;

const termsOf = ({ salesFrom, salesUntil, maxPerOrder }: SaleTicketType): Terms => ({
  ...(salesFrom !== undefined && { salesFrom }),
  ...(salesUntil !== undefined && { salesUntil }),
  ...(maxPerOrder !== undefined && { maxPerOrder }),
});

interface Shown {
  readonly seconds: number;
  readonly document: {
    readonly asOf: string;
    readonly planVersion?: string;
    readonly summary: Counts;
    readonly ticketTypes: readonly (Counts & Terms & { readonly id: string })[];
  };
  readonly states: string;
  readonly etag: string;
}

/** What was last shown of a picture: everybody who asks within its second gets the same. */
const lastShown = new WeakMap<Picture, Shown>();

const shownAt = ({ sale }: OpenSale, picture: Picture, seconds: number): Shown => {
  const last = lastShown.get(picture);
  if (last?.seconds === seconds) return last;
  const counts = countsOf(picture, seconds);
  const states = compactStates(picture, seconds);
  const { planVersion } = sale;
  const shown: Shown = {
    seconds,
    document: {
      asOf: new Date(picture.readAtMs).toISOString(),
      ...(planVersion !== undefined && { planVersion }),
      summary: sumOf(counts),
      ticketTypes: sale.ticketTypes.map((type, index) => ({
        id: type.id,
        ...(counts[index] ?? { available: 0, held: 0, sold: 0 }),
        ...termsOf(type),
      })),
    },
    states,
    etag: shortHash(`${planVersion}/${states}/${JSON.stringify(sale.ticketTypes.map(termsOf))}`),
  };
  lastShown.set(picture, shown);
  return shown;
};

export const ticketingQueries = (
  store: InventoryStore,
  pictures: Pictures,
  sales: Sales,
): Handlers<typeof ticketingQueryRoutes> => ({
  async getHold({ params, now }) {
    const hold = await store.getHold(params.holdId);
    const open = hold && (await sales.open(hold.sessionId));
    if (hold === undefined || open === undefined) return problem('NOT_FOUND');
    return ok(200, holdView(hold, open, epochSeconds(now)));
  },

  async getSeats({ params, query, now }) {
    const open = await sales.open(params.sessionId);
    if (open === undefined) return problem('NOT_FOUND');
    if (open.sale.status === 'building')
      return problem('SESSION_NOT_ON_SALE', { members: { currentStatus: 'building' } });
    const picture = await pictures.of(open, seatsMaxAgeMs);
    const { document, states, etag } = shownAt(open, picture, epochSeconds(now));
    if (query.format === 'compact') return ok(200, { ...document, states }, { etag: `"${etag}"` });
    const byPlace = statesOf(picture, epochSeconds(now));
    const places = Object.fromEntries(
      picture.plan.names.flatMap((name, place) =>
        picture.plan.blockOf[place] === undefined ? [] : [[name, byPlace[place] ?? 'sold']],
      ),
    );
    return ok(200, { ...document, places }, { etag: `"${etag}.full"` });
  },

  async getPlan({ params }) {
    const sale = await sales.saleOf(params.sessionId);
    if (sale === undefined) return problem('NOT_FOUND');
    const layout = await sales.layoutOf(sale);
    const etag = `"${sale.planVersion ?? 'general-admission'}"`;
    const cacheControl = 'public, max-age=31536000, immutable';
    if (layout === undefined) {
      const empty = {
        name: 'General admission',
        size: { width: 0, height: 0 },
        categories: [],
        zones: [],
        areas: [],
        generalAdmission: [],
      };
      return ok(200, empty, { etag, cacheControl });
    }
    return ok(200, layout as never, { etag, cacheControl });
  },
});
