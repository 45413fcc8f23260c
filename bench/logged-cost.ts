/** Calls to DynamoDB and consumed capacity. */
export interface LoggedCost {
  readonly calls: number;
  readonly readUnits: number;
  readonly writeUnits: number;
}

export interface CostLine extends LoggedCost {
  /** Name of the function in lib/function-table.ts. */
  readonly function: string;
  /** What was done at that cost: a request of the API, a message of a queue, a task of a machine. */
  readonly kind: 'request' | 'message' | 'task';
}

/** What a line of the functions’ log says of cost; undefined for any other line. */
export const costLineOf = (line: string): CostLine | undefined => {
  if (!line.includes('"writeUnits":')) return undefined;
  const { service, message, calls, readUnits, writeUnits } = JSON.parse(line) as LoggedCost & {
    readonly service: string;
    readonly message: CostLine['kind'];
  };
  return { function: service, kind: message, calls, readUnits, writeUnits };
};

export const noCost: LoggedCost = { calls: 0, readUnits: 0, writeUnits: 0 };

export const addCost = (one: LoggedCost, other: LoggedCost): LoggedCost => ({
  calls: one.calls + other.calls,
  readUnits: one.readUnits + other.readUnits,
  writeUnits: one.writeUnits + other.writeUnits,
});
