/**
 * Plants known mistakes, one at a time, in a copy of the project, and shows that each is caught: by a schedule of
 * the simulation, or by a named test. `npm run mutants` prints the table; `-- --write` puts it into
 * docs/simulation.md; `--only 3,7` plants these; `--orders` plants those in orders, payments, refunds and check-in
 * instead, `--leads` those in leads, truck holds and deposits, each caught by the simulation of these. Ends with 1 when one survives.
 */
// biome-ignore-all lint/suspicious/noTemplateCurlyInString: these are texts of source files
import { execFile } from 'node:child_process';
import { cp, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';

interface Mutant {
  readonly mistake: string;
  readonly file: string;
  readonly from: string;
  readonly to: string;
  /** The test that catches it, where the simulation has no eye for it. */
  readonly test?: string;
}

const ticketing = 'functions/ticketing';
const mutants: readonly Mutant[] = [
  {
    mistake: 'a claim lapses by being taken away, not by its time',
    file: `${ticketing}/block-expression.ts`,
    from: '(attribute_not_exists(#held.${name}) OR #held.${name}.#u < :now)`,\n  mine_live',
    to: 'attribute_not_exists(#held.${name})`,\n  mine_live',
  },
  {
    mistake: '`<=` for `<`: a claim lapses a second early',
    file: `${ticketing}/block-expression.ts`,
    from: 'OR #held.${name}.#u < :now)`,\n  mine_live',
    to: 'OR #held.${name}.#u <= :now)`,\n  mine_live',
  },
  {
    mistake: 'the claim of a hold takes what is sold',
    file: `${ticketing}/block-expression.ts`,
    from: '    `NOT contains(#sold, ${key}) AND (attribute_not_exists(#held.${name}) OR #held.${name}.#u < :now)`',
    to: '    `(NOT contains(#sold, ${key}) OR contains(#sold, ${key})) AND (attribute_not_exists(#held.${name}) OR #held.${name}.#u < :now)`',
  },
  {
    mistake: 'release does not ask whose the claim is',
    file: `${ticketing}/block-expression.ts`,
    from: '  mine: (name, _key, hold) => `#held.${name}.#h = ${hold}`',
    to: '  mine: (name, _key, hold) => `attribute_exists(#held.${name}) AND ${hold} = ${hold}`',
  },
  {
    mistake: 'an extension shortens a claim that reaches further',
    file: `${ticketing}/block-expression.ts`,
    from: ' AND #held.${name}.#u >= :now AND #held.${name}.#u <= :until`',
    to: ' AND #held.${name}.#u >= :now`',
  },
  {
    mistake: 'an extension revives a claim that has lapsed and is another’s',
    file: `${ticketing}/block-expression.ts`,
    from: 'AND #held.${name}.#h = ${hold} AND #held.${name}.#u >= :now',
    to: 'AND #held.${name}.#u >= :now',
  },
  {
    mistake: 'the hold is put before its places are claimed',
    file: `${ticketing}/create-hold.ts`,
    from: '    const claimed = await claimOne(ports, open, hold, only, now);',
    to: "    await ports.store.putHold(hold, stamp('hold.created'));\n    const claimed = await claimOne(ports, open, hold, only, now);",
  },
  {
    mistake: 'a retry promises its own end, not that of the claims it found',
    file: `${ticketing}/create-hold.ts`,
    from: "claimed.kind === 'claimed' ? hold : lastingUntil(hold, claimed.until)",
    to: 'hold',
  },
  {
    mistake: 'a repeat keeps what it claimed beyond the hold that was there',
    file: `${ticketing}/create-hold.ts`,
    from: '    await releaseClaims(ports, open.plan, { ...attempt, places: extra });',
    to: '    void extra;',
  },
  {
    mistake: 'a repeat frees the claims of a lapsed hold without ending it',
    file: `${ticketing}/create-hold.ts`,
    from: "  const ended = await store.endHold(hold.holdId, 'expired', now, stamp('hold.expired'));\n  return ended.hold ?? { ...hold, status };",
    to: '  void stamp;\n  void store;\n  return { ...hold, status };',
  },
  {
    mistake: 'a refused try frees the slot that its twin relies on',
    file: `${ticketing}/inventory-store.ts`,
    from: "tryId === undefined ? '' : ' AND #t = :try'",
    to: "tryId === undefined ? '' : ' AND (#t = :try OR #h = :h)'",
  },
  {
    mistake: 'a hold is put over one that is there',
    file: `${ticketing}/inventory-store.ts`,
    from: '    const result = await table.put(toItem(hold, change), absent);',
    to: '    const result = await table.put(toItem(hold, change), {});',
  },
  {
    mistake: 'a hold in several blocks is put over one that is there',
    file: `${ticketing}/inventory-store.ts`,
    from: '{ put: toItem(hold, change), when: absent }',
    to: '{ put: toItem(hold, change) }',
  },
  {
    mistake: 'expiry does not see that the hold was extended',
    file: `${ticketing}/inventory-store.ts`,
    from: "`#status = :active AND #until ${isDue ? '<' : '>='} :now`",
    to: "isDue ? '#status = :active AND #until <> :now' : '#status = :active AND #until >= :now'",
  },
  {
    mistake: 'a hold that ended can be extended',
    file: `${ticketing}/inventory-store.ts`,
    from: '`#status = :active AND #until >= :now AND #until < :until${unmarked}`',
    to: '`(#status = :active OR #status <> :active) AND #until >= :now AND #until < :until${unmarked}`',
  },
  {
    mistake: 'a timer that comes early is dropped',
    file: `${ticketing}/end-hold.ts`,
    from: "  if (outcome.kind === 'not_due') await waitUntil(outcome.until);",
    to: '  void outcome;\n  void waitUntil;',
  },
  {
    mistake: 'claims are freed before the hold is ended',
    file: `${ticketing}/end-hold.ts`,
    from: "  const ended = await ports.store.endHold(holdId, 'cancelled',",
    to: "  const before = await ports.store.getHold(holdId);\n  if (before !== undefined) await releaseAll(ports, await planOf(before), before);\n  const ended = await ports.store.endHold(holdId, 'cancelled',",
  },
  {
    mistake: 'late news frees the claims of a hold made anew',
    file: `${ticketing}/end-hold.ts`,
    from: '  if (Date.parse(ended.expiresAt) / 1_000 + releasableSeconds < ports.clock()) return;',
    to: '  void releasableSeconds;',
  },
  {
    mistake: 'the hold is extended before its claims',
    file: `${ticketing}/extend-hold.ts`,
    from: '  const extended = await Promise.all(',
    to: "  await store.extendHold(hold.holdId, until, now, stamp('hold.extended'), false);\n  const extended = await Promise.all(",
  },
  {
    mistake: 'the sweep is asked for before the sale is marked',
    file: `${ticketing}/sync-session.ts`,
    from: '  const result = await sync();',
    to: "  if (status === 'cancelled') await requestSweep();\n  const result = await sync();\n  if (status === 'cancelled' && result !== 'missing') return;",
  },
  {
    mistake: 'the sweep comes while requests still know the sale as open',
    file: `${ticketing}/sales.ts`,
    from: 'saleMaxAgeMs / 1_000 + requestSeconds + 1',
    to: 'saleMaxAgeMs / 1_000 + 1',
  },
  {
    mistake: 'old news of a session overwrites newer',
    file: `${ticketing}/inventory-store.ts`,
    from: 'attribute_exists(pk) AND #sourceSequence < :sequence AND #status <> :cancelled',
    to: 'attribute_exists(pk) AND #status <> :cancelled',
  },
  {
    mistake: 'a second builder empties blocks that sell already',
    file: `${ticketing}/inventory-store.ts`,
    from: '    await table.put({ ...blockKey(sessionId, block), held: {} }, absent);',
    to: '    await table.put({ ...blockKey(sessionId, block), held: {} }, {});',
  },
  {
    mistake: 'the relay goes on after a refused entry',
    file: 'functions/platform/relay.ts',
    from: '    if (failed.length > 0) return Math.min(...failed.map((entry) => entry.recordIndex));',
    to: '',
  },
  {
    mistake: 'the relay puts two events of one aggregate in one call',
    file: 'functions/platform/relay.ts',
    from: 'wave.length === maxEntries || aggregates.has(aggregate)',
    to: 'wave.length === maxEntries',
  },
  {
    mistake: 'a hold deleted by TTL is never told as expired',
    file: `${ticketing}/lifecycle.ts`,
    from: "    return expired && hold.status === 'active'",
    to: "    return !expired && hold.status === 'active'",
  },
  {
    mistake: 'the derived id ignores who asks',
    file: 'functions/platform/ids.ts',
    from: '    creation.requester,\n',
    to: '',
  },
  {
    mistake: 'a repeat is answered without asking whether it is the same request',
    file: `${ticketing}/create-hold.ts`,
    from: "old.requestHash === requestHash ? { kind: 'replayed', hold: old } : { kind: 'key_reused' }",
    to: "old.requestHash === requestHash || old.requestHash !== '' ? { kind: 'replayed', hold: old } : { kind: 'key_reused' }",
  },
  {
    mistake: 'sold out is said from a picture that may be old',
    file: `${ticketing}/search-places.ts`,
    from: 'if (isFresh && choose(picture.asRead) === undefined) {',
    to: 'if (choose(picture.asRead) === undefined) {',
  },
  {
    mistake: 'confirming takes a place that another holds',
    file: `${ticketing}/block.ts`,
    from: "    case 'mine_or_free':\n      return !isSold && (claim === undefined || isMine || hasLapsed(claim, now));",
    to: "    case 'mine_or_free':\n      return !isSold;",
    test: 'test/ticketing/block.test.ts',
  },
  {
    mistake: 'sold out is said from what others are about to claim',
    file: `${ticketing}/search-places.ts`,
    from: 'if (isFresh && choose(picture.asRead) === undefined) {',
    to: 'if (isFresh) {',
  },
];

const orders = 'functions/orders';
const orderMutants: readonly Mutant[] = [
  {
    mistake: 'money that comes too late is captured',
    file: `${orders}/money-due.ts`,
    from: "  if (status === 'created' || status === 'authorized') return 'void';",
    to: "  if (status === 'created') return 'void';\n  if (status === 'authorized') return 'capture';",
  },
  {
    mistake: 'an ended order whose card was declined can still be paid with another',
    file: `${orders}/money-due.ts`,
    from: "  if (status === 'declined' && order.cancelReason !== 'payment_failed') return 'void';\n",
    to: '',
  },
  {
    mistake: 'a provider that does not answer is not asked again',
    file: `${orders}/settle-order.ts`,
    from: '  const news = await movePayment(provider, { ...payment, payableId: order.orderId }, due);\n',
    to: '  const news = await movePayment(provider, { ...payment, payableId: order.orderId }, due).catch((error) => {\n    if (!error.message.includes("out of reach")) throw error;\n  });\n  if (news === undefined) return order;\n',
  },
  {
    mistake: 'an order given up keeps its holds',
    file: `${orders}/settle-order.ts`,
    from: '  for (const { holdId } of order.holds) await ports.endedHolds.cancelHold(holdId, stamp);\n',
    to: '',
  },
  {
    mistake: 'a command does not ask whether the order is as it was read',
    file: `${orders}/order-store.ts`,
    from: '`#revision = :revision AND #status IN',
    to: '`#status IN',
  },
  {
    mistake: 'a note does not ask whether the order is as it was read',
    file: `${orders}/order-store.ts`,
    from: "        ? '#revision = :revision'",
    to: "        ? 'attribute_exists(#revision)'",
  },
  {
    mistake: 'an order takes a place that another holds',
    file: `${ticketing}/block-expression.ts`,
    from: '(attribute_not_exists(#held.${name}) OR #held.${name}.#h = ${hold} OR #held.${name}.#u < :now)`',
    to: '(attribute_not_exists(#held.${name}) OR attribute_exists(#held.${name}) OR #held.${name}.#h = ${hold} OR #held.${name}.#u < :now)`',
  },
  {
    mistake: 'tickets are no part of the confirmation',
    file: `${orders}/confirm-order.ts`,
    from: '...claims.map(({ write }) => write), ...tickets]',
    to: '...claims.map(({ write }) => write), ...tickets.slice(tickets.length)]',
  },
  {
    mistake: 'old news of a payment overwrites newer',
    file: 'functions/payments/decide-news.ts',
    from: "  if (!isNew) return 'nothing';",
    to: '  void isNew;',
  },
  {
    mistake: 'nobody ends an order that crashed before its payment was noted',
    file: `${orders}/order.ts`,
    from: "  pending: { cancelReason: 'payment_timeout' },\n",
    to: '',
  },
  {
    mistake: 'the promise of a refund is not noted on its order',
    file: `${orders}/request-refund.ts`,
    from: 'refunded: order.refunded + wanted.amount',
    to: 'refunded: order.refunded',
  },
  {
    mistake: 'a refund that failed keeps its promise',
    file: `${orders}/settle-refund.ts`,
    from: 'refunded: order.refunded - refund.amount',
    to: 'refunded: order.refunded',
  },
  {
    mistake: 'refunded places go back on sale though the organizer keeps them',
    file: `${orders}/create-refund.ts`,
    from: '  ...(restock ? takeBackWrites',
    to: '  ...(restock || ended.length > 0 ? takeBackWrites',
  },
  {
    mistake: 'orders that wait are left alone when their session is cancelled',
    file: `${orders}/cancel-session-orders.ts`,
    from: "  if (order.status !== 'confirmed') return 'cancel';",
    to: "  if (order.status !== 'confirmed') return 'nothing';",
  },
  {
    mistake: 'the second scan at the door is let in',
    file: 'functions/admission/check-in.ts',
    from: ' AND #status = :valid AND attribute_not_exists(#admission)',
    to: ' AND #status = :valid',
  },
  {
    mistake: 'a refunded ticket opens the door',
    file: 'functions/admission/check-in.ts',
    from: ' AND #status = :valid AND attribute_not_exists(#admission)',
    to: ' AND attribute_not_exists(#admission)',
  },
  {
    mistake: 'of a ticket admitted on two devices only the first is kept',
    file: 'functions/admission/check-in.ts',
    from: 'scan]\n    .toSorted(earliestFirst)\n    .slice(0, maxAdmissions);',
    to: 'scan]\n    .toSorted(earliestFirst)\n    .slice(0, Math.min(1, maxAdmissions));',
  },
  {
    mistake: 'an order takes a place that is sold',
    file: `${ticketing}/block-expression.ts`,
    from: '    `NOT contains(#sold, ${key}) AND (attribute_not_exists(#held.${name}) OR #held.${name}.#h = ${hold} OR',
    to: '    `(NOT contains(#sold, ${key}) OR contains(#sold, ${key})) AND (attribute_not_exists(#held.${name}) OR #held.${name}.#h = ${hold} OR',
  },
  {
    mistake: 'two orders are confirmed with one hold',
    file: `${ticketing}/order-claims.ts`,
    from: "condition: 'attribute_exists(pk) AND #status <> :confirmed'",
    to: "condition: 'attribute_exists(pk) OR #status <> :confirmed'",
  },
  {
    mistake: 'whoever lost places is offered none',
    file: `${orders}/settle-order.ts`,
    from: "  if (cancelReason === 'places_lost' && order.offeredHoldIds === undefined)",
    to: "  if (cancelReason === 'places_lost' && order.offeredHoldIds !== undefined)",
  },
  {
    mistake: 'a promo code is used more often than it may be',
    file: `${orders}/promo-store.ts`,
    from: "condition: '#isActive = :active AND #uses < #maxUses'",
    to: "condition: '#isActive = :active AND (#uses < #maxUses OR #uses >= #maxUses)'",
  },
  {
    mistake: 'a promo code is used after it was switched off',
    file: `${orders}/promo-store.ts`,
    from: "condition: '#isActive = :active AND #uses < #maxUses'",
    to: "condition: '(#isActive = :active OR #isActive <> :active) AND #uses < #maxUses'",
  },
  {
    mistake: 'an order that ended keeps its use of a promo code',
    file: `${orders}/end-order.ts`,
    from: '  if (order.promoUse === undefined) return',
    to: '  if (order.promoUse?.code !== releasePromoUse.name) return',
  },
  {
    mistake: 'an order of a cancelled session keeps its use of a promo code',
    file: `${orders}/cancel-session-orders.ts`,
    from: '...(order.promoUse === undefined ? [] : [releasePromoUse(order.promoUse)])',
    to: '...(order.promoUse?.code !== releasePromoUse.name ? [] : [releasePromoUse(order.promoUse)])',
  },
  {
    mistake: 'an order that its organizer undoes keeps its use of a promo code',
    file: `${orders}/undo-confirmed-order.ts`,
    from: '...(order.promoUse === undefined ? [] : [releasePromoUse(order.promoUse)])',
    to: '...(order.promoUse?.code !== releasePromoUse.name ? [] : [releasePromoUse(order.promoUse)])',
  },
  {
    mistake: 'the old code of a ticket opens the door after a transfer',
    file: 'functions/admission/check-in.ts',
    from: "    '#secret = :secret AND #sessionId",
    to: "    '(#secret = :secret OR #secret <> :secret) AND #sessionId",
  },
  {
    mistake: 'a ticket that let somebody in is transferred',
    file: 'functions/admission/ticket-store.ts',
    from: ' AND #status = :valid AND attribute_not_exists(#admission) AND size',
    to: ' AND #status = :valid AND (attribute_not_exists(#admission) OR attribute_exists(#admission)) AND size',
  },
  {
    mistake: 'a ticket that was refunded is transferred',
    file: 'functions/admission/ticket-store.ts',
    from: '#secret = :secret AND #status = :valid AND attribute_not_exists(#admission) AND size',
    to: '#secret = :secret AND (#status = :valid OR #status <> :valid) AND attribute_not_exists(#admission) AND size',
  },
  {
    mistake: 'a ticket whose id an earlier holder has is transferred by it',
    file: 'functions/admission/ticket-store.ts',
    from: "          '#secret = :secret AND #status = :valid AND attribute_not_exists(#admission) AND size",
    to: "          '(#secret = :secret OR #secret <> :secret) AND #status = :valid AND attribute_not_exists(#admission) AND size",
  },
  {
    mistake: 'a refund does not find a ticket that changed hands',
    file: `${orders}/create-refund.ts`,
    from: 'serialOf(candidate.ticketId) === serialOf(ticketId)',
    to: 'candidate.ticketId === ticketId',
  },
  {
    mistake: 'a session that is cancelled ends the whole of an order of several',
    file: `${orders}/cancel-session-orders.ts`,
    from: "  return ofSession.length === valid.length ? 'undo' : 'refund_part';",
    to: "  return ofSession.length > 0 ? 'undo' : 'refund_part';",
  },
  {
    mistake: 'part of an order is given back before it is captured',
    file: `${orders}/cancel-session-orders.ts`,
    from: "    if (order.payment?.status === 'authorized') throw",
    to: "    if (order.payment?.status === 'created') throw",
  },
  {
    mistake: 'an order stands in the list of its first session only',
    file: `${orders}/order-store.ts`,
    from: '    .slice(1)\n',
    to: '    .slice(sessionsOf(order).length)\n',
  },
];

const leads = 'functions/marketplace/leads';
const leadMutants: readonly Mutant[] = [
  {
    mistake: 'a calendar is written over what others wrote',
    file: 'functions/marketplace/calendar-store.ts',
    from: "condition: '#version = :version'",
    to: "condition: '#version = :version OR #version <> :version'",
  },
  {
    mistake: 'a hold that lapsed is removed from one of its months only',
    file: 'functions/marketplace/calendar-month.ts',
    from: 'if (!ids.has(id) && overlaps(blocked, span)) found.delete(id);',
    to: 'if (!ids.has(id) && !overlaps(blocked, span)) found.delete(id);',
  },
  {
    mistake: 'time is taken by rules that the truck has changed',
    file: `${leads}/truck-hold.ts`,
    from: '...(taken.isOwn ? [] : [truckAsRead(truck)])',
    to: '...(taken.isOwn || truckAsRead(truck) !== undefined ? [] : [truckAsRead(truck)])',
  },
  {
    mistake: 'a step does not ask whether the lead is as it was read',
    file: `${leads}/lead-store.ts`,
    from: 'condition: `#revision = :revision AND #status IN',
    to: 'condition: `(#revision = :revision OR #revision <> :revision) AND #status IN',
  },
  {
    mistake: 'a lead is extended over the hold of another',
    file: `${leads}/truck-hold.ts`,
    from: "      if (own === undefined) return { kind: 'outcome', outcome: { kind: 'expired' } };\n      return {\n        kind: 'edit',\n        edit: { kind: 'put', entry: { ...own, until } },",
    to: "      return {\n        kind: 'edit',\n        edit: { kind: 'put', entry: { id: lead.leadId, kind: 'hold', shown: lead.window, place: lead.place, unit: hold.unit, blocked: hold.blocked, ...own, until } },",
  },
  {
    mistake: 'a side accepts its own offer',
    file: `${leads}/lead-decisions.ts`,
    from: "  if (quote.by === party) return { kind: 'own_quote' };",
    to: '',
  },
  {
    mistake: 'whatever offer is named, the latest is accepted',
    file: `${leads}/lead-decisions.ts`,
    from: "  if (quote.version !== quoteVersion) return { kind: 'outdated_quote', latestVersion: quote.version };",
    to: '  void quoteVersion;',
  },
  {
    mistake: 'a declined lead keeps its time',
    file: `${leads}/lead-decisions.ts`,
    from: "      return step('decline', { endedBy: party, reason }, release, reason);",
    to: "      return step('decline', { endedBy: party, reason }, keep, reason);",
  },
  {
    mistake: 'a deposit that comes too late is captured',
    file: `${leads}/deposit-due.ts`,
    from: "      return status === 'expired' ? 'void' : 'capture';",
    to: "      return 'capture';",
  },
  {
    mistake: 'a deposit of a lead that ended can still be paid',
    file: `${leads}/deposit-due.ts`,
    from: "      return status === 'expired' ? 'void' : 'nothing';",
    to: "      return 'nothing';",
  },
  {
    mistake: 'what was taken for a lead that has ended is kept',
    file: `${leads}/deposit-due.ts`,
    from: "status === 'expired' ? 'promise_refund' : 'nothing'",
    to: "'nothing'",
  },
  {
    mistake: 'a booking is made though its time was lost',
    file: `${leads}/deposit.ts`,
    from: "  return decision === 'give' && !isTimeLost && window.from >= now",
    to: "  return decision === 'give' && window.from >= now",
  },
  {
    mistake: 'a truck that calls off gives back by its policy only',
    file: `${leads}/cancellation-policy.ts`,
    from: "  if (by === 'truck') return captured;",
    to: '',
  },
  {
    mistake: 'the machine of a later stage is not started',
    file: `${leads}/start-machines.ts`,
    from: 'toLead(before).stage === lead.stage',
    to: 'toLead(before).leadId === lead.leadId',
  },
  {
    mistake: 'a truck is asked twice about a brief',
    file: `${leads}/create-lead.ts`,
    from: '        ? absent',
    to: '        ? {}',
  },
];

const root = path.join(import.meta.dirname, '..');
const page = path.join(root, 'docs/simulation.md');
const { values } = parseArgs({
  options: {
    schedules: { type: 'string', default: '60000' },
    seed: { type: 'string', default: '1' },
    only: { type: 'string' },
    orders: { type: 'boolean', default: false },
    leads: { type: 'boolean', default: false },
    write: { type: 'boolean', default: false },
  },
});

/** The mistakes of this run, and the marks between which the page has their table. */
const worlds = {
  holds: { planted: mutants, mark: 'mutants', options: [] },
  orders: { planted: orderMutants, mark: 'order mutants', options: ['--orders'] },
  leads: { planted: leadMutants, mark: 'lead mutants', options: ['--leads'] },
} as const;
const { planted, mark, options } = worlds[values.leads ? 'leads' : values.orders ? 'orders' : 'holds'];
const [begin, end] = [`<!-- ${mark} -->\n`, `<!-- /${mark} -->`];

const run = (
  file: string,
  args: readonly string[],
  cwd: string,
): Promise<{ failed: boolean; output: string }> =>
  new Promise((resolve) => {
    const env = { ...process.env, POWERTOOLS_LOG_LEVEL: 'SILENT', NO_COLOR: '1' };
    execFile(file, args, { cwd, env, maxBuffer: 64 * 1_024 * 1_024 }, (error, stdout, stderr) =>
      resolve({ failed: error !== null, output: stdout + stderr }),
    );
  });

const runTest = (copy: string, test: string) =>
  run(process.execPath, ['node_modules/vitest/vitest.mjs', 'run', test], copy);

/** What catches a mutant planted in this copy: a seed, a test, or nothing. */
const caughtBy = async (copy: string, { test }: Mutant): Promise<string | undefined> => {
  if (test !== undefined) {
    const { failed } = await runTest(copy, test);
    return failed ? `\`${test}\`` : undefined;
  }
  const { schedules, seed } = values;
  const args = ['scripts/simulate.ts', ...options, '--schedules', schedules, '--seed', seed];
  const { failed, output } = await run(process.execPath, args, copy);
  const found = output.match(/Seed (\d+) breaks: (.*)/);
  if (failed && found === null) throw new Error(`The simulation itself failed:\n${output}`);
  const steps = output.match(/shrunk to (\d+)/)?.[1];
  return found === null ? undefined : `seed ${found[1]} (${steps} steps): ${found[2]}`;
};

const only = values.only === undefined ? undefined : new Set(values.only.split(',').map(Number));
const copy = await mkdtemp(path.join(tmpdir(), 'mutants-'));
const rows: string[] = [];
let survivors = 0;
try {
  const left = new Set(['node_modules', '.git', '.build', '.data', 'cdk.out']);
  for (const name of (await readdir(root)).filter((entry) => !left.has(entry)))
    await cp(path.join(root, name), path.join(copy, name), { recursive: true });
  await symlink(path.join(root, 'node_modules'), path.join(copy, 'node_modules'));
  for (const test of new Set(planted.flatMap(({ test }) => test ?? []))) {
    const { failed, output } = await runTest(copy, test);
    if (failed) throw new Error(`${test} fails without any mutant:\n${output}`);
  }
  for (const [index, mutant] of planted.entries()) {
    if (only !== undefined && !only.has(index + 1)) continue;
    const file = path.join(copy, mutant.file);
    const original = await readFile(file, 'utf8');
    if (original.split(mutant.from).length !== 2)
      throw new Error(`${mutant.mistake}: its text is not found once in ${mutant.file}`);
    await writeFile(
      file,
      original.replace(mutant.from, () => mutant.to),
    );
    const caught = await caughtBy(copy, mutant);
    await writeFile(file, original);
    if (caught === undefined) survivors += 1;
    const row = `| ${index + 1} | ${mutant.mistake} | \`${path.basename(mutant.file)}\` | ${caught ?? '**survives**'} |`;
    rows.push(row);
    console.log(row);
  }
} finally {
  await rm(copy, { recursive: true, force: true });
}
console.log(`${rows.length - survivors} of ${rows.length} caught.`);
if (values.write) {
  const text = await readFile(page, 'utf8');
  const [before, rest] = text.split(begin);
  const after = rest?.split(end)[1];
  if (before === undefined || after === undefined) throw new Error(`${page} has no place for the table`);
  const table = ['| | mistake | in | caught by |', '|---:|---|---|---|', ...rows].join('\n');
  await writeFile(page, `${before}${begin}${table}\n${end}${after}`);
}
if (survivors > 0) process.exitCode = 1;
