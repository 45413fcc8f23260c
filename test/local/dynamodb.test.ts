import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { startDynamoDb } from '../../local/dynamodb.ts';

const isAnswering = (endpoint: string): Promise<boolean> =>
  fetch(endpoint).then(
    () => true,
    () => false,
  );

test('the engine and its scratch folder go with whoever started it, kill -9 included', async () => {
  const module = path.join(import.meta.dirname, '../../local/dynamodb.ts');
  const code = `import { startDynamoDb } from ${JSON.stringify(module)};
    const { endpoint, scratch } = await startDynamoDb();
    console.log(JSON.stringify({ endpoint, scratch }));
    setInterval(() => undefined, 1000);`;
  const parent = spawn(process.execPath, ['--input-type=module', '-e', code], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [line] = (await once(parent.stdout, 'data')) as [Buffer];
  const { endpoint, scratch } = JSON.parse(line.toString()) as { endpoint: string; scratch: string };
  expect([await isAnswering(endpoint), existsSync(scratch)]).toEqual([true, true]);
  parent.kill('SIGKILL');
  await expect.poll(() => existsSync(scratch), { timeout: 5_000 }).toBe(false);
  expect(await isAnswering(endpoint)).toBe(false);
});

test('an engine that ends by itself is said to have', async () => {
  const engine = await startDynamoDb();
  const { pid } = (await findListener(engine.endpoint)) ?? {};
  process.kill(pid ?? 0, 'SIGKILL');
  expect(await engine.ended).toBe(137);
});

/** The process that listens there, by the port on its command line. */
const findListener = async (endpoint: string): Promise<{ readonly pid: number } | undefined> => {
  const { port } = new URL(endpoint);
  const ps = spawn('ps', ['-eo', 'pid,args'], { stdio: ['ignore', 'pipe', 'inherit'] });
  let output = '';
  for await (const chunk of ps.stdout.setEncoding('utf8')) output += chunk;
  const line = output
    .split('\n')
    .find((one) => /^\s*\d+ \S*dynoxide serve/.test(one) && one.includes(`--port ${port}`));
  return line === undefined ? undefined : { pid: Number(line.trim().split(' ')[0]) };
};
