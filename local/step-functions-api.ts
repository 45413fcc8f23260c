import { randomUUID } from 'node:crypto';
import { type AwsAnswer, answered, type JsonService, refused } from './aws-answer.ts';
import type { Execution, ExecutionStore } from './execution-store.ts';
import type { Machine, StateMachines } from './state-machines.ts';
import { maxDataBytes } from './task-tokens.ts';

/** Names of executions (StartExecution of the API reference). */
const executionName = /^[^\s\p{Cc}<>{}[\]?*"#%\\^|~`$&,;:/]{1,80}$/u;

type Action = (input: Parameters<JsonService>[1]) => AwsAnswer;

/** The actions of Step Functions that are served here, by AWS JSON 1.0. */
export const stepFunctions = (machines: StateMachines, store: ExecutionStore): JsonService => {
  const machineOf = (arn: unknown): Machine | AwsAnswer =>
    machines.machines.get(String(arn)) ??
    refused('StateMachineDoesNotExist', `State Machine Does Not Exist: '${String(arn)}'`);
  const noExecution = (arn: unknown) =>
    refused('ExecutionDoesNotExist', `Execution Does Not Exist: '${String(arn)}'`);

  const actions: Readonly<Record<string, Action>> = {
    StartExecution({ stateMachineArn, name = randomUUID(), input = '{}' }) {
      const machine = machineOf(stateMachineArn);
      if (!('definition' in machine)) return machine;
      if (typeof name !== 'string' || !executionName.test(name))
        return refused('InvalidName', `Invalid Name: '${String(name)}'`);
      if (!isJson(input))
        return refused('InvalidExecutionInput', "Invalid State Machine Execution Input: 'no JSON'");
      if (Buffer.byteLength(input) > maxDataBytes)
        return refused('InvalidExecutionInput', `The input is larger than ${maxDataBytes} bytes`);
      const started = machines.start(machine, name, input);
      return started.kind === 'exists'
        ? refused('ExecutionAlreadyExists', `Execution Already Exists: '${machine.name}:${name}'`)
        : answered({ executionArn: started.execution.arn, startDate: seconds(started.execution.startedAt) });
    },
    DescribeExecution({ executionArn }) {
      const execution = store.get(String(executionArn));
      if (execution === undefined) return noExecution(executionArn);
      const { input, output, error, cause } = execution;
      return answered({
        ...summary(execution),
        input,
        inputDetails: { included: true },
        ...(output !== undefined && { output, outputDetails: { included: true } }),
        error,
        cause,
        redriveCount: 0,
        redriveStatus: 'NOT_REDRIVABLE',
      });
    },
    ListExecutions({ stateMachineArn, statusFilter, maxResults, nextToken }) {
      const machine = machineOf(stateMachineArn);
      if (!('definition' in machine)) return machine;
      const { items, next } = store.list(machine.arn, statusFilter, limitOf(maxResults), fromOf(nextToken));
      return answered({
        executions: items.map(summary),
        ...(next !== undefined && { nextToken: String(next) }),
      });
    },
    StopExecution({ executionArn, error, cause }) {
      const stopped = machines.stop(String(executionArn), error, cause);
      return stopped === undefined
        ? noExecution(executionArn)
        : answered({ stopDate: seconds(stopped.stoppedAt ?? Date.now()) });
    },
    GetExecutionHistory({ executionArn, maxResults, reverseOrder = false, nextToken }) {
      if (store.get(String(executionArn)) === undefined) return noExecution(executionArn);
      const { items, next } = store.history(
        String(executionArn),
        limitOf(maxResults),
        reverseOrder === true,
        fromOf(nextToken),
      );
      return answered({ events: items, ...(next !== undefined && { nextToken: String(next) }) });
    },
    DescribeStateMachine({ stateMachineArn }) {
      const machine = machineOf(stateMachineArn);
      if (!('definition' in machine)) return machine;
      const { source, roleArn } = machine;
      return answered({ ...machineSummary(machine), status: 'ACTIVE', definition: source, roleArn });
    },
    ListStateMachines: () => answered({ stateMachines: [...machines.machines.values()].map(machineSummary) }),
    SendTaskSuccess: (input) => machines.tokens.sendSuccess(input),
    SendTaskFailure: (input) => machines.tokens.sendFailure(input),
    SendTaskHeartbeat: (input) => machines.tokens.sendHeartbeat(input),
  };
  return (operation, input) => actions[operation]?.(input);
};

/** When the machines came to be means nothing here; clients want a date. */
const creationDate = 0;

const machineSummary = ({ arn, name }: Machine) => ({
  stateMachineArn: arn,
  name,
  type: 'STANDARD',
  creationDate,
});

const summary = ({ arn, machineArn, name, status, startedAt, stoppedAt }: Execution) => ({
  executionArn: arn,
  stateMachineArn: machineArn,
  name,
  status,
  startDate: seconds(startedAt),
  ...(stoppedAt !== undefined && { stopDate: seconds(stoppedAt) }),
});

const seconds = (epochMs: number): number => epochMs / 1_000;

/** 1 to 1000 results; 100 when nothing, or 0, is said (API reference). */
const limitOf = (maxResults: unknown): number => Math.min(Math.max(Number(maxResults) || 100, 1), 1_000);

const fromOf = (nextToken: unknown): number | undefined => {
  const from = Number(nextToken);
  return nextToken === undefined || !Number.isInteger(from) ? undefined : from;
};

const isJson = (text: unknown): text is string => {
  try {
    JSON.parse(String(text));
    return typeof text === 'string';
  } catch {
    return false;
  }
};
