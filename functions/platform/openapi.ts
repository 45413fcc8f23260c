import * as z from 'zod';
import { createDocument, type ZodOpenApiOperationObject, type ZodOpenApiPathsObject } from 'zod-openapi';
import { generalProblemCodes, type ProblemCode, problemCatalogue } from './problem-catalogue.ts';
import type { RouteDefinition, Routes } from './route.ts';

const fault = z
  .object({
    in: z.enum(['body', 'query', 'path', 'header']).optional(),
    pointer: z.string().meta({ description: 'RFC 6901 JSON pointer to the place.' }),
    code: z.string(),
    detail: z.string(),
  })
  .meta({ id: 'Fault' });

const problemSchema = z
  .looseObject({
    type: z.string(),
    title: z.string(),
    status: z.int(),
    code: z.string(),
    detail: z.string(),
    instance: z.string(),
    requestId: z.string(),
    errors: z.array(fault).optional(),
  })
  .meta({ id: 'Problem', description: 'RFC 9457 problem document; `code` is stable.' });

/** Codes a route can answer: its own, those its access and flags imply, and the general ones. */
export const problemCodesOf = (definition: RouteDefinition): readonly ProblemCode[] => {
  const { access } = definition;
  const codes = new Set<ProblemCode>([...generalProblemCodes, ...(definition.problems ?? [])]);
  if (access.kind !== 'public') codes.add('UNAUTHENTICATED');
  if (access.kind === 'signedIn' || access.kind === 'policy') codes.add('FORBIDDEN');
  if (access.kind === 'policy' && /^(body|query)\./.test(access.resource.from))
    codes.add('ORGANIZATION_REQUIRED');
  if (definition.creates) {
    codes.add('IDEMPOTENCY_KEY_REQUIRED');
    codes.add('IDEMPOTENCY_KEY_REUSED');
  }
  if (definition.ifMatch) {
    codes.add('PRECONDITION_REQUIRED');
    codes.add('PRECONDITION_FAILED');
  }
  if (definition.body) codes.add('UNSUPPORTED_MEDIA_TYPE');
  return [...codes].sort();
};

const requestHeaders = (definition: RouteDefinition) => {
  const headers: Record<string, z.ZodType> = {
    traceparent: z.string().optional().meta({ description: 'W3C Trace Context, passed on.' }),
  };
  if (definition.creates) {
    headers['Idempotency-Key'] = z
      .string()
      .min(definition.minKeyLength ?? 1)
      .max(255)
      .meta({
        description: 'The same key and body answer the same result.',
        example: '3f0a5a52-6f5c-4d55-9a70-1a7f5f0c2b11',
      });
  }
  if (definition.ifMatch)
    headers['If-Match'] = z.string().meta({ description: 'ETag that was read.', example: '"r3"' });
  if (definition.method === 'GET') {
    headers['If-None-Match'] = z.string().optional().meta({ description: 'Answers 304 when unchanged.' });
  }
  return z.object(headers);
};

const operation = (definition: RouteDefinition): ZodOpenApiOperationObject => {
  const responses: ZodOpenApiOperationObject['responses'] = {};
  for (const [status, response] of Object.entries(definition.responses)) {
    responses[status as `${1 | 2 | 3}${string}`] = {
      description: response.description,
      ...(response.document && {
        // Bytes are of no JSON type (OpenAPI 3.1, "Considerations for Binary Data").
        content: {
          [response.document.mediaType]: { schema: response.document.isBinary ? {} : { type: 'string' } },
        },
      }),
      ...(response.schema && {
        content: {
          'application/json': {
            schema: response.schema,
            ...(response.example !== undefined && { example: response.example }),
          },
        },
      }),
    };
  }
  if (definition.method === 'GET') responses['304'] ??= { description: 'Unchanged since If-None-Match.' };
  const byStatus = Map.groupBy(problemCodesOf(definition), (code) => problemCatalogue[code].status);
  for (const [status, codes] of [...byStatus].sort(([a], [b]) => a - b)) {
    responses[String(status) as `4${string}`] = {
      description: codes.map((code) => `\`${code}\`: ${problemCatalogue[code].title}`).join('\n\n'),
      content: { 'application/problem+json': { schema: problemSchema } },
    };
  }
  const { access } = definition;
  const security =
    access.kind === 'public'
      ? []
      : access.kind === 'optionalCaller' || (access.kind === 'policy' && access.publicWhenVisible)
        ? [{}, { bearer: [] }]
        : [{ bearer: [] }];
  return {
    operationId: definition.operationId,
    tags: [...definition.tags],
    summary: definition.summary,
    ...(definition.description !== undefined && { description: definition.description }),
    security,
    requestParams: {
      ...(definition.params && { path: definition.params }),
      ...(definition.query && { query: definition.query }),
      header: requestHeaders(definition),
    },
    ...(definition.body && {
      requestBody: {
        required: true,
        content: {
          'application/json': {
            schema: definition.body,
            ...(definition.requestExample !== undefined && { example: definition.requestExample }),
          },
        },
      },
    }),
    ...(definition.rawBody && {
      requestBody: {
        required: true,
        description: definition.rawBody.description,
        content: { [definition.rawBody.mediaType]: { schema: {} } },
      },
    }),
    responses,
  };
};

/** The OpenAPI 3.1 document of a route table; `serverUrl` is the base URL ending in the stage. */
export const openApiDocument = (routes: Routes, serverUrl: string) => {
  const paths: Record<string, Record<string, ZodOpenApiOperationObject>> = {};
  for (const definition of Object.values(routes)) {
    paths[definition.path] ??= {};
    (paths[definition.path] as Record<string, ZodOpenApiOperationObject>)[definition.method.toLowerCase()] =
      operation(definition);
  }
  return createDocument({
    openapi: '3.1.0',
    info: {
      title: 'Fairground',
      version: '1.0.0',
      description:
        'Event tickets and food trucks. Errors are RFC 9457 problem documents. Money is integer minor units. Instants are UTC. See docs/reference.',
      license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
    },
    servers: [{ url: serverUrl }],
    tags: [...new Set(Object.values(routes).flatMap((definition) => definition.tags))]
      .sort()
      .map((name) => ({ name })),
    paths: paths as ZodOpenApiPathsObject,
    components: {
      securitySchemes: {
        bearer: {
          type: 'http',
          scheme: 'bearer',
          bearerFormat: 'JWT',
          description: 'RS256 token of the OIDC issuer.',
        },
      },
    },
  });
};
