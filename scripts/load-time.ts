import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import type * as z from 'zod';

const measure = `
const before = process.cpuUsage();
await import(process.argv[1]);
const { user, system } = process.cpuUsage(before);
process.stdout.write(String((user + system) / 1_000));
process.exit();
`;

/**
 * Processor time that a fresh process takes to load a module, in milliseconds: not the time that passes, which
 * says as much about what else the machine does. The least of some runs.
 */
const loadMs = (file: string, environment: Readonly<Record<string, string>>, runs: number): number => {
  let least = Number.POSITIVE_INFINITY;
  for (let run = 0; run < runs; run += 1) {
    const output = execFileSync(
      process.execPath,
      ['--input-type=module', '--eval', measure, pathToFileURL(file).href],
      { env: environment, encoding: 'utf8' },
    );
    // Modules may log while they load: the number is what comes last.
    least = Math.min(least, Number(/[\d.]+$/.exec(output)?.[0]));
  }
  return least;
};

/** Load time of a function’s bundle with an environment that its schema takes. */
export const functionLoadMs = (
  bundle: { readonly directory: string },
  schema: z.ZodObject,
  runs: number,
): number => loadMs(path.join(bundle.directory, 'index.mjs'), exampleEnvironment(schema), runs);

/** Load time of a function that does nothing: what Node itself costs here. */
export const helloWorldLoadMs = (runs: number): number => {
  const folder = mkdtempSync(path.join(tmpdir(), 'hello-world-'));
  try {
    const file = path.join(folder, 'index.mjs');
    writeFileSync(file, `export const handler = async () => ({ statusCode: 200, body: 'hello world' });`);
    return loadMs(file, {}, runs);
  } finally {
    rmSync(folder, { recursive: true });
  }
};

const exampleEnvironment = (schema: z.ZodObject): Record<string, string> => {
  const environment: Record<string, string> = { AWS_REGION: 'eu-central-1' };
  for (const name of Object.keys(schema.shape)) {
    const candidates = ['example', 'https://example.com/', '60', 'test', 'false'];
    environment[name] =
      candidates.find((value) => schema.shape[name]?.safeParse?.(value).success) ?? candidates[0] ?? '';
  }
  return environment;
};
