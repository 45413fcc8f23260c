import type { Change } from '../../platform/lifecycle-event.ts';
import type { Table } from '../../platform/table.ts';
import { TooManyWriters } from '../../platform/until-written.ts';
import type { Lead } from './lead.ts';
import { type LeadFields, noteWrite, toLead, withNote } from './lead-store.ts';

/** Decisions anew after somebody else had changed the lead. */
const maxTries = 8;

/**
 * Notes something on a lead, decided anew on what it is whenever somebody else was faster.
 * @param fieldsOf what is to be noted on the lead as it is now; undefined: nothing.
 * @returns the lead as it is afterwards.
 * @throws TooManyWriters when others were faster each time.
 */
export const noteOnLead = async (
  table: Table,
  lead: Lead,
  fieldsOf: (lead: Lead) => LeadFields | undefined,
  change: Change,
): Promise<Lead> => {
  let current = lead;
  for (let attempt = 0; attempt < maxTries; attempt += 1) {
    const fields = fieldsOf(current);
    if (fields === undefined) return current;
    const written = await table.transact([noteWrite(current, fields, change)]);
    if (written.written) return withNote(current, fields, change.at);
    const old = written.refusals[0]?.old;
    if (old === undefined) throw new Error(`The lead ${lead.leadId} is gone`);
    current = toLead(old);
  }
  throw new TooManyWriters(`The lead ${lead.leadId}`);
};
