import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { checkPlan } from '../../functions/catalog/seating-plan.ts';

const read = (path: string): string => readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8');
const guide = read('docs/guides/sell-a-hall.md');

test('the plan in the guide is valid', () => {
  const [, json = ''] = /<!-- seating plan -->\n```json\n(.*?)```/s.exec(guide) ?? [];
  const check = checkPlan(JSON.parse(json));
  expect(check.ok ? [] : check.faults).toEqual([]);
});

test('every code that a plan is refused with stands in the guide, and no other', () => {
  const source = read('functions/catalog/seating-plan.ts') + read('functions/catalog/venues-api.ts');
  const used = [...source.matchAll(/(?:unique\(|fault\(|code: )\s*'([A-Z_]+)'/g)].map(([, code]) => code);
  const section = guide.slice(guide.indexOf('### When a plan is refused'), guide.indexOf('### Large plans'));
  const listed = [...section.matchAll(/^\| (`[A-Z_]+`.*?) \|/gm)]
    .flatMap(([, codes = '']) => [...codes.matchAll(/`([A-Z_]+)`/g)].map(([, code]) => code))
    .filter((code) => code !== 'UNKNOWN_FIELD' && code !== 'INVALID_TYPE');
  expect(new Set(listed)).toEqual(
    new Set(used.filter((code) => code !== 'UNKNOWN_FIELD' && code !== 'PLAN_REFUSED')),
  );
  expect(used.length).toBeGreaterThan(8);
});

test('the shell snippets name seats that the Paraninfo has', () => {
  const plan = read('test/fixtures/seating/ull-paraninfo.pretix.json');
  for (const guid of ['stalls-Q-24', 'stalls-Q-22']) {
    expect(guide).toContain(guid);
    expect(plan).toContain(`"seat_guid":"${guid}"`);
  }
  for (const category of ['Patio de Butacas', 'Anfiteatro']) expect(plan).toContain(`"name":"${category}"`);
});
