/**
 * The index of tickets by session, newest change last: manifest, its delta, counts and conflicts are read
 * from it. A partition takes 1,000 write units a second and a change of a ticket moves its entry (two units),
 * so a session is spread over eight: 4,000 sales, transfers or scans a second.
 */
export const sessionIndex = { name: 'bySession', pk: 'gsi1pk', sk: 'gsi1sk' } as const;

export const sessionShards = 8;

/** What the index carries besides keys: neither names nor addresses. */
export const sessionIndexAttributes = [
  'secret',
  'status',
  'place',
  'ticketTypeName',
  'admission',
  'conflicts',
  'revision',
] as const;

export const shardKey = (sessionId: string, shard: number): string => `SESSION#${sessionId}#${shard}`;

/** Serials are random, so their last characters spread evenly. */
const shardOf = (serial: string): number => serial.charCodeAt(serial.length - 1) % sessionShards;

/** Where a changed ticket stands in the index: every write of a ticket sets this. */
export const changedKey = (at: string, serial: string): string => `${at}#${serial}`;

/** Index keys of a new ticket. */
export const indexKeys = (sessionId: string, serial: string, at: string) => ({
  gsi1pk: shardKey(sessionId, shardOf(serial)),
  gsi1sk: changedKey(at, serial),
});
