import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { DynamoDBClient, ListTablesCommand } from '@aws-sdk/client-dynamodb';
import { localClient } from './account.ts';
import { freePort } from './free-port.ts';

export interface DynamoDb {
  readonly endpoint: string;
  /** A folder for this run, deleted when the engine ends, however this process ended. */
  readonly scratch: string;
  /** Resolves when the engine is gone: with its exit code when it went by itself, else `stopped`. */
  readonly ended: Promise<number | null | 'stopped'>;
  stop(): Promise<void>;
}

/**
 * The shell holds the engine on a leash: when our end of its standard input closes, however this process
 * ended, `kill -9` included, the engine is killed and the scratch folder is deleted. Its own session
 * keeps Ctrl-C from reaching it, so that what runs when Ctrl-C comes can still finish its writes.
 */
const leash = `
  exec 3<&0
  "$0" "$@" 3<&- &
  child=$!
  (cat <&3 >/dev/null; kill -9 $child) &
  wait $child
  code=$?
  rm -rf "$SCRATCH"
  exit $code`;

const readyTimeoutMs = 10_000;

/**
 * Starts the DynamoDB engine (Dynoxide) on a free port.
 * @param databaseFile where it keeps its data; for this run only when left out.
 * @throws Error when there is no engine for this platform, or it does not answer.
 */
export const startDynamoDb = async (databaseFile?: string): Promise<DynamoDb> => {
  const port = await freePort();
  const endpoint = `http://127.0.0.1:${port}`;
  const scratch = mkdtempSync(path.join(memoryFolder(), 'fairground-'));
  const file = databaseFile ?? path.join(scratch, 'dynamodb.sqlite');
  const serve = [enginePath(), 'serve', '--port', String(port), '--db-path', file];
  const child = spawn('/bin/sh', ['-c', leash, ...serve], {
    stdio: ['pipe', 'ignore', 'ignore'],
    detached: true,
    env: { ...process.env, SCRATCH: scratch },
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
    keepStreamsFast(file);
  } catch (error) {
    await stop();
    throw error;
  }
  return { endpoint, scratch, ended, stop };
};

/** A file system in memory where there is one: what is for this run only need not wait for a disk. */
const memoryFolder = (): string => (existsSync('/dev/shm') ? '/dev/shm' : tmpdir());

/**
 * For each write the engine looks for the stream’s last sequence number, among all its records and without
 * an index: at 20,000 records that is six times the cost of the write. So it gets one.
 */
const keepStreamsFast = (file: string): void => {
  const database = new DatabaseSync(file);
  database.exec('PRAGMA busy_timeout = 5000');
  database.exec(
    'CREATE INDEX IF NOT EXISTS _stream_order ON _stream_records (table_name, CAST(sequence_number AS INTEGER))',
  );
  database.close();
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
