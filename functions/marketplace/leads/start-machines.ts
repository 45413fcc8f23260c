import type { MachineStart } from '../../platform/machine.ts';
import type { StreamChange } from '../../platform/relay.ts';
import { machineInput, machineName } from './lead-machine.ts';
import { toLead } from './lead-store.ts';

/** Each stage of a lead that something comes to by itself starts a machine of its own. */
export const leadMachines =
  (machineArn: string) =>
  ({ before, after }: StreamChange): readonly MachineStart[] => {
    if (after?.sk !== 'LEAD') return [];
    const lead = toLead(after);
    if (before !== undefined && toLead(before).stage === lead.stage) return [];
    const input = machineInput(lead);
    return input === undefined ? [] : [{ machineArn, name: machineName(lead), input }];
  };
