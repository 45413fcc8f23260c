import { sessionIndex } from '../../functions/admission/ticket-index.ts';
import type { FunctionStack } from '../function-stack.ts';
import { readTable, readWriteTable, signTickets } from '../grants.ts';

/** Admission: tickets, their codes, and the door. */
export const addAdmission = (stack: FunctionStack): void => {
  const { data, rights } = stack;
  const { common, guard, ids, events, ticketKeys, relay } = stack.variables;
  const admission = { ...events, ...ticketKeys, ADMISSION_TABLE: data.admissionTable.tableName };

  stack.addFunction('admission-commands', { ...common, ...guard, ...ids, ...admission }, [
    readWriteTable({ table: data.admissionTable }),
    rights.events,
    rights.guard,
    ...signTickets(data.ticketKeys),
    rights.ids,
  ]);
  stack.addFunction('admission-queries', { ...common, ...guard, ...admission }, [
    readTable({ table: data.admissionTable, indexes: [sessionIndex.name] }),
    rights.events,
    rights.guard,
    ...signTickets(data.ticketKeys),
  ]);
  stack.addRelay('admission-relay', data.admissionTable, relay);
};
