import type { EventReader } from '../catalog/event-contracts.ts';
import { type Fault, ok, problem } from '../platform/answer.ts';
import { decodeCursor, encodeCursor } from '../platform/cursor.ts';
import { etagOf } from '../platform/etag.ts';
import { stamp } from '../platform/lifecycle-event.ts';
import { invalidCursor, validationProblem } from '../platform/request.ts';
import type { ApiRequest, Handlers } from '../platform/route.ts';
import { isReplay } from '../platform/serve.ts';
import { refusalNow } from './promo-code.ts';
import type { createPromoCode, promoCommandRoutes, promoQueryRoutes } from './promo-routes.ts';
import { type PromoCodeItem, type PromoCodes, promoListKey } from './promo-store.ts';

/** Reader of the event that a promo code’s policies are about. */
export type PromoLoaders = Pick<EventReader, 'event'>;

/** Members of an item that stand in an answer only when they are there. */
const optionalFields = ({ validFrom, validUntil, ticketTypeIds }: PromoCodeItem) => ({
  ...(validFrom !== undefined && { validFrom }),
  ...(validUntil !== undefined && { validUntil }),
  ...(ticketTypeIds !== undefined && { ticketTypeIds }),
});

/** A code as its organizer sees it. */
const promoCodeView = (item: PromoCodeItem) => ({
  eventId: item.eventId,
  code: item.code,
  discount: item.discount,
  ...(item.maxUses !== undefined && { maxUses: item.maxUses, uses: item.uses ?? 0 }),
  ...optionalFields(item),
  isActive: item.isActive,
  organizationId: item.organizationId,
  createdAt: item.createdAt,
  updatedAt: item.updatedAt,
});

/** The tag tells the revision, and by its detail everything that an answer shows beside it. */
const tagOf = ({ revision, uses }: PromoCodeItem, detail = `u${uses ?? 0}`): string =>
  etagOf(revision, detail);

const validityFaults = (
  validFrom: string | null | undefined,
  validUntil: string | null | undefined,
): readonly Fault[] =>
  validFrom && validUntil && Date.parse(validUntil) <= Date.parse(validFrom)
    ? [
        {
          in: 'body',
          pointer: '/validUntil',
          code: 'ENDS_BEFORE_START',
          detail: 'It must end after it begins.',
        },
      ]
    : [];

export const promoCodeCommands = (
  promoCodes: PromoCodes,
  events: Pick<EventReader, 'ticketTypesOf'>,
): Handlers<typeof promoCommandRoutes, PromoLoaders> => {
  /** Faults of what the code is for, against what the event sells; one without sessions sells nothing yet. */
  const saleFaults = async ({
    body: { discount, ticketTypeIds },
    resource,
  }: Pick<ApiRequest<typeof createPromoCode, PromoLoaders>, 'body' | 'resource'>): Promise<
    readonly Fault[]
  > => {
    if (ticketTypeIds === undefined && !('currency' in discount)) return [];
    const types = await events.ticketTypesOf(resource.entity);
    const faults: Fault[] = [];
    for (const [index, id] of (ticketTypeIds ?? []).entries()) {
      if (types.some((type) => type.id === id)) continue;
      faults.push({
        in: 'body',
        pointer: `/ticketTypeIds/${index}`,
        code: 'UNKNOWN_TICKET_TYPE',
        detail: 'No session of the event has such a ticket type.',
      });
    }
    const currencies = new Set(
      types
        .filter(({ id }) => ticketTypeIds === undefined || ticketTypeIds.includes(id))
        .map(({ price }) => price.currency),
    );
    if ('currency' in discount && currencies.size > 0 && !currencies.has(discount.currency)) {
      faults.push({
        in: 'body',
        pointer: '/discount/currency',
        code: 'OTHER_CURRENCY',
        detail: `What it is for sells in ${[...currencies].join(', ')}.`,
      });
    }
    return faults;
  };

  return {
    async createPromoCode(request) {
      const { code, discount, maxUses, validFrom, validUntil, ticketTypeIds } = request.body;
      const { eventId, organizationId } = request.resource.entity;
      const answerAgain = (old: PromoCodeItem) =>
        isReplay(old, request)
          ? ok(201, promoCodeView(old), { etag: tagOf(old), replayed: true })
          : problem('PROMO_CODE_EXISTS');
      const faults = [...validityFaults(validFrom, validUntil), ...(await saleFaults(request))];
      if (faults.length > 0) {
        // A retry is answered with its code, even if what it asks for would be refused by now.
        const old = await promoCodes.get({ eventId, code });
        return old !== undefined && isReplay(old, request) ? answerAgain(old) : validationProblem(faults);
      }
      const result = await promoCodes.create(
        {
          eventId,
          organizationId,
          code,
          discount,
          maxUses,
          validFrom,
          validUntil,
          ticketTypeIds,
          isActive: true,
        },
        { at: request.now.toISOString(), requestHash: request.idempotency.requestHash },
        stamp('promoCode.created', request),
      );
      return result.created
        ? ok(201, promoCodeView(result.item), { etag: tagOf(result.item) })
        : answerAgain(result.old);
    },

    async updatePromoCode(request) {
      const { body: changes, params, ifMatchRevision } = request;
      const current = await promoCodes.get(params);
      if (current === undefined) return problem('NOT_FOUND');
      if (current.revision !== ifMatchRevision) return problem('PRECONDITION_FAILED');
      const faults: Fault[] = [
        ...validityFaults(
          changes.validFrom === undefined ? current.validFrom : changes.validFrom,
          changes.validUntil === undefined ? current.validUntil : changes.validUntil,
        ),
      ];
      if (changes.maxUses !== undefined && current.maxUses === undefined) {
        faults.push({
          in: 'body',
          pointer: '/maxUses',
          code: 'NOT_LIMITED',
          detail: 'It was made without a limit, and its uses were not counted; add another code.',
        });
      }
      if (faults.length > 0) return validationProblem(faults);
      const result = await promoCodes.change(
        params,
        ifMatchRevision,
        changes,
        request.now.toISOString(),
        stamp('promoCode.updated', request),
      );
      if (result.kind !== 'changed')
        return problem(result.kind === 'missing' ? 'NOT_FOUND' : 'PRECONDITION_FAILED');
      return ok(200, promoCodeView(result.item), { etag: tagOf(result.item) });
    },
  };
};

export const promoCodeQueries = (
  promoCodes: PromoCodes,
): Handlers<typeof promoQueryRoutes, PromoLoaders> => ({
  async listPromoCodes({ params, query }) {
    const cursor = decodeCursor(query.cursor, { pk: promoListKey(params.eventId) }, { sk: 'PROMO#' });
    if (!cursor.ok) return invalidCursor();
    const page = await promoCodes.list(params.eventId, query.limit, cursor.from);
    const nextCursor = encodeCursor(page.next);
    return ok(200, {
      items: page.items.map(promoCodeView),
      ...(nextCursor !== undefined && { nextCursor }),
    });
  },

  async getPromoCode({ params, now }) {
    const item = await promoCodes.get(params);
    if (item === undefined) return problem('NOT_FOUND');
    const reason = refusalNow(item, now);
    return ok(
      200,
      {
        code: item.code,
        isValid: reason === undefined,
        ...(reason !== undefined && { reason }),
        discount: item.discount,
        ...optionalFields(item),
      },
      { etag: tagOf(item, reason ?? 'valid') },
    );
  },
});
