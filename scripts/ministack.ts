import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { existsSync, mkdirSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { freePort } from '../local/free-port.ts';

/** The LocalStack-compatible server that runs without Docker; pinned, because its gaps are known. */
const requirement = 'ministack[full]==1.5.33';
const startTimeoutMs = 60_000;

export interface Ministack {
  readonly endpoint: string;
  /** What it printed, for the report of a failure. */
  readonly logFile: string;
  stop(): Promise<void>;
}

/** Installs ministack into a virtual environment under `folder`, once. */
export const installMinistack = (folder: string): void => {
  const marker = path.join(folder, 'installed');
  if (existsSync(marker) && readFileSync(marker, 'utf8') === requirement) return;
  const python = pythonCommand();
  rmSync(path.join(folder, 'venv'), { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  const run = (command: string, args: readonly string[]) => {
    try {
      execFileSync(command, args, { stdio: ['ignore', 'pipe', 'pipe'], encoding: 'utf8' });
    } catch (error) {
      const { stderr } = error as { stderr?: string };
      throw new Error(`${command} ${args.join(' ')} failed: ${stderr ?? String(error)}`, { cause: error });
    }
  };
  run(python, ['-m', 'venv', path.join(folder, 'venv')]);
  run(path.join(folder, 'venv/bin/pip'), ['install', '--quiet', '--disable-pip-version-check', requirement]);
  writeFileSync(marker, requirement);
};

const pythonCommand = (): string => {
  for (const command of ['python3', 'python']) {
    try {
      execFileSync(command, ['-c', 'import sys, venv; sys.exit(sys.version_info < (3, 10))'], {
        stdio: 'ignore',
      });
      return command;
    } catch {
      // Not there or too old: the next.
    }
  }
  throw new Error(
    'No python3 of at least 3.10 with venv: install one, or set LOCALSTACK_ENDPOINT to a running LocalStack (docs/guides/localstack.md)',
  );
};

/**
 * Starts ministack on a free port. Its functions run on the first `node` of its PATH and see its whole
 * environment, so it gets this process’s Node and next to nothing else.
 */
export const startMinistack = async (folder: string): Promise<Ministack> => {
  const port = await freePort();
  const endpoint = `http://127.0.0.1:${port}`;
  const temporary = path.join(folder, 'tmp');
  const logFile = path.join(folder, 'server.log');
  rmSync(temporary, { recursive: true, force: true });
  mkdirSync(temporary, { recursive: true });
  // Its workers are CommonJS files in the temporary folder: the project’s `"type": "module"` must not reach them.
  writeFileSync(path.join(temporary, 'package.json'), '{"type":"commonjs"}');
  const bin = path.join(folder, 'venv/bin');
  const server = spawn(path.join(bin, 'ministack'), [], {
    cwd: temporary,
    env: {
      PATH: [path.dirname(process.execPath), bin, '/usr/bin', '/bin'].join(':'),
      HOME: temporary,
      TMPDIR: temporary,
      BIND_HOST: '127.0.0.1',
      MINISTACK_HOST: '127.0.0.1',
      GATEWAY_PORT: String(port),
      LAMBDA_EXECUTOR: 'local',
      LOG_LEVEL: 'WARNING',
    },
    stdio: ['ignore', openSync(logFile, 'w'), openSync(logFile, 'a')],
    // A process group of its own: stopping it stops the functions’ processes too.
    detached: true,
  });
  const stop = async () => {
    await stopGroup(server);
    rmSync(temporary, { recursive: true, force: true });
  };
  try {
    await untilHealthy(server, `${endpoint}/_localstack/health`, logFile);
  } catch (error) {
    await stop();
    throw error;
  }
  return { endpoint, logFile, stop };
};

const untilHealthy = async (server: ChildProcess, url: string, logFile: string): Promise<void> => {
  const deadline = Date.now() + startTimeoutMs;
  while (server.exitCode === null && Date.now() < deadline) {
    const healthy = await fetch(url, { signal: AbortSignal.timeout(2_000) }).then(
      (response) => response.ok,
      () => false,
    );
    if (healthy) return;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error(`ministack did not start: ${readFileSync(logFile, 'utf8').slice(-2_000)}`);
};

/** Asks the whole group to end, and makes it after five seconds. */
const stopGroup = async (leader: ChildProcess): Promise<void> => {
  const { pid } = leader;
  if (pid === undefined) return;
  const signalGroup = (signal: NodeJS.Signals) => {
    try {
      process.kill(-pid, signal);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
    }
  };
  if (leader.exitCode === null && leader.signalCode === null) {
    const exited = new Promise<void>((resolve) => leader.once('exit', () => resolve()));
    signalGroup('SIGTERM');
    const patience = setTimeout(() => signalGroup('SIGKILL'), 5_000);
    await exited;
    clearTimeout(patience);
  }
  // Functions’ processes that outlived the server.
  signalGroup('SIGKILL');
};
