import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { Ajv2020 } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import { describe, expect, test } from 'vitest';
import { lifecycleEvents } from '../../functions/lifecycle-events.ts';
import { envelopeOf } from '../../functions/platform/lifecycle-event.ts';
import { problemCatalogue } from '../../functions/platform/problem-catalogue.ts';
import { referencePages } from '../../scripts/reference.ts';

const root = path.join(import.meta.dirname, '../..');
const folder = path.join(root, 'docs/reference');
const read = (file: string): string => readFileSync(path.join(folder, file), 'utf8');

describe('the reference is what the code says (npm run reference)', () => {
  test.for([...referencePages()])('%s', ([file, content]) => {
    expect(read(file)).toBe(content);
  });

  test('no schema is left of a lifecycle event that is gone', () => {
    const published = readdirSync(path.join(folder, 'lifecycle-events')).map(
      (file) => `lifecycle-events/${file}`,
    );
    expect(published.sort()).toEqual(
      [...referencePages().keys()].filter((file) => file.startsWith('lifecycle-events/')).sort(),
    );
  });
});

describe('error codes', () => {
  test('the page lists exactly the catalogue, in both directions', () => {
    const listed = [...read('errors.md').matchAll(/^\| `([A-Z_]+)` \| (\d+) \|/gm)].map(
      ([, code, status]) => [code, Number(status)],
    );
    expect(listed).toEqual(
      Object.entries(problemCatalogue)
        .map(([code, { status }]) => [code, status])
        .sort(([a], [b]) => String(a).localeCompare(String(b))),
    );
  });

  test('every code is used by the code', () => {
    // The gateway’s own answers are declared in lib.
    const sources = ['functions', 'lib']
      .flatMap((folder) =>
        readdirSync(path.join(root, folder), { recursive: true, encoding: 'utf8' }).map((file) =>
          path.join(root, folder, file),
        ),
      )
      .filter((file) => file.endsWith('.ts') && !file.endsWith('problem-catalogue.ts'))
      .map((file) => readFileSync(file, 'utf8'))
      .join('\n');
    expect(Object.keys(problemCatalogue).filter((code) => !sources.includes(`'${code}'`))).toEqual([]);
  });
});

describe('lifecycle events', () => {
  const ajv = addFormats.default(new Ajv2020({ strict: false }));

  test('no type is defined twice', () => {
    const types = lifecycleEvents.map(({ type }) => type);
    expect(new Set(types).size).toBe(types.length);
  });

  test.for(lifecycleEvents.map((definition) => [definition.type, definition] as const))(
    '%s: its example passes its published schema, and a broken envelope does not',
    ([type, definition]) => {
      const validate = ajv.compile(
        JSON.parse(read(`lifecycle-events/${type}.v${definition.version}.schema.json`)),
      );
      const envelope = {
        id: 'lev_0',
        type,
        version: definition.version,
        occurredAt: '2026-11-20T18:00:00.000Z',
        aggregate: { kind: definition.aggregate, id: 'x', sequence: 1 },
        actor: 'auth0|42',
        data: definition.example,
      };
      expect(validate(envelope), JSON.stringify(validate.errors)).toBe(true);
      expect(envelopeOf(definition).safeParse(envelope).success).toBe(true);
      expect(validate({ ...envelope, aggregate: { kind: definition.aggregate, id: 'x' } })).toBe(false);
      expect(validate({ ...envelope, data: {} })).toBe(false);
    },
  );
});
