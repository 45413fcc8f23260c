import type { Ticket } from '../../../functions/admission/ticket.ts';
import type { Order, OrderItem } from '../../../functions/orders/order.ts';
import type { PromoCode } from '../../../functions/orders/promo-code.ts';
import type { Refund } from '../../../functions/orders/refund.ts';
import { lastRefundId } from '../../../functions/orders/request-refund.ts';
import type { Change } from '../../../functions/platform/lifecycle-event.ts';
import type { Item } from '../../../functions/platform/table.ts';
import type { Claim } from '../../../functions/ticketing/block.ts';
import type { Violation } from '../run.ts';
import type { Commit } from '../table.ts';
import { givenBack, type TruePayment } from './payments.ts';

/** What must never be otherwise. docs/simulation.md says each in full. */
export const invariants = {
  oneFact: 'confirmed, sold to it and ticketed are one fact',
  oneOwner: 'no place is sold to two, or away from who holds it',
  capture: 'money is taken only for places that were given',
  money: 'captured less refunded is the price of what the customer still has',
  ended: 'of an order that ended without places nothing is taken or kept',
  path: 'an order goes only where it may',
  calm: 'at rest nothing is open: no order, no token, no refund',
  door: 'a ticket admits once, or the conflict is told',
  promo: 'a promo code is used as often as it may be, by orders that stand',
  honest: 'answers are true',
  noSurprise: 'nothing fails but what was made to fail',
} as const;
export type Invariant = keyof typeof invariants;

const paths: Readonly<Record<string, readonly string[]>> = {
  pending: ['pending', 'awaiting_payment', 'confirmed', 'cancelled'],
  awaiting_payment: ['awaiting_payment', 'confirmed', 'cancelled'],
  confirmed: ['confirmed', 'cancelled'],
  cancelled: ['cancelled'],
};

/** How the organizer says in the stamp of an order's end that its places go back on sale. */
export const restocking = 'organizer, who sells the places again';

const blockOf = ({ sessionId, block }: Pick<OrderItem, 'sessionId' | 'block'>): string =>
  `${sessionId}/${block}`;
const placeOf = (item: Pick<OrderItem, 'sessionId' | 'block' | 'key'>): string =>
  `${blockOf(item)}/${item.key}`;
const serialOf = (ticketId: string): string => ticketId.slice(4, 17);
const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);

/** Scans that let somebody in, of a ticket as it is. */
const admissionsOf = ({ admission, conflicts = [] }: Pick<Ticket, 'admission' | 'conflicts'>) => [
  ...(admission === undefined ? [] : [admission]),
  ...conflicts.filter(({ dead }) => dead === undefined),
];

export interface RefereeOptions {
  /** Whether no clock at all is past this second (epoch). */
  readonly isLiveForAll: (until: number) => boolean;
  readonly nameOf: (id: string) => string;
  readonly nowMs: () => number;
}

/** Watches every write, every call to the provider and every scan; knows only what the invariants say. */
export const createReferee = ({ isLiveForAll, nameOf, nowMs }: RefereeOptions) => {
  const orders = new Map<string, Order>();
  const leftBefore = new Map<string, number>();
  const refunds = new Map<string, Refund>();
  const tickets = new Map<string, Ticket>();
  const promos = new Map<string, PromoCode>();
  /** Until when (ms) a code was used up or switched off at some moment. */
  const refusedPromosUntil = new Map<string, number>();
  const sold = new Map<string, ReadonlySet<string>>();
  const claims = new Map<string, Readonly<Record<string, Claim>>>();
  const holds = new Map<string, Item>();
  const wasConfirmed = new Set<string>();
  /** Places that an organizer took out of sale when their tickets ended. */
  const kept = new Set<string>();
  const isRestocked = new Map<string, boolean>();
  let takenClaims: { readonly place: string; readonly claim: Claim }[] = [];
  /** Scans that opened the door, by ticket and nonce. */
  const admitted = new Map<string, Map<string, { readonly device: string; readonly isOffline: boolean }>>();
  /** The secret that each scan showed, by its nonce. */
  const shown = new Map<string, string>();
  /** The secret that a ticket was given away by, by that which it has since. */
  const given = new Map<string, string>();
  const cancelledSessions = new Set<string>();
  let isDirty = false;
  let violation: Violation | undefined;

  const report = (invariant: Invariant, text: string): void => {
    violation ??= { invariant, text };
  };

  const seeOrder = (before: Order | undefined, after: Order): void => {
    const name = nameOf(after.orderId);
    orders.set(after.orderId, after);
    leftBefore.set(after.orderId, (before?.captured ?? 0) - (before?.refunded ?? 0));
    if (before !== undefined) {
      if (!paths[before.status]?.includes(after.status))
        report('path', `${name} was ${before.status} and became ${after.status}`);
      if (after.revision !== before.revision + 1)
        report('path', `${name} went from revision ${before.revision} to ${after.revision}`);
      if (before.total !== after.total) report('money', `the price of ${name} changed`);
    } else if (after.revision !== 1) report('path', `${name} begins with revision ${after.revision}`);
    if (after.status === 'confirmed') wasConfirmed.add(after.orderId);
    const { by } = (after as Order & { readonly change: Change }).change;
    if (after.status === 'cancelled' && before?.status === 'confirmed' && by !== restocking)
      for (const item of before.items) if (item.status === 'valid') kept.add(placeOf(item));
    if (after.refunded > after.captured || after.refunded < 0)
      report('money', `${name}: ${after.refunded} of ${after.captured} captured are promised back`);
  };

  const seeRefund = (before: Refund | undefined, after: Refund): void => {
    const name = nameOf(after.orderId);
    refunds.set(after.refundId, after);
    const order = orders.get(after.orderId);
    if (before !== undefined || order === undefined) return;
    const items = order.items.filter(({ ticketId }) => after.ticketIds.includes(ticketId));
    if (isRestocked.get(after.refundId) !== true) for (const item of items) kept.add(placeOf(item));
    const left = leftBefore.get(after.orderId) ?? 0;
    // What the order’s own refund could not pay out is given back again, at once or in parts.
    const ownId = lastRefundId(order);
    const isAfterOwn = after.refundId !== ownId && refunds.has(ownId);
    const due =
      items.length > 0
        ? // Whose session is cancelled gets the fees back too.
          Math.min(
            left,
            sum(
              items.map(({ total, refundable }) =>
                after.reason === 'session_cancelled' ? total : refundable,
              ),
            ),
          )
        : order.status === 'cancelled' && !isAfterOwn
          ? left
          : after.amount;
    if (after.amount !== due) report('money', `${name}: a refund of ${after.amount} where ${due} are due`);
  };

  const seeBlock = (block: string, after: Item): void => {
    const now = (after['sold'] as ReadonlySet<string> | undefined) ?? new Set<string>();
    const old = sold.get(block) ?? new Set<string>();
    for (const key of now) {
      const claim = claims.get(block)?.[key];
      if (!old.has(key) && claim !== undefined) takenClaims.push({ place: `${block}/${key}`, claim });
    }
    sold.set(block, now);
    claims.set(block, after['held'] as Readonly<Record<string, Claim>>);
  };

  const seeHold = (before: Item | undefined, after: Item): void => {
    const holdId = String(after['holdId']);
    holds.set(holdId, after);
    const owner = before?.['orderId'];
    if (owner !== undefined && owner !== after['orderId'])
      report(
        'oneOwner',
        `${nameOf(String(after['orderId']))} took ${nameOf(holdId)}, which another order has`,
      );
  };

  const seePromo = (before: PromoCode | undefined, after: PromoCode): void => {
    const { code, uses = 0, maxUses = 0, isActive } = after;
    promos.set(code, after);
    if (uses > maxUses) report('promo', `${code} is used ${uses} times, and may be ${maxUses} times`);
    if (uses > (before?.uses ?? 0) && !isActive)
      report('promo', `${code} was used after it was switched off`);
    if (!isActive || uses >= maxUses) refusedPromosUntil.set(code, Number.POSITIVE_INFINITY);
    else if (refusedPromosUntil.has(code)) refusedPromosUntil.set(code, nowMs());
  };

  const seeTicket = (before: Ticket | undefined, after: Ticket): void => {
    const { serial, secret, status } = after;
    tickets.set(serial, after);
    if (before === undefined) return;
    const known = new Set(admissionsOf(before).map(({ nonce }) => nonce));
    for (const { nonce } of admissionsOf(after)) {
      if (known.has(nonce)) continue;
      if (status !== 'valid') report('door', `a ticket that is ${status} let somebody in`);
      if (shown.get(nonce) !== secret) report('door', `an old code of ticket ${serial} let somebody in`);
    }
    if (before.status !== 'valid' && status !== before.status)
      report('oneFact', `a ticket was ${before.status} and became ${status}`);
    if (secret === before.secret && after.holders.length === before.holders.length) return;
    if (given.get(secret) !== before.secret)
      report('door', `ticket ${serial} was given away by an id that is dead`);
    if (before.status !== 'valid')
      report('door', `ticket ${serial} is ${before.status}, and was given to somebody else`);
    if (before.admission !== undefined)
      report('door', `ticket ${serial} let somebody in, and was given to somebody else`);
    if (after.holders.length !== before.holders.length + 1)
      report('door', `ticket ${serial} has a new code, and no new holder`);
  };

  /** Confirmed, sold and ticketed, place by place. */
  const checkFact = (): void => {
    const owners = new Map<string, string>();
    const serials = new Set<string>();
    for (const order of orders.values()) {
      for (const item of order.items) {
        const place = placeOf(item);
        const serial = serialOf(item.ticketId);
        const ticket = tickets.get(serial);
        const name = `${place} of ${nameOf(order.orderId)}`;
        if (order.status === 'confirmed' && item.status === 'open')
          report('oneFact', `${name} is open, and its order confirmed`);
        if (item.status === 'open') {
          if (ticket !== undefined) report('oneFact', `${name} has a ticket, and is not confirmed`);
          continue;
        }
        serials.add(serial);
        if (ticket?.status !== item.status)
          report('oneFact', `${name} is ${item.status}, its ticket ${ticket?.status ?? 'missing'}`);
        if (item.status !== 'valid') continue;
        if (order.status !== 'confirmed') report('oneFact', `${name} is valid, its order ${order.status}`);
        const other = owners.get(place);
        if (other !== undefined)
          report('oneOwner', `${place} is sold to ${nameOf(other)} and ${nameOf(order.orderId)}`);
        owners.set(place, order.orderId);
        if (!sold.get(blockOf(item))?.has(item.key)) report('oneFact', `${name} is not sold`);
      }
    }
    for (const serial of tickets.keys())
      if (!serials.has(serial)) report('oneFact', `ticket ${serial} belongs to no item`);
    for (const [block, keys] of sold)
      for (const key of keys)
        if (!owners.has(`${block}/${key}`) && !kept.has(`${block}/${key}`))
          report('oneFact', `${block}/${key} is sold to nobody`);
    for (const place of kept) {
      const end = place.lastIndexOf('/');
      if (!sold.get(place.slice(0, end))?.has(place.slice(end + 1)))
        report('oneFact', `${place} was kept, and is on sale again`);
    }
    for (const { place, claim } of takenClaims) {
      const owner = orders.get(owners.get(place) ?? '');
      const isOwn = owner?.holds.some(({ holdId }) => holdId === `hld_${claim.h}`) === true;
      if (!isOwn && isLiveForAll(claim.u))
        report('oneOwner', `${place} was sold while ${nameOf(`hld_${claim.h}`)} held it`);
    }
    takenClaims = [];
  };

  /** Each use of a code is that of an order that stands. */
  const checkPromos = (): void => {
    for (const { code, uses = 0 } of promos.values()) {
      let standing = 0;
      for (const { promoUse, status } of orders.values())
        if (promoUse?.code === code && status !== 'cancelled') standing += 1;
      if (uses !== standing) report('promo', `${code} counts ${uses} uses, and ${standing} orders use it`);
    }
  };

  const checkMoney = (order: Order, payment: TruePayment | undefined): void => {
    const name = nameOf(order.orderId);
    const ofOrder = [...refunds.values()].filter(({ orderId }) => orderId === order.orderId);
    const isFailed = ofOrder.some(({ status }) => status === 'failed');
    const amounts = sum(ofOrder.filter(({ status }) => status !== 'failed').map(({ amount }) => amount));
    const taken = payment?.status === 'captured' ? payment.amount : 0;
    const back = payment === undefined ? 0 : givenBack(payment);
    if (order.refunded !== amounts)
      report('money', `${name} notes ${order.refunded}, its refunds ${amounts}`);
    if (back !== amounts) report('money', `${name}: ${back} were given back, ${amounts} noted`);
    if (order.captured !== taken) report('money', `${name} notes ${order.captured} captured, it is ${taken}`);
    if (order.status === 'confirmed') {
      if (order.payment !== undefined && order.payment.status !== payment?.status)
        report('money', `${name} notes its payment as ${order.payment.status}, it is ${payment?.status}`);
      if (taken !== order.total) report('money', `${name} is confirmed, and ${taken} of it captured`);
      // What is still valid, and what is kept of tickets that were given back; less single amounts.
      if (!isFailed) {
        const has = sum(
          order.items.map(({ status, total, refundable }) => {
            if (status === 'cancelled') return 0;
            return status === 'refunded' ? total - refundable : total;
          }),
        );
        const single = sum(
          ofOrder.filter(({ ticketIds }) => ticketIds.length === 0).map(({ amount }) => amount),
        );
        const due = Math.max(0, has - single);
        if (single === 0 ? taken - back !== due : taken - back < 0)
          report('money', `${name}: ${taken} less ${back} is not ${due}`);
      }
      return;
    }
    if (payment?.status === 'authorized') report('ended', `${name} ended, and money is set aside for it`);
    if (order.payment !== undefined && payment?.status === 'created')
      report('ended', `${name} ended, and can still be paid`);
    if (taken > back && !isFailed) report('ended', `${name} ended, and ${taken - back} were kept`);
  };

  return {
    get violation() {
      return violation;
    },
    report,
    orders: (): ReadonlyMap<string, Order> => orders,
    tickets: (): ReadonlyMap<string, Ticket> => tickets,
    refunds: (): ReadonlyMap<string, Refund> => refunds,
    wantsRestock: (refundId: string, restock: boolean): void => {
      isRestocked.set(refundId, restock);
    },
    onSessionCancelled(sessionId: string): void {
      cancelledSessions.add(sessionId);
    },
    /** Whether a code could be refused at some moment since then (ms). */
    couldBeRefused: (code: string, sinceMs: number): boolean =>
      (refusedPromosUntil.get(code) ?? 0) >= sinceMs,
    onTransfer(secret: string, newSecret: string): void {
      given.set(newSecret, secret);
    },
    onScan(nonce: string, secret: string): void {
      shown.set(nonce, secret);
    },

    onCommit({ key, before, after }: Commit): void {
      isDirty = true;
      if (after === undefined) return;
      if (key.sk === 'ORDER') seeOrder(before as Order | undefined, after as unknown as Order);
      else if (key.sk.startsWith('REFUND#'))
        seeRefund(before as Refund | undefined, after as unknown as Refund);
      else if (key.sk === 'TICKET') seeTicket(before as Ticket | undefined, after as unknown as Ticket);
      else if (key.sk.startsWith('BLOCK#'))
        seeBlock(`${key.pk.split('#')[1]}/${Number(key.sk.slice('BLOCK#'.length))}`, after);
      else if (key.sk.startsWith('PROMO#'))
        seePromo(before as PromoCode | undefined, after as unknown as PromoCode);
      else if (key.sk === 'HOLD') seeHold(before, after);
    },

    onCapture(orderId: string): void {
      if (!wasConfirmed.has(orderId)) report('capture', `${nameOf(orderId)} was captured unconfirmed`);
    },

    /** Somebody was let in: at the door, by an answer; offline, by the device itself, which tells it now. */
    onAdmitted(serial: string, nonce: string, device: string, isOffline: boolean): void {
      const scans = admitted.get(serial) ?? new Map();
      admitted.set(serial, scans);
      scans.set(nonce, { device, isOffline });
      if ([...scans.values()].filter((scan) => !scan.isOffline).length > 1)
        report('door', `ticket ${serial} was admitted twice at the door`);
    },

    /** Once after every step. */
    check(): void {
      if (!isDirty) return;
      isDirty = false;
      checkFact();
      checkPromos();
    },

    /** When nobody works and nothing is under way, past every deadline. */
    checkAtRest(paymentOf: (orderId: string) => TruePayment | undefined, waiting: readonly string[]): void {
      for (const orderId of waiting) report('calm', `the machine of ${nameOf(orderId)} waits for ever`);
      for (const order of orders.values()) {
        const name = nameOf(order.orderId);
        if (order.status === 'pending' || order.status === 'awaiting_payment') {
          report('calm', `${name} is ${order.status} past its deadline`);
          continue;
        }
        for (const { sessionId, status } of order.items)
          if (status === 'valid' && cancelledSessions.has(sessionId))
            report('ended', `${nameOf(sessionId)} is cancelled, and ${name} has a valid ticket of it`);
        checkMoney(order, paymentOf(order.orderId));
        if (order.cancelReason !== 'customer' && order.cancelReason !== 'places_lost') continue;
        for (const { holdId } of order.holds)
          if (holds.get(holdId)?.['status'] === 'active')
            report('ended', `${name} ended, and ${nameOf(holdId)} is active`);
        if (order.cancelReason === 'customer') continue;
        if (order.offeredHoldIds === undefined)
          report('ended', `${name} lost its places, and was offered none`);
        for (const holdId of order.offeredHoldIds ?? [])
          if (!holds.has(holdId)) report('honest', `${name} is offered a hold that was never made`);
      }
      for (const { refundId, orderId, status } of refunds.values())
        if (status === 'requested' || status === 'pending')
          report('calm', `refund ${refundId} of ${nameOf(orderId)} is ${status}`);
      for (const [serial, scans] of admitted) {
        const known = new Set(admissionsOf(tickets.get(serial) ?? {}).map(({ device }) => device));
        for (const { device } of scans.values())
          if (!known.has(device)) report('door', `${serial} was admitted on ${device}, and nobody is told`);
      }
    },
  };
};

export type Referee = ReturnType<typeof createReferee>;
