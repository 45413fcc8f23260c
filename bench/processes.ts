import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';

const root = path.join(import.meta.dirname, '..');

export interface Started {
  readonly child: ChildProcess;
  stop(): Promise<void>;
}

/**
 * Starts a program of the project with its Node and waits until it prints a line that matches.
 * @param onLine told each line of its log (standard error), which is shown here without it.
 */
export const startProgram = async (
  file: string,
  args: readonly string[],
  ready: RegExp,
  { nodeArgs = [], onLine }: { nodeArgs?: readonly string[]; onLine?: (line: string) => void } = {},
): Promise<Started> => {
  const child = spawn(process.execPath, [...nodeArgs, path.join(root, file), ...args], {
    cwd: root,
    stdio: ['ignore', 'pipe', onLine === undefined ? 'inherit' : 'pipe'],
  });
  if (child.stderr !== null && onLine !== undefined)
    createInterface({ input: child.stderr }).on('line', onLine);
  const said: string[] = [];
  await new Promise<void>((resolve, reject) => {
    createInterface({ input: child.stdout as Readable }).on('line', (line) => {
      said.push(line);
      if (ready.test(line)) resolve();
    });
    child.once('exit', (code) => reject(new Error(`${file} ended with ${code}:\n${said.join('\n')}`)));
  });
  return {
    child,
    async stop() {
      if (child.exitCode !== null) return;
      child.kill('SIGINT');
      await once(child, 'exit');
    },
  };
};

/** Clock ticks a second of /proc (Linux: 100 on every platform that Node runs on). */
const ticksPerSecond = 100;

const cpuSecondsOf = (statFile: string): number => {
  // The name, in brackets, may hold spaces; user and system time are the 12th and 13th fields after it.
  const fields = readFileSync(statFile, 'utf8').split(') ').at(-1)?.split(' ') ?? [];
  return (Number(fields[11]) + Number(fields[12])) / ticksPerSecond;
};

export interface CpuSeconds {
  /** The main thread: HTTP, API Gateway’s part, queues, pollers. */
  readonly gateway: number;
  /** Threads of the API’s functions: handler and AWS SDK. */
  readonly handlers: number;
  /** Threads of relays and consumers: what follows from a write. */
  readonly reactions: number;
  /** V8’s and libuv’s helpers of all of them: garbage collection, compilation. */
  readonly helpers: number;
  /** The database engine. */
  readonly engine: number;
}

/** Threads of functions bear the function’s name, cut to 15 characters by the system: `TicketingComman`. */
const partOf = (threadName: string): keyof CpuSeconds => {
  if (threadName === 'MainThread') return 'gateway';
  if (/^[A-Z][a-z]+(Com|Que)/.test(threadName)) return 'handlers';
  return /^(Identity|Catalog|Ticketing|Orders|Admission|Notifications|Marketplace|Leads)/.test(threadName)
    ? 'reactions'
    : 'helpers';
};

/** CPU that a process, by its threads, and its descendants have used (Linux). */
export const cpuOf = (pid: number): CpuSeconds => {
  const seconds = { gateway: 0, handlers: 0, reactions: 0, helpers: 0, engine: 0 };
  for (const thread of readdirSync(`/proc/${pid}/task`)) {
    const folder = `/proc/${pid}/task/${thread}`;
    seconds[partOf(readFileSync(`${folder}/comm`, 'utf8').trim())] += cpuSecondsOf(`${folder}/stat`);
  }
  for (const child of descendantsOf(pid)) seconds.engine += cpuSecondsOf(`/proc/${child}/stat`);
  return seconds;
};

const descendantsOf = (pid: number): readonly number[] => {
  const children = readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .filter((candidate) => {
      try {
        const fields = readFileSync(`/proc/${candidate}/stat`, 'utf8').split(') ').at(-1)?.split(' ') ?? [];
        return Number(fields[1]) === pid;
      } catch {
        return false;
      }
    });
  return children.flatMap((child) => [child, ...descendantsOf(child)]);
};
