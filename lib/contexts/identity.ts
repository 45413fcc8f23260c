import type { FunctionStack } from '../function-stack.ts';
import { readTable, readWriteTable } from '../grants.ts';

/** Identity: organizations, their members and roles. */
export const addIdentity = (stack: FunctionStack): void => {
  const { data, rights } = stack;
  const { common, guard, ids, relay } = stack.variables;
  const table = { table: data.identityTable };

  stack.addFunction('identity-commands', { ...common, ...guard, ...ids }, [
    readWriteTable(table),
    rights.ids,
  ]);
  stack.addFunction('identity-queries', { ...common, ...guard }, [readTable(table)]);
  stack.addRelay('identity-relay', data.identityTable, relay);
};
