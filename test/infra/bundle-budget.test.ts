import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Bundle, bundleFunctions, projectRoot } from '../../lib/bundle.ts';
import { entriesOf, type FunctionDefinition, functionTable } from '../../lib/function-table.ts';
import { functionLoadMs, helloWorldLoadMs } from '../../scripts/load-time.ts';
import { phonePicture } from '../support/pictures.ts';

const budgetBytes = 400_000;
/** Some five times what a small machine needs, so that only a real change of what is loaded exceeds it. */
const loadBudgetMs = 300;

const functions = Object.entries<FunctionDefinition>(functionTable);
const api = functions.filter(([, { kind }]) => kind === 'api');
let bundles: Readonly<Record<string, Bundle>>;
const hello = helloWorldLoadMs(3);

const scratch = path.join(projectRoot, '.build/fixture');

beforeAll(async () => {
  bundles = await bundleFunctions(entriesOf(functionTable));
  mkdirSync(scratch, { recursive: true });
}, 60_000);
afterAll(() => {
  for (const folder of ['fixture', 'functions/fixture', 'records/fixture.json', 'source-maps/fixture']) {
    rmSync(path.join(projectRoot, '.build', folder), { recursive: true, force: true });
  }
});

const fixture = (source: string): string => {
  writeFileSync(path.join(scratch, 'entry.ts'), source);
  return '.build/fixture/entry.ts';
};

describe('bundles', () => {
  test.for(api)('%s loads less than 400 KB at a cold start', ([name]) => {
    expect(bundles[name]?.eagerBytes).toBeLessThan(budgetBytes);
  });

  test.for(api)('%s loads neither tokens nor policies before a request needs them', ([name]) => {
    const sources = Object.keys(bundles[name]?.eagerSources ?? {});
    expect(sources).toContain('functions/platform/serve.ts');
    expect(sources.filter((source) => /cedar|aws-jwt-verify|authorization\.ts/.test(source))).toEqual([]);
  });

  test.for(functions)('%s loads in bounded time', ([name, definition]) => {
    const own = functionLoadMs(bundles[name] as Bundle, definition.environment, 2);
    expect(own - hello).toBeLessThan(loadBudgetMs);
  });

  test('the Stripe SDK is loaded by the first call of Stripe, not at a cold start', async () => {
    const payments = '../../functions/payments';
    const { fixture: bundle } = await bundleFunctions({
      fixture: fixture(
        `export { openStripeProvider } from '${payments}/stripe-provider.ts';
         export { stripeWebhook } from '${payments}/stripe-webhook.ts';`,
      ),
    });
    const sources = Object.keys(bundle.eagerSources);
    expect(sources).toContain('functions/payments/stripe-provider.ts');
    expect(sources.filter((source) => source.includes('node_modules/stripe/'))).toEqual([]);
    expect(bundle.lazyBytes).toBeGreaterThan(100_000);
    const { openStripeProvider } = await import(path.join(bundle.directory, 'index.mjs'));
    const keys = { current: async () => ({ secretKey: 'sk_test_1' }), forget: () => undefined };
    const provider = openStripeProvider(keys, { apiOrigin: 'http://127.0.0.1:1', maxNetworkRetries: 0 });
    expect(await provider.read('pi_1')).toEqual({ ok: false, reason: 'unavailable', retryAfterSeconds: 2 });
  });

  test('pictures are worked on by what a bundle carries, with nothing around it', async () => {
    const { fixture: bundle } = await bundleFunctions({
      fixture: fixture(
        `export { makeThumbnails } from '../../functions/marketplace/photos/make-thumbnails.ts';`,
      ),
    });
    const folder = mkdtempSync(path.join(tmpdir(), 'bundle-'));
    try {
      cpSync(bundle.directory, folder, { recursive: true });
      const script = `
        import { buffer } from 'node:stream/consumers';
        import { makeThumbnails } from '${path.join(folder, 'index.mjs')}';
        const { kind, thumbnails } = await makeThumbnails(await buffer(process.stdin));
        console.log(JSON.stringify([kind, thumbnails.map(({ facts, jpeg }) => [facts, jpeg.length > 0])]));`;
      const run = spawnSync(process.execPath, ['--input-type=module', '-e', script], {
        cwd: folder,
        input: await phonePicture(),
        encoding: 'utf8',
      });
      expect([run.stderr, JSON.parse(run.stdout)]).toEqual([
        '',
        [
          'made',
          [
            [{ size: 320, width: 320, height: 427 }, true],
            [{ size: 1280, width: 480, height: 640 }, true],
          ],
        ],
      ]);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });

  test('the same sources give the same hash, and are not built again', async () => {
    const startedAt = performance.now();
    const again = await bundleFunctions(entriesOf(functionTable));
    expect(performance.now() - startedAt).toBeLessThan(2_000);
    expect(again).toEqual(bundles);
  });

  test('a changed source gives another hash, and back again the first', async () => {
    const build = async (source: string) =>
      (await bundleFunctions({ fixture: fixture(source) })).fixture.hash;
    const one = await build('export const handler = async () => 1;');
    const other = await build('export const handler = async () => 22;');
    expect(other).not.toBe(one);
    expect(await build('export const handler = async () => 1;')).toBe(one);
  });

  test('a dynamic import is not counted as eager, a static one is', async () => {
    const library = "'../../functions/platform/problem-catalogue.ts'";
    const eager = await bundleFunctions({
      fixture: fixture(`export { problemCatalogue as handler } from ${library};`),
    });
    expect(eager.fixture.eagerBytes).toBeGreaterThan(3_000);
    const lazy = await bundleFunctions({
      fixture: fixture(`export const handler = () => import(${library});`),
    });
    expect(lazy.fixture.eagerBytes).toBeLessThan(1_000);
    expect(lazy.fixture.lazyBytes).toBeGreaterThan(3_000);
  });

  test('a missing entry is named', async () => {
    await expect(bundleFunctions({ fixture: 'functions/nowhere.ts' })).rejects.toThrow(
      'Function fixture: its entry functions/nowhere.ts does not exist',
    );
  });
});
