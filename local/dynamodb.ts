import { spawn } from 'node:child_process';
import { createRequire } from 'node:module';
import path from 'node:path';
import { DynamoDBClient, ListTablesCommand } from '@aws-sdk/client-dynamodb';
import { localClient } from './account.ts';
import { freePort } from './free-port.ts';

export interface DynamoDb {
  readonly endpoint: string;
  /** Resolves when the engine is gone: with its exit code when it went by itself, else `stopped`. */
  readonly ended: Promise<number | null | 'stopped'>;
  stop(): Promise<void>;
}

/**
 * The shell holds the engine on a leash: when our end of its standard input closes, however this process
 * ended, `kill -9` included, the engine is killed. Its own session keeps Ctrl-C from reaching it, so that
 * what runs when Ctrl-C comes can still finish its writes.
 */
const leash = 'exec 3<&0; "$0" "$@" 3<&- & child=$!; (cat <&3 >/dev/null; kill -9 $child) & wait $child';

const readyTimeoutMs = 10_000;

/**
 * Starts the DynamoDB engine (Dynoxide) on a free port.
 * @param databaseFile where it keeps its data; in memory when left out.
 * @throws Error when there is no engine for this platform, or it does not answer.
 */
export const startDynamoDb = async (databaseFile?: string): Promise<DynamoDb> => {
  const port = await freePort();
  const endpoint = `http://127.0.0.1:${port}`;
  const storage = databaseFile === undefined ? [] : ['--db-path', databaseFile];
  const child = spawn('/bin/sh', ['-c', leash, enginePath(), 'serve', '--port', String(port), ...storage], {
    stdio: ['pipe', 'ignore', 'ignore'],
    detached: true,
  });
  let stopping = false;
  const ended = new Promise<number | null | 'stopped'>((resolve) => {
    child.once('exit', (code) => resolve(stopping ? 'stopped' : code));
    child.once('error', () => resolve(null));
  });
  const stop = async (): Promise<void> => {
    stopping = true;
    child.stdin.destroy();
    await ended;
  };
  try {
    await untilAnswering(endpoint, ended);
  } catch (error) {
    await stop();
    throw error;
  }
  return { endpoint, ended, stop };
};

const enginePath = (): string => {
  const packageName = `@dynoxide/${process.platform}-${process.arch}`;
  try {
    const packageFile = createRequire(import.meta.url).resolve(`${packageName}/package.json`);
    return path.join(path.dirname(packageFile), 'dynoxide');
  } catch {
    throw new Error(
      `There is no DynamoDB engine for this platform: ${packageName} is not installed. docs/start.md says which platforms have one.`,
    );
  }
};

const untilAnswering = async (endpoint: string, ended: DynamoDb['ended']): Promise<void> => {
  const client = new DynamoDBClient({ ...localClient(endpoint), maxAttempts: 1 });
  const deadline = Date.now() + readyTimeoutMs;
  let exitCode: number | null | 'stopped' | undefined;
  void ended.then((code) => {
    exitCode = code;
  });
  try {
    for (;;) {
      try {
        await client.send(new ListTablesCommand({}));
        return;
      } catch (error) {
        if (exitCode !== undefined)
          throw new Error(`The DynamoDB engine ended at once (exit code ${exitCode})`);
        if (Date.now() > deadline) throw error;
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
    }
  } finally {
    client.destroy();
  }
};
