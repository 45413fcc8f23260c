import type { APIGatewayProxyEvent } from 'aws-lambda';
import { routes } from '../routes.ts';
import { type Answer, noContent, ok, problem } from './answer.ts';
import { commonEnvironment, readEnvironment } from './environment.ts';
import { shortHash } from './ids.ts';
import type { RouteDefinition } from './route.ts';
import { platformRoutes } from './routes.ts';
import { serve } from './serve.ts';

const environment = readEnvironment(commonEnvironment);

const documents = new Map<string, { document: { openapi: string }; etag: string }>();

/** The document is made on first use: it needs the whole route table, which no other request does. */
const documentFor = async (serverUrl: string) => {
  const known = documents.get(serverUrl);
  if (known !== undefined) return known;
  const { openApiDocument } = await import('./openapi.ts');
  const document = openApiDocument(routes, serverUrl);
  const made = { document, etag: `"${shortHash(JSON.stringify(document))}"` };
  if (documents.size < 8) documents.set(serverUrl, made);
  return made;
};

/** Methods that the route table has for a path. */
const methodsAt = (path: string): readonly string[] =>
  (Object.values(routes) as readonly RouteDefinition[])
    .filter((definition) => new RegExp(`^${definition.path.replace(/\{\w+\}/g, '[^/]+')}/?$`).test(path))
    .map((definition) => definition.method);

/**
 * Whatever no route takes comes here (the gateway’s catch-all): preflight requests of browsers, wrong
 * methods, unknown paths.
 */
const fallback = (event: APIGatewayProxyEvent): Answer => {
  const methods = methodsAt(event.path);
  if (methods.length === 0)
    return problem('NOT_FOUND', { detail: 'No such path; GET /openapi.json lists them.' });
  const allow = [...methods, 'OPTIONS'].sort().join(', ');
  if (event.httpMethod !== 'OPTIONS') {
    return problem('METHOD_NOT_ALLOWED', { detail: `Allowed: ${allow}.`, headers: { Allow: allow } });
  }
  return noContent({
    headers: {
      Allow: allow,
      'Access-Control-Allow-Methods': allow,
      'Access-Control-Allow-Headers':
        'Authorization, Content-Type, Idempotency-Key, If-Match, If-None-Match, Fairground-Client, traceparent',
      'Access-Control-Max-Age': '86400',
    },
  });
};

export const handler = serve({
  routes: platformRoutes,
  handlers: {
    getHealth: async () => ok(200, { status: 'ok', stage: environment.STAGE }),
    getOpenApi: async ({ headers }) => {
      const scheme = headers['x-forwarded-proto'] ?? 'https';
      const { document, etag } = await documentFor(`${scheme}://${headers.host ?? 'localhost'}/v1`);
      return ok(200, document, { etag, cacheControl: 'public, max-age=300' });
    },
  },
  fallback,
});
