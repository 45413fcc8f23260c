/**
 * Plants known mistakes, one at a time, in a copy of the project, and shows that each is caught: by a schedule of
 * the simulation, or by a named test. `npm run mutants` prints the table; `-- --write` puts it into
 * docs/simulation.md; `--only 3,7` plants these; `--orders` plants those in orders, payments, refunds and check-in
 * instead, `--leads` those in leads, truck holds and deposits, each caught by the simulation of these. Ends with 1 when one survives.
 */
import { execFile } from 'node:child_process';
import { cp, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { leadMutants } from '../test/simulation/leads/mutants.ts';
import { holdMutants, type Mutant } from '../test/simulation/mutants.ts';
import { orderMutants } from '../test/simulation/orders/mutants.ts';

const root = path.join(import.meta.dirname, '..');
const page = path.join(root, 'docs/simulation.md');
const { values } = parseArgs({
  options: {
    schedules: { type: 'string', default: '60000' },
    seed: { type: 'string', default: '1' },
    only: { type: 'string' },
    orders: { type: 'boolean', default: false },
    leads: { type: 'boolean', default: false },
    write: { type: 'boolean', default: false },
  },
});

/** The mistakes of this run, and the marks between which the page has their table. */
const worlds = {
  holds: { planted: holdMutants, mark: 'mutants', options: [] },
  orders: { planted: orderMutants, mark: 'order mutants', options: ['--orders'] },
  leads: { planted: leadMutants, mark: 'lead mutants', options: ['--leads'] },
} as const;
const { planted, mark, options } = worlds[values.leads ? 'leads' : values.orders ? 'orders' : 'holds'];
const [begin, end] = [`<!-- ${mark} -->\n`, `<!-- /${mark} -->`];

const run = (
  file: string,
  args: readonly string[],
  cwd: string,
): Promise<{ failed: boolean; output: string }> =>
  new Promise((resolve) => {
    const env = { ...process.env, POWERTOOLS_LOG_LEVEL: 'SILENT', NO_COLOR: '1' };
    execFile(file, args, { cwd, env, maxBuffer: 64 * 1_024 * 1_024 }, (error, stdout, stderr) =>
      resolve({ failed: error !== null, output: stdout + stderr }),
    );
  });

const runTest = (copy: string, test: string) =>
  run(process.execPath, ['node_modules/vitest/vitest.mjs', 'run', test], copy);

/** What catches a mutant planted in this copy: a seed, a test, or nothing. */
const caughtBy = async (copy: string, { test }: Mutant): Promise<string | undefined> => {
  if (test !== undefined) {
    const { failed } = await runTest(copy, test);
    return failed ? `\`${test}\`` : undefined;
  }
  const { schedules, seed } = values;
  const args = ['scripts/simulate.ts', ...options, '--schedules', schedules, '--seed', seed];
  const { failed, output } = await run(process.execPath, args, copy);
  const found = output.match(/Seed (\d+) breaks: (.*)/);
  if (failed && found === null) throw new Error(`The simulation itself failed:\n${output}`);
  const steps = output.match(/shrunk to (\d+)/)?.[1];
  return found === null ? undefined : `seed ${found[1]} (${steps} steps): ${found[2]}`;
};

const only = values.only === undefined ? undefined : new Set(values.only.split(',').map(Number));
const copy = await mkdtemp(path.join(tmpdir(), 'mutants-'));
const rows: string[] = [];
let survivors = 0;
try {
  const left = new Set(['node_modules', '.git', '.build', '.data', 'cdk.out']);
  for (const name of (await readdir(root)).filter((entry) => !left.has(entry)))
    await cp(path.join(root, name), path.join(copy, name), { recursive: true });
  await symlink(path.join(root, 'node_modules'), path.join(copy, 'node_modules'));
  for (const test of new Set(planted.flatMap(({ test }) => test ?? []))) {
    const { failed, output } = await runTest(copy, test);
    if (failed) throw new Error(`${test} fails without any mutant:\n${output}`);
  }
  for (const [index, mutant] of planted.entries()) {
    if (only !== undefined && !only.has(index + 1)) continue;
    const file = path.join(copy, mutant.file);
    const original = await readFile(file, 'utf8');
    if (original.split(mutant.from).length !== 2)
      throw new Error(`${mutant.mistake}: its text is not found once in ${mutant.file}`);
    await writeFile(
      file,
      original.replace(mutant.from, () => mutant.to),
    );
    const caught = await caughtBy(copy, mutant);
    await writeFile(file, original);
    if (caught === undefined) survivors += 1;
    const row = `| ${index + 1} | ${mutant.mistake} | \`${path.basename(mutant.file)}\` | ${caught ?? '**survives**'} |`;
    rows.push(row);
    console.log(row);
  }
} finally {
  await rm(copy, { recursive: true, force: true });
}
console.log(`${rows.length - survivors} of ${rows.length} caught.`);
if (values.write) {
  const text = await readFile(page, 'utf8');
  const [before, rest] = text.split(begin);
  const after = rest?.split(end)[1];
  if (before === undefined || after === undefined) throw new Error(`${page} has no place for the table`);
  const table = ['| | mistake | in | caught by |', '|---:|---|---|---|', ...rows].join('\n');
  await writeFile(page, `${before}${begin}${table}\n${end}${after}`);
}
if (survivors > 0) process.exitCode = 1;
