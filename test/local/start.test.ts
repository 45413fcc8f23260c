import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { freePort } from '../../local/free-port.ts';

const root = path.resolve(import.meta.dirname, '../..');
const data = mkdtempSync(path.join(tmpdir(), 'fairground-data-'));
const children: ChildProcess[] = [];
afterAll(() => {
  for (const child of children) child.kill('SIGKILL');
  rmSync(data, { recursive: true, force: true });
});

interface Run {
  readonly child: ChildProcess;
  readonly output: () => string;
  readonly ended: Promise<number | null>;
}

const start = (...args: readonly string[]): Run => {
  const child = spawn(process.execPath, [path.join(root, 'local/start.ts'), ...args], {
    cwd: root,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  children.push(child);
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream?.setEncoding('utf8').on('data', (text: string) => {
      output += text;
    });
  }
  const ended = new Promise<number | null>((resolve) => child.once('exit', (code) => resolve(code)));
  return { child, output: () => output, ended };
};

const untilReady = async (run: Run): Promise<void> => {
  const deadline = Date.now() + 60_000;
  while (!run.output().includes('Ctrl-C ends it') && run.child.exitCode === null && Date.now() < deadline) {
    await new Promise((resolve) => run.child.stdout?.once('data', resolve));
  }
  expect(run.output()).toContain('Ctrl-C ends it');
};

/** Processes of the machine whose command line holds this text, apart from ours. */
const processesWith = (text: string): readonly string[] =>
  execFileSync('ps', ['-eo', 'pid,args'], { encoding: 'utf8' })
    .split('\n')
    .filter((line) => line.includes(text) && !line.includes('ps -eo'));

test('the first command works as printed; what was answered is there after kill -9; Ctrl-C leaves nothing', async () => {
  const port = await freePort();
  const first = start('--port', String(port), '--data', data);
  await untilReady(first);
  const command = /^curl [\s\S]*?-d '.*'$/m.exec(first.output())?.[0] ?? '';
  const run = (curl: string) =>
    JSON.parse(execFileSync('/bin/sh', ['-c', curl], { encoding: 'utf8' })) as {
      id: string;
      status: string;
      places: { place: string }[];
    };
  const hold = run(command);
  expect(hold.status).toBe('active');
  expect(hold.places).toHaveLength(2);

  first.child.kill('SIGKILL');
  await first.ended;
  await expect.poll(() => processesWith(data)).toEqual([]);

  const second = start('--port', String(port), '--data', data);
  await untilReady(second);
  const again = (await (await fetch(`http://127.0.0.1:${port}/v1/holds/${hold.id}`)).json()) as typeof hold;
  expect(again).toMatchObject({ id: hold.id, status: 'active', places: hold.places });
  // The same key gives the same hold, not two more seats.
  expect(run(command).id).toBe(hold.id);

  second.child.kill('SIGINT');
  expect(await second.ended).toBe(0);
  expect(processesWith(data)).toEqual([]);
}, 120_000);

test('a taken port is a clear message', async () => {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const run = start('--port', String(port));
  expect(await run.ended).toBe(1);
  expect(run.output()).toContain(
    `Port ${port} is taken by another program. Take another one: npm start -- --port ${port + 1}`,
  );
  server.close();
});

test('a wrong option is said, with the right ones', async () => {
  const run = start('--prot', '3000');
  expect(await run.ended).toBe(2);
  expect(run.output()).toContain("Unknown option '--prot'");
  expect(run.output()).toContain('npm start -- [--port N] [--data DIR]');
});

test.for([
  ['no JSON', '{', 'holds no Stripe keys yet: it is not JSON'],
  ['no keys', '{"secretKey":"rk_test_1"}', 'holds no Stripe keys: look at webhookSecrets'],
  [
    'keys of real money',
    '{"secretKey":"sk_live_1","webhookSecrets":["whsec_1"]}',
    'only keys of Stripe’s test mode',
  ],
] as const)('a file of Stripe’s keys with %s is refused', async ([, text, reason]) => {
  const file = path.join(data, 'stripe.json');
  writeFileSync(file, text);
  const run = start('--stripe-keys', file);
  expect(await run.ended).toBe(2);
  expect(run.output()).toContain(`${file}`);
  expect(run.output()).toContain(reason);
});
