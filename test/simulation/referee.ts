import type { LifecycleEvent } from '../../functions/platform/lifecycle-event.ts';
import type { Item } from '../../functions/platform/table.ts';
import type { Block } from '../../functions/ticketing/block.ts';
import type { Commit } from './table.ts';

/** What must never be otherwise. docs/simulation.md says each in full. */
export const invariants = {
  oneOwner: 'no place has two live owners',
  ownsItsPlaces: 'a hold that says active owns all its places until its expiresAt',
  canBeHeld: 'a place nobody owns can be held',
  notBlocked: 'nothing stays blocked',
  delivered: 'every lifecycle event is delivered at least once and in order per aggregate',
  oneHoldPerKey: 'the same key never makes two holds',
  soldForGood: 'what is sold stays sold',
  limit: 'a customer has no more live holds than the organizer allows',
  swept: 'a cancelled session has no holds once it is swept',
  inStep: 'the sale follows the catalog',
  honest: 'answers are true',
  noSurprise: 'nothing fails but what was made to fail',
} as const;
export type Invariant = keyof typeof invariants;

export interface Violation {
  readonly invariant: Invariant;
  readonly text: string;
}

interface HoldFacts {
  readonly status: string;
  readonly until: number;
  readonly revision: number;
  readonly requestHash: string;
  readonly places: readonly (readonly [number, string])[];
}

/** All that was ever true of a hold, over every time its record was made. */
export interface HoldRecord {
  facts: HoldFacts | undefined;
  readonly untils: Set<number>;
  /** Places of each hold made under this id, as text. */
  readonly places: Set<string>;
  /** Number of the commit that ended it last. */
  endedAt: number;
  wasDeleted: boolean;
  /** Its end was told so late that nobody frees claims for it any more: those of a repeat lapse by themselves. */
  isLongOver: boolean;
}

const longOverSeconds = 12 * 60 * 60;

export interface RefereeOptions {
  readonly nowMs: () => number;
  /** How far any clock is ahead, and behind (a negative number), in milliseconds. */
  readonly aheadMs: number;
  readonly behindMs: number;
  readonly maxHoldsPerCustomer: number | undefined;
  readonly customerOf: (holdId: string) => string | undefined;
  readonly nameOf: (holdId: string) => string;
}

const noBlock: Block = { sold: new Set(), held: {} };

/** Watches every write and every lifecycle event, knows only what the invariants say, not how it is done. */
export const createReferee = (options: RefereeOptions) => {
  const { nowMs, aheadMs, behindMs, maxHoldsPerCustomer, customerOf, nameOf } = options;
  const holds = new Map<string, HoldRecord>();
  const blocks = new Map<number, Block>();
  /** Number of the commit that wrote the claim of a place, by `block/key`. */
  const claimedAt = new Map<string, number>();
  const expected = new Map<string, { readonly type: string; readonly sequence: number }[]>();
  const delivered = new Map<string, number>();
  let commits = 0;
  let isDirty = false;
  let saleStatus: string | undefined;
  let sweptAt: number | undefined;
  let violation: Violation | undefined;

  const report = (invariant: Invariant, text: string): void => {
    violation ??= { invariant, text };
  };

  /** Whether no clock at all is past this second. */
  const isLiveForAll = (until: number): boolean => Math.floor((nowMs() + aheadMs) / 1_000) <= until;
  /** Whether some clock is not past this second yet. */
  const isLiveForSome = (until: number): boolean => Math.floor((nowMs() + behindMs) / 1_000) <= until;

  const expect = (aggregate: string, type: string, sequence: number): void => {
    const events = expected.get(aggregate);
    if (events === undefined) expected.set(aggregate, [{ type, sequence }]);
    else events.push({ type, sequence });
  };

  const recordOf = (holdId: string): HoldRecord => {
    const known = holds.get(holdId);
    if (known !== undefined) return known;
    const fresh: HoldRecord = {
      facts: undefined,
      untils: new Set(),
      places: new Set(),
      endedAt: 0,
      wasDeleted: false,
      isLongOver: false,
    };
    holds.set(holdId, fresh);
    return fresh;
  };

  const seeHold = ({ before, after, expired }: Commit): void => {
    const old = before as unknown as HoldFacts | undefined;
    const now = after as unknown as HoldFacts | undefined;
    const holdId = String((after ?? before)?.['holdId']);
    const aggregate = `hold/${holdId}`;
    const record = recordOf(holdId);
    record.facts = now;
    if (now === undefined) {
      record.endedAt = commits;
      record.wasDeleted = true;
      if (expired && old?.status === 'active') expect(aggregate, 'SEAT-HOLD-EXPIRED', old.revision + 1);
      return;
    }
    record.untils.add(now.until);
    if (old === undefined) {
      record.places.add(JSON.stringify(now.places));
      expect(aggregate, 'SEAT-HOLD-CREATED', 1);
      if (now.revision !== 1) report('delivered', `${nameOf(holdId)} begins with revision ${now.revision}`);
      return;
    }
    if (now.revision === 1 || JSON.stringify(now.places) !== JSON.stringify(old.places)) {
      report('oneHoldPerKey', `a second hold was put over ${nameOf(holdId)}`);
    } else if (now.revision !== old.revision + 1) {
      report('delivered', `${nameOf(holdId)} went from revision ${old.revision} to ${now.revision}`);
    }
    if (now.until < old.until) report('ownsItsPlaces', `${nameOf(holdId)} was shortened`);
    if (old.status !== 'active') {
      report('honest', `${nameOf(holdId)} was ${old.status} and became ${now.status}`);
    } else if (now.status !== 'active') {
      if (now.status === 'expired' && isLiveForAll(old.until))
        report('ownsItsPlaces', `${nameOf(holdId)} expired before its time`);
      record.endedAt = commits;
      record.isLongOver = old.until + longOverSeconds < (nowMs() + aheadMs) / 1_000;
      expect(aggregate, `SEAT-HOLD-${now.status.toUpperCase()}`, now.revision);
    } else {
      expect(aggregate, 'SEAT-HOLD-EXTENDED', now.revision);
    }
  };

  const seeBlock = (number: number, { before, after }: Commit): void => {
    const old = blocks.get(number) ?? noBlock;
    const now: Block = {
      sold: (after?.['sold'] as Block['sold'] | undefined) ?? noBlock.sold,
      held: (after?.['held'] as Block['held'] | undefined) ?? noBlock.held,
    };
    blocks.set(number, now);
    for (const key of old.sold)
      if (!now.sold.has(key)) report('soldForGood', `place ${number}/${key} was sold and no longer is`);
    for (const key in now.held) {
      const claim = now.held[key];
      if (claim === undefined || claim === old.held[key]) continue;
      claimedAt.set(`${number}/${key}`, commits);
      if (now.sold.has(key)) report('soldForGood', `place ${number}/${key} is sold and claimed`);
    }
    if (
      before !== undefined &&
      after !== undefined &&
      before['held'] !== undefined &&
      after['held'] === undefined
    )
      report('noSurprise', `block ${number} lost its claims`);
  };

  const checkHolds = (): void => {
    const owners = new Map<string, string>();
    const perCustomer = new Map<string, number>();
    for (const [holdId, { facts }] of holds) {
      if (facts?.status !== 'active' || !isLiveForAll(facts.until)) continue;
      if (sweptAt !== undefined) report('swept', `${nameOf(holdId)} stands in a session that was swept`);
      const customer = customerOf(holdId);
      if (customer !== undefined) {
        const count = (perCustomer.get(customer) ?? 0) + 1;
        perCustomer.set(customer, count);
        if (maxHoldsPerCustomer !== undefined && count > maxHoldsPerCustomer)
          report('limit', `${customer} has ${count} live holds`);
      }
      for (const [number, keys] of facts.places) {
        const block = blocks.get(number) ?? noBlock;
        for (const key of keys) {
          const place = `${number}/${key}`;
          const other = owners.get(place);
          if (other !== undefined)
            report('oneOwner', `${place} belongs to ${nameOf(other)} and ${nameOf(holdId)}`);
          owners.set(place, holdId);
          const claim = block.held[key];
          if (block.sold.has(key))
            report('ownsItsPlaces', `${place} of ${nameOf(holdId)} was sold to another`);
          else if (claim === undefined || `hld_${claim.h}` !== holdId) {
            const whose = claim === undefined ? 'nobody' : nameOf(`hld_${claim.h}`);
            report('ownsItsPlaces', `${place} of ${nameOf(holdId)} is claimed by ${whose}`);
          } else if (claim.u < facts.until) {
            const [has, says] = [claim.u, facts.until];
            report('ownsItsPlaces', `${place} is claimed until ${has}, ${nameOf(holdId)} says ${says}`);
          }
        }
      }
    }
  };

  return {
    get violation() {
      return violation;
    },
    report,
    holdOf: (holdId: string): HoldRecord | undefined => holds.get(holdId),
    holds: (): ReadonlyMap<string, HoldRecord> => holds,
    blockOf: (number: number): Block | undefined => blocks.get(number),
    isLiveForAll,
    isLiveForSome,

    /** Items that stand from the beginning. */
    begin(items: readonly Item[]): void {
      for (const item of items) {
        if (item.sk.startsWith('BLOCK#'))
          seeBlock(Number(item.sk.slice('BLOCK#'.length)), {
            key: item,
            before: undefined,
            after: item,
            expired: false,
          });
        if (item.sk === 'HOLD') {
          seeHold({ key: item, before: undefined, after: item, expired: false });
          delivered.set(`hold/${item['holdId']}`, 1);
        }
        if (item.sk === 'SESSION') saleStatus = String(item['status']);
      }
    },

    onCommit(commit: Commit): void {
      commits += 1;
      const { sk } = commit.key;
      isDirty = true;
      if (sk === 'HOLD') seeHold(commit);
      else if (sk.startsWith('BLOCK#')) seeBlock(Number(sk.slice('BLOCK#'.length)), commit);
      else if (sk === 'SESSION') {
        const status = String(commit.after?.['status']);
        const isNew = commit.before === undefined || commit.before['status'] === 'building';
        if (status === 'on_sale' && isNew)
          expect(
            `sale/${commit.after?.['sessionId']}`,
            'SESSION-INVENTORY-BUILT',
            Number(commit.after?.['revision']),
          );
        if (saleStatus === 'cancelled' && status !== 'cancelled')
          report('inStep', `the cancelled sale became ${status}`);
        saleStatus = status;
      }
    },

    onEvent({ type, aggregate }: LifecycleEvent): void {
      const name = `${aggregate.kind}/${aggregate.id}`;
      const events = expected.get(name) ?? [];
      const next = delivered.get(name) ?? 0;
      const isAt = (index: number): boolean =>
        events[index]?.type === type && events[index]?.sequence === aggregate.sequence;
      if (isAt(next)) delivered.set(name, next + 1);
      else if (!events.slice(0, next).some((_, index) => isAt(index)))
        report('delivered', `${type} ${aggregate.sequence} of ${nameOf(aggregate.id)} came out of turn`);
    },

    /** A sweep went through: from now on the session has no holds. */
    onSwept(): void {
      sweptAt = commits;
      isDirty = true;
    },

    /** Once after every step. */
    check(): void {
      if (!isDirty) return;
      isDirty = false;
      checkHolds();
    },

    /** Every try to make this hold has been answered, none was cut off: nothing is claimed beyond the hold. */
    checkClaims(holdId: string): void {
      const { facts } = holds.get(holdId) ?? {};
      for (const [number, { held }] of blocks) {
        const own = facts?.places.find(([block]) => block === number)?.[1] ?? '';
        for (const [key, claim] of Object.entries(held)) {
          if (`hld_${claim.h}` === holdId && isLiveForAll(claim.u) && !own.includes(key))
            report('notBlocked', `${number}/${key} is claimed for ${nameOf(holdId)}, which does not have it`);
        }
      }
    },

    /** When nobody works and nothing is under way. */
    checkAtRest(): void {
      for (const [name, events] of expected) {
        const missing = events[delivered.get(name) ?? 0];
        if (missing !== undefined)
          report(
            'delivered',
            `${missing.type} ${missing.sequence} of ${nameOf(name.split('/')[1] ?? '')} was never delivered`,
          );
      }
      for (const [holdId, { facts }] of holds)
        if (facts?.status === 'active' && !isLiveForSome(facts.until))
          report('delivered', `${nameOf(holdId)} is over, and nobody was told`);
      for (const [number, { held }] of blocks) {
        for (const [key, claim] of Object.entries(held)) {
          const record = holds.get(`hld_${claim.h}`);
          if (!isLiveForSome(claim.u) || record === undefined || record.facts?.status === 'active') continue;
          // Of a try that got no further other places may be left; they lapse by themselves.
          const isIts = record.facts?.places.some(([block, keys]) => block === number && keys.includes(key));
          if (isIts && !record.isLongOver && record.endedAt > (claimedAt.get(`${number}/${key}`) ?? 0))
            report('notBlocked', `${number}/${key} is blocked by ${nameOf(`hld_${claim.h}`)}, which is over`);
        }
      }
    },
  };
};

export type Referee = ReturnType<typeof createReferee>;
