import { Validator } from '@seriousme/openapi-schema-validator';
import { describe, expect, test } from 'vitest';
import type * as z from 'zod';
import { openApiDocument } from '../../functions/platform/openapi.ts';
import { publicAccess, type RouteDefinition, route } from '../../functions/platform/route.ts';
import { routes } from '../../functions/routes.ts';

const document = openApiDocument(routes, 'https://api.example.com/v1');
const definitions: readonly RouteDefinition[] = Object.values(routes);

describe('the OpenAPI document', () => {
  test('is valid OpenAPI 3.1', async () => {
    const validator = new Validator();
    const result = await validator.validate(JSON.parse(JSON.stringify(document)));
    expect(result.errors ?? []).toEqual([]);
    expect(result.valid).toBe(true);
    expect(validator.version).toBe('3.1');
  });

  test('a raw body is described by its media type, and asks for no Content-Type of ours', async () => {
    const sealed = route({
      operationId: 'seal',
      method: 'POST',
      path: '/seals',
      function: 'boxes-commands',
      tags: ['Boxes'],
      summary: 'Seal',
      access: publicAccess(),
      rawBody: { mediaType: 'application/json', description: 'What the seal is over.' },
      responses: { 204: { description: 'Sealed' } },
    });
    const own = JSON.parse(JSON.stringify(openApiDocument({ seal: sealed }, 'https://api.example.com/v1')));
    expect((await new Validator().validate(own)).errors ?? []).toEqual([]);
    expect(own.paths['/seals'].post.requestBody).toEqual({
      required: true,
      description: 'What the seal is over.',
      content: { 'application/json': { schema: {} } },
    });
    expect(Object.keys(own.paths['/seals'].post.responses)).not.toContain('415');
  });

  test('an invalid document is seen', async () => {
    const broken = {
      ...JSON.parse(JSON.stringify(document)),
      paths: { '/x': { get: { responses: 'none' } } },
    };
    expect((await new Validator().validate(broken)).valid).toBe(false);
  });

  test('has every route of the table and no other', () => {
    const described = Object.entries(document.paths ?? {}).flatMap(([path, item]) =>
      Object.keys(item as object).map((method) => `${method.toUpperCase()} ${path}`),
    );
    expect(described.sort()).toEqual(definitions.map(({ method, path }) => `${method} ${path}`).sort());
  });
});

/** Creates several things, and answers 200 with what became of each: perhaps none was created. */
const createsSeveral: ReadonlySet<string> = new Set(['createLeads']);

describe('the route table', () => {
  test('operation ids are the names of the entries', () => {
    expect(Object.entries(routes).filter(([name, { operationId }]) => name !== operationId)).toEqual([]);
  });

  test('a route that creates is a POST and answers 201, or 202 when it is done later; an update wants If-Match', () => {
    for (const definition of definitions) {
      if (definition.creates)
        expect([
          definition.operationId,
          definition.method,
          201 in definition.responses ||
            202 in definition.responses ||
            createsSeveral.has(definition.operationId),
        ]).toEqual([definition.operationId, 'POST', true]);
      if (definition.method === 'PATCH')
        expect([definition.operationId, definition.ifMatch]).toEqual([definition.operationId, true]);
    }
  });

  test.for(definitions.map((definition) => [definition.operationId, definition] as const))(
    '%s: its examples pass its own schemas, and every answer with a body has one',
    ([, definition]) => {
      const passes = (schema: z.ZodType, example: unknown): string | undefined => {
        const result = schema.safeParse(example);
        return result.success ? undefined : result.error.message;
      };
      if (definition.body) expect(passes(definition.body, definition.requestExample)).toBeUndefined();
      for (const response of Object.values(definition.responses)) {
        if (response.schema && definition.operationId !== 'getOpenApi') {
          expect(passes(response.schema, response.example)).toBeUndefined();
        }
      }
    },
  );
});
