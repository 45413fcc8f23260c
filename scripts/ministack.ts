import { type ChildProcess, spawn } from 'node:child_process';
import { mkdirSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { freePort } from '../local/free-port.ts';
import { installPythonTool } from './python-tool.ts';

/** The LocalStack-compatible server that runs without Docker; pinned, because its gaps are known. */
const requirement = 'ministack[full]==1.5.33';
const startTimeoutMs = 60_000;

export interface Ministack {
  readonly endpoint: string;
  /** What it printed, for the report of a failure. */
  readonly logFile: string;
  stop(): Promise<void>;
}

/**
 * Installs ministack under `folder`, once.
 * @throws Error when there is no Python for it.
 */
export const installMinistack = (folder: string): void => {
  try {
    installPythonTool(folder, requirement);
  } catch (error) {
    const { message } = error as Error;
    const advice = 'or set LOCALSTACK_ENDPOINT to a running LocalStack (docs/guides/localstack.md)';
    throw new Error(`${message}, ${advice}`, { cause: error });
  }
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
