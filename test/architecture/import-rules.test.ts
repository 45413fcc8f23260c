import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';

const root = path.resolve(import.meta.dirname, '../..');
/** Not imported by name: the configuration is plain JavaScript without types. */
const configFile: string = path.join(root, '.dependency-cruiser.mjs');
const { default: config } = (await import(configFile)) as { default: { forbidden: { name: string }[] } };
const places = ['functions', 'lib', 'local', 'bin', 'test', 'bench', 'scripts'];

/** Runs the rules over a folder laid out like the project; gives the names of the broken rules. */
const brokenRules = (folder: string, roots: readonly string[]): readonly string[] => {
  const result = spawnSync(
    process.execPath,
    [
      path.join(root, 'node_modules/dependency-cruiser/bin/dependency-cruiser.mjs'),
      ...roots,
      '--config',
      path.join(root, '.dependency-cruiser.mjs'),
      '--output-type',
      'json',
    ],
    { cwd: folder, encoding: 'utf8', maxBuffer: 64 * 1024 * 1024 },
  );
  const report = JSON.parse(result.stdout) as {
    summary: { violations: { rule: { name: string } }[]; totalCruised: number };
  };
  expect(report.summary.totalCruised).toBeGreaterThan(0);
  return [...new Set(report.summary.violations.map((violation) => violation.rule.name))].sort();
};

/** For each rule the smallest project that breaks it. */
const violations: Record<string, Record<string, string>> = {
  'no-circular': {
    'functions/platform/a.ts': `import { b } from './b.ts'; export const a = () => b;`,
    'functions/platform/b.ts': `import { a } from './a.ts'; export const b = () => a;`,
  },
  'platform-knows-no-context': {
    'functions/platform/a.ts': `export { x } from '../catalog/contracts.ts';`,
    'functions/catalog/contracts.ts': 'export const x = 1;',
  },
  'only-contracts-of-identity': {
    'functions/catalog/a.ts': `export { x } from '../identity/membership-store.ts';`,
    'functions/identity/membership-store.ts': 'export const x = 1;',
  },
  'only-contracts-of-catalog': {
    'functions/ticketing/a.ts': `export { x } from '../catalog/event-store.ts';`,
    'functions/catalog/event-store.ts': 'export const x = 1;',
  },
  'only-contracts-of-ticketing': {
    'functions/catalog/a.ts': `export { x } from '../ticketing/block.ts';`,
    'functions/ticketing/block.ts': 'export const x = 1;',
  },
  'only-contracts-of-orders': {
    'functions/admission/a.ts': `export { x } from '../orders/order-store.ts';`,
    'functions/orders/order-store.ts': 'export const x = 1;',
  },
  'only-contracts-of-payments': {
    'functions/orders/a.ts': `export { x } from '../payments/stripe-provider.ts';`,
    'functions/payments/stripe-provider.ts': 'export const x = 1;',
  },
  'only-contracts-of-admission': {
    'functions/orders/a.ts': `export { x } from '../admission/ticket.ts';`,
    'functions/admission/ticket.ts': 'export const x = 1;',
  },
  'only-contracts-of-marketplace': {
    'functions/orders/a.ts': `export { x } from '../marketplace/calendar/calendar.ts';`,
    'functions/marketplace/calendar/calendar.ts': 'export const x = 1;',
  },
  'only-contracts-of-notifications': {
    'functions/orders/a.ts': `export { x } from '../notifications/send-once.ts';`,
    'functions/notifications/send-once.ts': 'export const x = 1;',
  },
  'pure-decisions-do-no-io': {
    'functions/ticketing/block.ts': `export { x } from '../platform/table.ts';`,
    'functions/platform/table.ts': 'export const x = 1;',
  },
  'functions-do-not-know-how-they-are-deployed': {
    'functions/catalog/a.ts': `export { x } from '../../lib/app.ts';`,
    'lib/app.ts': 'export const x = 1;',
  },
  'embedded-cloud-knows-no-context': {
    'local/cloud.ts': `export { x } from '../functions/catalog/contracts.ts';`,
    'functions/catalog/contracts.ts': 'export const x = 1;',
  },
  'no-development-libraries-in-functions': {
    'package.json': '{"name":"fixture","version":"1.0.0","devDependencies":{"vitest":"*"}}',
    'functions/catalog/a.ts': `export { test } from 'vitest';`,
  },
  resolvable: {
    'functions/catalog/a.ts': `export { x } from './nowhere.ts';`,
  },
};

const fixtures = mkdtempSync(path.join(import.meta.dirname, '.fixture-'));
afterAll(() => rmSync(fixtures, { recursive: true }));

describe('import rules', () => {
  test('hold in the project', () => {
    expect(brokenRules(root, places)).toEqual([]);
  }, 60_000);

  test('each has a fixture', () => {
    expect(Object.keys(violations).sort()).toEqual(config.forbidden.map((rule) => rule.name).sort());
  });

  test.for(Object.entries(violations))('%s is seen when it is broken', ([name, files]) => {
    const folder = path.join(fixtures, name);
    for (const [file, source] of Object.entries(files)) {
      mkdirSync(path.dirname(path.join(folder, file)), { recursive: true });
      writeFileSync(path.join(folder, file), source);
    }
    const roots = [...new Set(Object.keys(files).map((file) => file.split('/')[0] ?? ''))].filter(
      (name) => !name.includes('.'),
    );
    expect(brokenRules(folder, roots)).toEqual([name]);
  });
});
