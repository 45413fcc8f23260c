// biome-ignore-all lint/suspicious/noTemplateCurlyInString: these are texts of source files
/** A mistake that is planted: a text of a file in the place of another. */
export interface Mutant {
  readonly mistake: string;
  /** From the root of the project. */
  readonly file: string;
  /** Stands there once. */
  readonly from: string;
  readonly to: string;
  /** The test that catches it, where the simulation has no eye for it. */
  readonly test?: string;
}

const ticketing = 'functions/ticketing';
/** Mistakes in holds and their sales. */
export const holdMutants: readonly Mutant[] = [
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
