import { type LoadOptions, type LoadRequest, type LoadResult, load } from './load.ts';

/** The requests of a flow, one after the other. */
export interface Flow {
  /** Undefined when there is nothing left to begin with. @param flow 0, 1, 2 … */
  readonly begin: (flow: number) => LoadRequest | undefined;
  /** The requests after it. @param id what the latest answer that had an id gave. */
  readonly next: readonly ((id: string, flow: number) => LoadRequest)[];
  /** The status in the last answer of a flow that has come to its end. */
  readonly ends: string;
}

export interface FlowResult extends LoadResult {
  /** Flows that were begun. */
  readonly begun: number;
  /** The latest id of each flow that has come to its end. */
  readonly ended: readonly string[];
  readonly flowsPerSecond: number;
}

/** Customers at once that flows are measured with, here and on PostgreSQL. */
export const flowConnections = [32, 64] as const;

/** Name of the scenario of flows with so many customers. */
export const flowsName = (connections: number): string => `hold, order and pay, ${connections} connections`;

/** Times that a request is sent when the answer is to come back later (503), with the same key as a customer does. */
const maxTries = 20;

/** A request of a flow: `step` 0 begins it. */
interface Asked {
  readonly flow: number;
  readonly step: number;
  readonly request: LoadRequest;
  readonly tries: number;
  readonly id: string;
}

/**
 * Customers who each go through a flow, one connection each, and then begin anew. Requests are counted as one load.
 * @param options.seconds no flow is begun after so long; those that were are finished.
 * @param options.onAnswer told each answer that is the last to its request.
 */
export const flowLoad = async (
  {
    seconds = Number.POSITIVE_INFINITY,
    onAnswer,
    ...options
  }: Pick<LoadOptions, 'origin' | 'connections' | 'seconds' | 'onAnswer'>,
  { begin, next: steps, ends }: Flow,
): Promise<FlowResult> => {
  const ready: Asked[] = [];
  const underWay = new Map<LoadRequest, Asked>();
  const ended: string[] = [];
  const deadline = performance.now() + seconds * 1_000;
  let begun = 0;
  const beginOne = (): Asked | undefined => {
    const request = performance.now() < deadline ? begin(begun) : undefined;
    if (request === undefined) return undefined;
    begun += 1;
    return { flow: begun - 1, step: 0, request, tries: 0, id: '' };
  };
  const result = await load({
    ...options,
    next: () => {
      // Whoever was just answered asks next: the newest is that connection’s own.
      const asked = ready.pop() ?? beginOne();
      if (asked === undefined) return undefined;
      underWay.set(asked.request, { ...asked, tries: asked.tries + 1 });
      return asked.request;
    },
    onAnswer: (status, body, request) => {
      const asked = underWay.get(request);
      underWay.delete(request);
      if (asked === undefined) throw new Error(`Nobody asked ${request.path}`);
      if (status === 503 && asked.tries < maxTries) {
        ready.push(asked);
        return;
      }
      onAnswer?.(status, body, request);
      if (status >= 300) return;
      const { id = asked.id, status: state } = JSON.parse(body) as {
        readonly id?: string;
        readonly status?: string;
      };
      const step = steps[asked.step];
      if (step !== undefined)
        ready.push({ ...asked, step: asked.step + 1, request: step(id, asked.flow), tries: 0, id });
      else if (state === ends) ended.push(id);
    },
  });
  return { ...result, begun, ended, flowsPerSecond: ended.length / result.seconds };
};
