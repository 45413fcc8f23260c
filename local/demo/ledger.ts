/** A hold as its buyer was answered it, and whether they gave it back. */
export interface AnsweredHold {
  readonly id: string;
  readonly places: readonly string[];
  /** Minor units, as it was shown before paying. */
  readonly price: number;
  readonly isGivenBack: boolean;
}

/** Two answers to one Idempotency-Key: they must be the same thing. */
export interface Repeat {
  readonly first: Pick<AnsweredHold, 'id' | 'places'>;
  readonly second: Pick<AnsweredHold, 'id' | 'places'>;
}

/** One request and how it ended. */
export interface Attempt {
  /** What it came to, or the code of its refusal. */
  readonly what: string;
  readonly ms: number;
}

/** An order as its customer made it. */
export interface Purchase {
  readonly orderId: string;
  readonly holdIds: readonly string[];
  readonly method: string;
  /** What its holds were shown to cost, in minor units. */
  readonly price: number;
  /** Milliseconds after the beginning of the sale. */
  readonly orderedAt: number;
  /** How it was when its customer looked last. */
  ended?: { readonly how: string; readonly places: number; readonly at: number };
}

/** What all customers together did and were told. */
export interface Ledger {
  readonly startedAt: number;
  readonly attempts: Attempt[];
  readonly holds: AnsweredHold[];
  readonly repeats: Repeat[];
  readonly purchases: Purchase[];
  /** Customers who wait for places to come back. */
  waiting: number;
  /** Customers who are through. */
  done: number;
}

export const openLedger = (): Ledger => ({
  startedAt: performance.now(),
  attempts: [],
  holds: [],
  repeats: [],
  purchases: [],
  waiting: 0,
  done: 0,
});
