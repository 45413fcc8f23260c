import * as z from 'zod';
import { publicAccess, route } from './route.ts';

export const getHealth = route({
  operationId: 'getHealth',
  method: 'GET',
  path: '/health',
  function: 'platform-queries',
  tags: ['Operations'],
  summary: 'Whether the API answers',
  description: 'Shallow: it says that requests arrive and are answered, nothing about what lies behind.',
  access: publicAccess(),
  responses: {
    200: {
      description: 'It answers.',
      schema: z.strictObject({ status: z.literal('ok'), stage: z.string() }),
      example: { status: 'ok', stage: 'dev' },
    },
  },
});

export const getOpenApi = route({
  operationId: 'getOpenApi',
  method: 'GET',
  path: '/openapi.json',
  function: 'platform-queries',
  tags: ['Operations'],
  summary: 'This API as an OpenAPI 3.1 document',
  access: publicAccess(),
  responses: {
    200: {
      description: 'The document, made from the route table.',
      schema: z.looseObject({ openapi: z.string() }),
    },
  },
});

export const platformRoutes = { getHealth, getOpenApi };
