import type { Context } from 'aws-lambda';
import * as z from 'zod';
import { readEnvironment } from '../../platform/environment.ts';
import { stamp } from '../../platform/lifecycle-event.ts';
import { logger } from '../../platform/logger.ts';
import { currentScope, inScope } from '../../platform/request-scope.ts';
import { askForDeposit } from '../deposits/ask-for-deposit.ts';
import { leadsPaymentEnvironment } from '../deposits/deposit-environment.ts';
import { depositPorts } from '../deposits/deposit-ports.ts';
import { leadTimer } from './lead.ts';
import { openLeads } from './lead-store.ts';
import { runTimer, type TimerOutcome, type TimerPorts } from './run-timer.ts';

const deposits = depositPorts(readEnvironment(leadsPaymentEnvironment));

const task = z.object({ leadId: z.string(), stage: z.int(), timer: leadTimer });

/** What the machine of a stage of a lead asks for: to remind, to expire, to complete. */
export const handler = (event: unknown, context: Context): Promise<TimerOutcome> =>
  inScope({ requestId: context.awsRequestId, traceparent: undefined }, async () => {
    const asked = task.parse(event);
    const by = {
      caller: { subject: 'system:leads-machine' },
      requestId: context.awsRequestId,
      now: new Date(),
    };
    const ports: TimerPorts = {
      ...deposits,
      leads: openLeads(deposits.table),
      askForDeposit: (lead, stampOf) => askForDeposit(deposits, lead, { now: by.now, stamp: stampOf }),
    };
    const outcome = await runTimer(ports, asked, (what) => stamp(what, by));
    logger.info('task', { ...asked, outcome: outcome.kind, ...currentScope()?.cost });
    // The machine’s clock is ahead of this one: it asks again a little later.
    if (outcome.kind === 'not_due')
      throw new Error(`${asked.timer} of ${asked.leadId} is due at ${outcome.at}`);
    return outcome;
  });
