/**
 * What Cedar costs: in the first request of a process that needs a policy, and in every one after it.
 *
 *   npm run bench:cedar [-- --repeats 15]
 *
 * The module is bundled as the functions are. Cold figures come from fresh processes, one a repeat; warm
 * ones from batches of decisions in one process. Prints a Markdown table; docs/adr/0004 quotes it.
 */
import { execFileSync } from 'node:child_process';
import { copyFileSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';
import { build } from 'esbuild';
import type { authorize as Authorize } from '../functions/identity/authorization.ts';

const root = path.join(path.dirname(fileURLToPath(import.meta.url)), '..');
const wasmFile = path.join(root, 'node_modules/@cedar-policy/cedar-wasm/web/cedar_wasm_bg.wasm');
const policiesFile = path.join(root, 'functions/identity/policies.cedar');
const schemaFile = path.join(root, 'functions/identity/schema.cedarschema');

const { values: given } = parseArgs({
  options: {
    repeats: { type: 'string', default: '15' },
    /** Used by the benchmark itself: one cold start of the bundle in this folder. */
    cold: { type: 'string' },
  },
});

/** An owner changes a venue of theirs: the usual decision of an organizer’s request. */
const request = {
  caller: { subject: 'auth0|42', roles: [] },
  memberships: [{ organizationId: 'org_5zr1v9n6q0w8c4t2m7k3x1y9ab', role: 'owner' as const }],
  action: 'UpdateVenue',
  resource: {
    kind: 'venue',
    id: 'ven_5zr1v9n6q0w8c4t2m7k3x1y9ab',
    organizationId: 'org_5zr1v9n6q0w8c4t2m7k3x1y9ab',
  },
  now: new Date('2026-11-20T18:00:00Z'),
};

interface ColdStart {
  readonly importMs: number;
  readonly firstMs: number;
  readonly secondMs: number;
  readonly memoryMb: number;
}

const megabytes = (): number => process.memoryUsage.rss() / 1_048_576;

const elapsed = async (work: () => unknown): Promise<number> => {
  const startedAt = performance.now();
  await work();
  return performance.now() - startedAt;
};

const loadBundle = async (folder: string): Promise<typeof Authorize> =>
  (
    (await import(pathToFileURL(path.join(folder, 'authorization.js')).href)) as {
      authorize: typeof Authorize;
    }
  ).authorize;

const measureColdStart = async (folder: string): Promise<ColdStart> => {
  const before = megabytes();
  let authorize: typeof Authorize | undefined;
  const importMs = await elapsed(async () => {
    authorize = await loadBundle(folder);
  });
  const decide = () => {
    if (authorize?.(request).allowed !== true) throw new Error('The owner was refused');
  };
  const firstMs = await elapsed(decide);
  const secondMs = await elapsed(decide);
  return { importMs, firstMs, secondMs, memoryMb: megabytes() - before };
};

/** Milliseconds of one call, from a batch. */
const perCall = (calls: number, work: () => void): number => {
  const startedAt = performance.now();
  for (let call = 0; call < calls; call += 1) work();
  return (performance.now() - startedAt) / calls;
};

const spread = (figures: readonly number[], digits: number): string => {
  const sorted = figures.toSorted((a, b) => a - b);
  const at = (index: number) => (sorted[index] ?? Number.NaN).toFixed(digits);
  return [at(0), at(Math.floor(sorted.length / 2)), at(sorted.length - 1)].join(' | ');
};

const bundle = async (folder: string): Promise<void> => {
  await build({
    entryPoints: [path.join(root, 'functions/identity/authorization.ts')],
    outdir: folder,
    bundle: true,
    minify: true,
    platform: 'node',
    target: 'node24',
    format: 'esm',
  });
  for (const file of [wasmFile, policiesFile, schemaFile])
    copyFileSync(file, path.join(folder, path.basename(file)));
};

const measureWarm = async (folder: string, repeats: number) => {
  const authorize = await loadBundle(folder);
  const engine = await import('@cedar-policy/cedar-wasm/nodejs');
  const staticPolicies = readFileSync(policiesFile, 'utf8');
  const user = { type: 'User', id: 'auth0|42' };
  const role = (name: string) => ({ __entity: { type: 'Role', id: `org/${name}` } });
  const organization = { __entity: { type: 'Organization', id: 'org' } };
  const resource = { type: 'Venue', id: 'ven_1' };
  const parsedEachTime = () => {
    const answer = engine.isAuthorized({
      principal: user,
      action: { type: 'Action', id: 'UpdateVenue' },
      resource,
      context: { now: 0 },
      policies: { staticPolicies },
      entities: [
        { uid: user, attrs: { admin: false }, parents: [{ type: 'Role', id: 'org/owner' }] },
        {
          uid: { type: 'Action', id: 'UpdateVenue' },
          attrs: {},
          parents: [{ type: 'Action', id: 'manageCatalog' }],
        },
        {
          uid: { type: 'Organization', id: 'org' },
          attrs: { owners: role('owner'), managers: role('manager'), staff: role('staff') },
          parents: [],
        },
        { uid: resource, attrs: { organization }, parents: [] },
      ],
    });
    if (answer.type === 'failure' || answer.response.decision !== 'allow')
      throw new Error(`The owner was refused: ${JSON.stringify(answer)}`);
  };
  const parsedBefore = () => {
    authorize(request);
  };
  perCall(500, parsedBefore);
  perCall(100, parsedEachTime);
  return {
    parsedBeforeMs: Array.from({ length: repeats }, () => perCall(500, parsedBefore)),
    parsedEachTimeMs: Array.from({ length: repeats }, () => perCall(100, parsedEachTime)),
  };
};

const main = async (): Promise<void> => {
  const repeats = Number(given.repeats);
  if (!Number.isInteger(repeats) || repeats < 1) throw new Error('--repeats takes a whole number from 1');
  const folder = mkdtempSync(path.join(os.tmpdir(), 'cedar-'));
  try {
    await bundle(folder);
    const cold = Array.from(
      { length: repeats },
      (): ColdStart =>
        JSON.parse(
          execFileSync(process.execPath, [fileURLToPath(import.meta.url), '--cold', folder], {
            encoding: 'utf8',
          }),
        ),
    );
    const warm = await measureWarm(folder, repeats);
    const kilobytes = (file: string) => Math.round(statSync(file).size / 1_024);
    const rows: readonly [what: string, figures: readonly number[], digits: number][] = [
      ['load the module, ms', cold.map(({ importMs }) => importMs), 1],
      ['first decision (engine compiled, policies parsed), ms', cold.map(({ firstMs }) => firstMs), 1],
      ['second decision, ms', cold.map(({ secondMs }) => secondMs), 2],
      ['memory after both, MB', cold.map(({ memoryMb }) => memoryMb), 0],
      ['a decision, policies parsed once, ms', warm.parsedBeforeMs, 3],
      ['a decision, policies parsed each time, ms', warm.parsedEachTimeMs, 3],
    ];
    console.log(`Node ${process.version}, ${os.cpus()[0]?.model ?? 'unknown CPU'}, ${repeats} repeats`);
    console.log(
      `Engine ${kilobytes(wasmFile)} KB, module ${kilobytes(path.join(folder, 'authorization.js'))} KB\n`,
    );
    console.log('| | min | median | max |\n|---|---:|---:|---:|');
    for (const [what, figures, digits] of rows) console.log(`| ${what} | ${spread(figures, digits)} |`);
  } finally {
    rmSync(folder, { recursive: true });
  }
};

if (given.cold === undefined) await main();
else console.log(JSON.stringify(await measureColdStart(given.cold)));
