import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chownSync, existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { freePort } from '../../local/free-port.ts';

export interface PostgresServer {
  readonly url: string;
  readonly version: string;
  stop(): Promise<void>;
}

/** The system’s PostgreSQL: Debian keeps each version in a folder of its own. */
const binFolder = (): string | undefined => {
  const debian = '/usr/lib/postgresql';
  const versions = existsSync(debian) ? readdirSync(debian).toSorted((a, b) => Number(b) - Number(a)) : [];
  return [...versions.map((version) => path.join(debian, version, 'bin')), '/usr/local/bin', '/usr/bin'].find(
    (folder) => ['initdb', 'postgres'].every((program) => existsSync(path.join(folder, program))),
  );
};

/**
 * Starts a PostgreSQL of its own with default settings, its data where the embedded engine has its own.
 * @returns undefined when the system has none.
 */
export const startPostgres = async (): Promise<PostgresServer | undefined> => {
  const bin = binFolder();
  if (bin === undefined) return undefined;
  const folder = mkdtempSync(path.join(existsSync('/dev/shm') ? '/dev/shm' : tmpdir(), 'postgres-'));
  const data = path.join(folder, 'data');
  // PostgreSQL refuses to run as root; its package brings a user.
  const asUser =
    process.getuid?.() === 0 ? ['setpriv', '--reuid=postgres', '--regid=postgres', '--clear-groups'] : [];
  if (asUser.length > 0) {
    const id = (kind: string) => Number(execFileSync('id', [kind, 'postgres'], { encoding: 'utf8' }));
    chownSync(folder, id('-u'), id('-g'));
  }
  const command = (program: string, ...args: readonly string[]): [string, string[]] => {
    const [first = '', ...rest] = [...asUser, path.join(bin, program), ...args];
    return [first, rest];
  };
  const port = await freePort();
  execFileSync(...command('initdb', '-D', data, '-U', 'postgres', '--auth=trust', '--no-sync'), {
    stdio: 'ignore',
    cwd: folder,
  });
  const child = spawn(
    ...command('postgres', '-D', data, '-p', String(port), '-k', folder, '-h', '127.0.0.1'),
    {
      stdio: 'ignore',
      cwd: folder,
    },
  );
  const url = `postgres://postgres@127.0.0.1:${port}/postgres`;
  const { Client } = await import('pg');
  const deadline = Date.now() + 20_000;
  let version = '';
  while (version === '') {
    const client = new Client({ connectionString: url });
    try {
      await client.connect();
      version = String((await client.query('SHOW server_version')).rows[0].server_version);
    } catch (error) {
      if (Date.now() > deadline) throw error;
      await new Promise((resolve) => setTimeout(resolve, 50));
    } finally {
      await client.end().catch(() => undefined);
    }
  }
  return {
    url,
    version,
    async stop() {
      child.kill('SIGINT');
      await once(child, 'exit');
      rmSync(folder, { recursive: true, force: true });
    },
  };
};
