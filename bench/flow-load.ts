import { type LoadOptions, type LoadRequest, type LoadResult, load } from './load.ts';

/** The three requests of a flow; each step is given the id that the one before was answered. */
export interface Flow {
  /** Undefined when nothing is left to hold. */
  readonly hold: (count: number) => LoadRequest | undefined;
  readonly order: (holdId: string) => LoadRequest;
  readonly pay: (orderId: string) => LoadRequest;
}

export interface FlowResult extends LoadResult {
  /** Flows that were begun. */
  readonly begun: number;
  /** Ids of the orders that were paid and are confirmed. */
  readonly confirmed: readonly string[];
  readonly flowsPerSecond: number;
}

/** Customers at once that flows are measured with, here and on PostgreSQL. */
export const flowConnections = [32, 64] as const;

/** Name of the scenario of flows with so many customers. */
export const flowsName = (connections: number): string => `hold, order and pay, ${connections} connections`;

/** Times that a request is sent when the answer is to come back later (503), with the same key as a customer does. */
const maxTries = 20;

type Step = 'hold' | 'order' | 'pay';

/**
 * Customers who each hold, order and pay, one connection each, and then begin anew. Requests are counted as one load.
 * @param options.seconds no flow is begun after so long; those that were are finished.
 */
export const flowLoad = async (
  { seconds = Number.POSITIVE_INFINITY, ...options }: Pick<LoadOptions, 'origin' | 'connections' | 'seconds'>,
  flow: Flow,
): Promise<FlowResult> => {
  const ready: { readonly step: Step; readonly request: LoadRequest; readonly tries?: number }[] = [];
  const underWay = new Map<LoadRequest, { readonly step: Step; readonly tries: number }>();
  const confirmed: string[] = [];
  const deadline = performance.now() + seconds * 1_000;
  let holds = 0;
  const begin = () => (performance.now() < deadline ? flow.hold(holds) : undefined);
  const result = await load({
    ...options,
    next: () => {
      // Whoever was just answered asks next: the newest is that connection’s own.
      const { step, request, tries = 0 } = ready.pop() ?? { step: 'hold' as const, request: begin() };
      if (request === undefined) return undefined;
      if (step === 'hold' && tries === 0) holds += 1;
      underWay.set(request, { step, tries: tries + 1 });
      return request;
    },
    onAnswer: (status, body, request) => {
      const asked = underWay.get(request);
      underWay.delete(request);
      if (asked === undefined) throw new Error(`Nobody asked ${request.path}`);
      const { step, tries } = asked;
      if (status === 503 && tries < maxTries) ready.push({ step, request, tries });
      if (status >= 300) return;
      const { id, status: state } = JSON.parse(body) as { readonly id: string; readonly status?: string };
      if (step === 'hold') ready.push({ step: 'order', request: flow.order(id) });
      if (step === 'order') ready.push({ step: 'pay', request: flow.pay(id) });
      if (step === 'pay' && state === 'confirmed') confirmed.push(id);
    },
  });
  return { ...result, begun: holds, confirmed, flowsPerSecond: confirmed.length / result.seconds };
};
