import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Fault, faults, wire } from './injection.ts';
import { baselines, faultTable, openFacts, outcomeOf, playAll, type Result, scenariosOf } from './matrix.ts';
import { admissionUseCases, orderUseCases } from './order-use-cases.ts';
import { type Platform, startPlatform } from './platform.ts';
import { useCases as otherUseCases } from './use-cases.ts';

const useCases = [...otherUseCases, ...orderUseCases, ...admissionUseCases];

const page = path.join(import.meta.dirname, '../../docs/reference/faults.md');
const begin = '<!-- outcomes -->';

let platform: Platform;
let undo: () => void;
let calm: readonly Result[];
let struck: readonly Result[];
let factsOf: (result: Result) => readonly string[];

beforeAll(async () => {
  undo = wire();
  platform = await startPlatform();
  calm = await baselines(platform, useCases);
  struck = await playAll(platform, scenariosOf(useCases));
  await platform.settle();
  factsOf = await openFacts(platform);
}, 240_000);
afterAll(async () => {
  await platform?.stop();
  undo();
});

const titleOf = ({ useCase, plan }: Result): string =>
  `${useCase.context}: ${useCase.name}${plan ? ` | ${plan.call} ${plan.occurrence} | ${plan.fault}` : ''}`;

test.for(useCases)('$context, $name: makes the calls to AWS that it declares', (useCase) => {
  const { run } = calm.find((result) => result.useCase === useCase) as Result;
  expect(run.calls.toSorted()).toEqual(useCase.calls.toSorted());
});

test('no use case makes another call when something fails', () => {
  const others = struck.flatMap(({ useCase, run }) => {
    const declared = [...useCase.calls, ...(useCase.onlyAfterFaults ?? [])];
    return run.calls.filter((call) => !declared.includes(call)).map((call) => `${useCase.name}: ${call}`);
  });
  expect([...new Set(others)]).toEqual([]);
});

test('every fault happened', () => {
  expect(struck.filter(({ run }) => !run.struck).map(titleOf)).toEqual([]);
});

test.for(useCases)('$context, $name: leaves the same behind, whatever failed', (useCase) => {
  const expected = factsOf(calm.find((result) => result.useCase === useCase) as Result);
  const different = struck
    .filter((result) => result.useCase === useCase)
    .map((result) => ({ title: titleOf(result), outcome: outcomeOf(result), facts: factsOf(result) }))
    .filter(({ facts }) => JSON.stringify(facts) !== JSON.stringify(expected));
  expect(
    different.map(({ title, outcome, facts }) => ({
      title,
      outcome,
      more: facts.filter((fact) => !expected.includes(fact)),
      less: expected.filter((fact) => !facts.includes(fact)),
    })),
  ).toEqual([]);
});

test('docs/reference/faults.md has the outcomes (npm run reference:faults writes them)', () => {
  const text = readFileSync(page, 'utf8');
  const [intro = ''] = text.split(begin);
  const generated = `${intro}${begin}\n\n${faultTable(struck, Object.keys(faults) as Fault[])}`;
  if (process.env['WRITE_REFERENCE'] === '1') writeFileSync(page, generated);
  else expect(text).toBe(generated);
});
