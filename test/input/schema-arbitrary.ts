import fc from 'fast-check';
import * as z from 'zod';

/** The part of JSON Schema that zod writes for requests. */
interface Schema {
  readonly $ref?: string;
  readonly const?: unknown;
  readonly enum?: readonly unknown[];
  readonly anyOf?: readonly Schema[];
  readonly oneOf?: readonly Schema[];
  readonly type?: string;
  readonly pattern?: string;
  readonly format?: string;
  readonly example?: unknown;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly items?: Schema;
  readonly minItems?: number;
  readonly maxItems?: number;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly $defs?: Readonly<Record<string, Schema>>;
}

/** Ids of things that are there, by the prefix of their kind. */
export type Ids = (prefix: string) => readonly string[];

/** Begin of that year from this one on: the same for a seed all year long. */
const inYears = (years: number): Date => new Date(Date.UTC(new Date().getUTCFullYear() + years, 0));

const mostItems = 4;
const mostLetters = 140;

/** Values that a schema takes, as far as JSON Schema says it; ids are those of things that are there. */
export const valuesOf = (schema: z.ZodType, ids: Ids): fc.Arbitrary<unknown> => {
  const root = z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' }) as Schema;

  const of = (one: Schema): fc.Arbitrary<unknown> => {
    if (one.$ref !== undefined) return of(root.$defs?.[one.$ref.replace('#/$defs/', '')] ?? {});
    if (one.const !== undefined) return fc.constant(one.const);
    if (one.enum !== undefined) return fc.constantFrom(...one.enum);
    const variants = one.anyOf ?? one.oneOf;
    if (variants !== undefined) return fc.oneof(...variants.map(of));
    switch (one.type) {
      case 'string':
        return text(one);
      case 'integer':
        return fc.oneof(
          fc.integer({ min: one.minimum ?? -1_000, max: Math.min(one.maximum ?? 1_000, 2 ** 31) }),
          fc.constantFrom(one.minimum ?? 0, one.maximum ?? 0),
        );
      case 'number':
        return fc.double({ min: one.minimum ?? -1e9, max: one.maximum ?? 1e9, noNaN: true });
      case 'boolean':
        return fc.boolean();
      case 'null':
        return fc.constant(null);
      case 'array':
        return fc.array(of(one.items ?? {}), {
          minLength: one.minItems ?? 0,
          maxLength: Math.max(one.minItems ?? 0, Math.min(one.maxItems ?? mostItems, mostItems)),
        });
      case 'object':
        return fc.record(
          Object.fromEntries(Object.entries(one.properties ?? {}).map(([name, inner]) => [name, of(inner)])),
          { requiredKeys: [...(one.required ?? [])] as never[] },
        );
      default:
        return fc.jsonValue({ maxDepth: 2 });
    }
  };

  const text = (one: Schema): fc.Arbitrary<unknown> => {
    const prefix = /^\^([a-z]+)_/.exec(one.pattern ?? '')?.[1];
    if (prefix !== undefined) return fc.constantFrom(...ids(prefix));
    if (one.format === 'date-time')
      return fc
        .date({ min: inYears(-6), max: inYears(14), noInvalidDate: true })
        .map((date) => date.toISOString());
    if (one.example !== undefined) return fc.constant(one.example);
    if (one.pattern !== undefined) return fc.stringMatching(new RegExp(one.pattern));
    return fc.string({
      unit: 'grapheme',
      minLength: one.minLength ?? 0,
      maxLength: Math.min(one.maxLength ?? mostLetters, mostLetters),
    });
  };

  return of(root);
};
