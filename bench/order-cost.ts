import { type FunctionName, functionTable } from '../lib/function-table.ts';
import type { OrderKind, OrderUsage } from './order-counts.ts';
import { prices } from './prices.ts';

/** Usage of orders as `npm run bench:orders` measured it (bench/order-usage.json). */
export interface MeasuredOrders {
  readonly machine: {
    readonly cpu: string;
    readonly cores: number;
    readonly node: string;
    readonly at: string;
  };
  /** Orders of each kind, one after the other; times and bytes are their medians. */
  readonly orders: number;
  readonly usage: Readonly<Record<OrderKind, OrderUsage>>;
}

/** Dollars of a million orders that the project wants to stay under, without mail. */
export const targets: Readonly<Record<OrderKind, number>> = { paid: 75, free: 25 };

/** Milliseconds that a call to DynamoDB takes from Lambda, beyond the work of our own. */
export const callMs = 5;
/** Memory at which Lambda gives a function one whole processor; less gives a share of one. */
const oneProcessorMb = 1_769;
/** An SQS message is sent, received and deleted; batches make it less. */
const requestsPerMessage = 3;

const memoryOf = (name: string): number => functionTable[name as FunctionName].memoryMb;

/** Invocations of one order, when nothing comes in batches. */
export const invocationsOf = ({ records }: Pick<OrderUsage, 'records'>): number =>
  Object.values(records).reduce((sum, count) => sum + count, 0);

/**
 * GB-ms of one order in Lambda: each invocation as long as it was measured, on the share of a processor that its
 * function gets, and its calls to DynamoDB beyond what they take here.
 * @throws Error for a function that was given records and was not timed.
 */
export const gbMsOf = ({ records, ms, callsOf }: Pick<OrderUsage, 'records' | 'ms' | 'callsOf'>): number =>
  Object.entries(records).reduce((sum, [name, count]) => {
    const measured = ms[name];
    if (measured === undefined) throw new Error(`${name} was not timed`);
    const share = Math.min(1, memoryOf(name) / oneProcessorMb);
    const totalMs = (count * measured) / share + (callsOf[name] ?? 0) * callMs;
    return sum + totalMs * (memoryOf(name) / 1_024);
  }, 0);

export interface CostLine {
  readonly what: string;
  readonly price: keyof typeof prices;
  /** Units of one order. */
  readonly units: number;
  /** Dollars of a million orders. */
  readonly dollars: number;
}

/** What a million orders cost, line by line, mail apart. */
export const orderCost = (usage: OrderUsage): readonly CostLine[] => {
  const line = (what: string, price: keyof typeof prices, units: number): CostLine => ({
    what,
    price,
    units,
    dollars: units * prices[price].dollars,
  });
  return [
    line('Step Functions', 'transition', usage.transitions),
    line('KMS', 'signature', usage.signatures),
    line('DynamoDB, written', 'writeUnit', usage.writeUnits),
    line('DynamoDB, read', 'readUnit', usage.readUnits),
    line('API Gateway', 'gatewayRequest', usage.requests),
    line('EventBridge', 'event', usage.events),
    line('SQS', 'sqsRequest', usage.messages * requestsPerMessage),
    line('Lambda, requests', 'lambdaRequest', invocationsOf(usage)),
    line('Lambda, time', 'lambdaGbMs', gbMsOf(usage)),
    line('CloudWatch Logs', 'logMb', usage.loggedBytes / 1_000_000),
  ];
};

export const totalOf = (lines: readonly CostLine[]): number =>
  lines.reduce((sum, { dollars }) => sum + dollars, 0);

/** Dollars of the mails of a million orders; attachments are billed by the gigabyte on top. */
export const mailDollars = ({ mails }: Pick<OrderUsage, 'mails'>): number => mails * prices.mail.dollars;
