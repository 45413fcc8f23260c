import { SFNClient, StartExecutionCommand } from '@aws-sdk/client-sfn';
import { clientSettings, withoutFrills } from './aws-client.ts';

/** A state machine’s execution to be started; its name makes it start once. */
export interface MachineStart {
  readonly machineArn: string;
  readonly name: string;
  readonly input: unknown;
}

let client: SFNClient | undefined;
/** The client of Step Functions, made on first use. */
export const machines = (): SFNClient => {
  client ??= withoutFrills(new SFNClient(clientSettings('states')));
  return client;
};

/**
 * Starts an execution, unless one was started before under its name.
 * @returns whether it was started now.
 */
export const startMachine = async ({ machineArn, name, input }: MachineStart): Promise<boolean> => {
  try {
    await machines().send(
      new StartExecutionCommand({ stateMachineArn: machineArn, name, input: JSON.stringify(input) }),
    );
    return true;
  } catch (error) {
    if ((error as Error).name !== 'ExecutionAlreadyExists') throw error;
    return false;
  }
};

/** Starts executions, one call each. One that was started before under its name is fine. */
export const startMachines = async (starts: readonly MachineStart[]): Promise<void> => {
  for (const start of starts) await startMachine(start);
};
