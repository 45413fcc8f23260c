import { randomUUID } from 'node:crypto';
import type { APIGatewayProxyEvent, APIGatewayProxyResult } from 'aws-lambda';
import { account } from './account.ts';
import type { Resource } from './template.ts';

/**
 * An API Gateway REST API as its resources say: which function answers a request, the event that it gets
 * (payload of Lambda proxy integrations), and what the gateway answers by itself.
 */
export interface RestApi {
  readonly stageName: string;
  /** Answers larger than this are compressed for clients that accept it; undefined: never. */
  readonly minCompressionBytes: number | undefined;
  /** Media types whose bodies are bytes: base64 towards functions and from them. */
  readonly binaryMediaTypes: readonly string[];
  /** Functions that answer requests. */
  readonly functionNames: readonly string[];
  match(method: string, path: string): RouteMatch | undefined;
  gatewayAnswer(type: GatewayResponseType, path: string, requestId: string): GatewayAnswer;
}

export interface RouteMatch {
  readonly functionName: string;
  /** As in the API, e.g. `/events/{eventId}`. */
  readonly resourcePath: string;
  readonly pathParameters: Readonly<Record<string, string>>;
}

export interface GatewayAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

const gatewayDefaults = {
  INTEGRATION_FAILURE: { status: 502, message: 'Internal server error', family: 'DEFAULT_5XX' },
  INTEGRATION_TIMEOUT: { status: 504, message: 'Endpoint request timed out', family: 'DEFAULT_5XX' },
  MISSING_AUTHENTICATION_TOKEN: {
    status: 403,
    message: 'Missing Authentication Token',
    family: 'DEFAULT_4XX',
  },
  REQUEST_TOO_LARGE: { status: 413, message: 'Request Too Long', family: 'DEFAULT_4XX' },
  BAD_REQUEST_BODY: { status: 400, message: 'Bad Request', family: 'DEFAULT_4XX' },
} as const;

export type GatewayResponseType = keyof typeof gatewayDefaults;

interface Method {
  readonly path: string;
  readonly segments: readonly string[];
  readonly method: string;
  readonly functionName: string;
}

/** @throws Error when there is not exactly one API with one stage, or a method is no Lambda proxy. */
export const openRestApi = (resources: readonly Resource[]): RestApi => {
  const of = (type: string): readonly Resource[] =>
    resources.filter((resource) => resource.type === `AWS::ApiGateway::${type}`);
  const [api, ...otherApis] = of('RestApi');
  const [stage, ...otherStages] = of('Stage');
  if (api === undefined || stage === undefined || otherApis.length > 0 || otherStages.length > 0) {
    throw new Error('The embedded cloud serves one REST API with one stage');
  }
  const paths = pathsOf(api.name, of('Resource'));
  const methods = of('Method').map(({ name, properties }): Method => {
    const functionName = /:function:([^/]+)\/invocations$/.exec(properties['Integration']?.Uri ?? '')?.[1];
    const path = paths.get(properties['ResourceId']);
    if (properties['Integration']?.Type !== 'AWS_PROXY' || functionName === undefined || path === undefined) {
      throw new Error(`${name}: only Lambda proxy integrations are supported here`);
    }
    return { path, segments: segmentsOf(path), method: properties['HttpMethod'], functionName };
  });
  const byPath = Map.groupBy(methods, (method) => method.path);
  // Literal segments win over parameters, parameters over greedy ones, from the left.
  const candidates = [...byPath.values()].toSorted((one, other) => compareSpecificity(one[0], other[0]));
  const responses = new Map(
    of('GatewayResponse').map(({ properties }) => [properties['ResponseType'] as string, properties]),
  );
  return {
    stageName: stage.properties['StageName'],
    minCompressionBytes: api.properties['MinimumCompressionSize'],
    binaryMediaTypes: api.properties['BinaryMediaTypes'] ?? [],
    functionNames: methods.map((method) => method.functionName),
    match(method, path) {
      const segments = segmentsOf(path);
      for (const group of candidates) {
        const pathParameters = matchSegments((group[0] as Method).segments, segments);
        if (pathParameters === undefined) continue;
        const chosen =
          group.find((one) => one.method === method) ?? group.find((one) => one.method === 'ANY');
        if (chosen === undefined) return undefined;
        return { functionName: chosen.functionName, resourcePath: chosen.path, pathParameters };
      }
      return undefined;
    },
    gatewayAnswer(type, path, requestId) {
      const { status, message, family } = gatewayDefaults[type];
      const custom = responses.get(type) ?? responses.get(family);
      const fill = (text: string): string =>
        text.replaceAll('$context.path', path).replaceAll('$context.requestId', requestId);
      const headers = Object.fromEntries(
        Object.entries<string>(custom?.['ResponseParameters'] ?? {}).map(([name, value]) => [
          name.replace('gatewayresponse.header.', ''),
          value === 'context.requestId' ? requestId : value.replace(/^'(.*)'$/, '$1'),
        ]),
      );
      return {
        status: Number(custom?.['StatusCode'] ?? status),
        headers: { 'Content-Type': 'application/json', ...headers },
        body: fill(custom?.['ResponseTemplates']?.['application/json'] ?? JSON.stringify({ message })),
      };
    },
  };
};

const pathsOf = (apiName: string, resources: readonly Resource[]): ReadonlyMap<string, string> => {
  const byName = new Map(resources.map((resource) => [resource.name, resource]));
  const pathOf = (name: string): string => {
    if (name === `${apiName}-root`) return '';
    const resource = byName.get(name);
    if (resource === undefined) throw new Error(`${name} is no resource of the API`);
    return `${pathOf(resource.properties['ParentId'])}/${resource.properties['PathPart']}`;
  };
  return new Map([
    [`${apiName}-root`, '/'],
    ...resources.map(({ name }): [string, string] => [name, pathOf(name)]),
  ]);
};

const segmentsOf = (path: string): readonly string[] => path.split('/').filter((segment) => segment !== '');

const isGreedy = (segment: string): boolean => segment.endsWith('+}');
const isParameter = (segment: string): boolean => segment.startsWith('{');
const rank = (segment: string | undefined): number =>
  segment === undefined ? 3 : isGreedy(segment) ? 2 : isParameter(segment) ? 1 : 0;

const compareSpecificity = (one: Method | undefined, other: Method | undefined): number => {
  const [left, right] = [one?.segments ?? [], other?.segments ?? []];
  for (let index = 0; index < Math.max(left.length, right.length); index += 1) {
    const difference = rank(left[index]) - rank(right[index]);
    if (difference !== 0) return difference;
  }
  return 0;
};

const matchSegments = (
  pattern: readonly string[],
  segments: readonly string[],
): Readonly<Record<string, string>> | undefined => {
  const parameters: Record<string, string> = {};
  for (const [index, part] of pattern.entries()) {
    const segment = segments[index];
    if (segment === undefined) return undefined;
    if (isGreedy(part)) {
      parameters[part.slice(1, -2)] = segments.slice(index).map(decode).join('/');
      return parameters;
    }
    if (isParameter(part)) parameters[part.slice(1, -1)] = decode(segment);
    else if (part !== segment) return undefined;
  }
  return pattern.length === segments.length ? parameters : undefined;
};

const decode = (segment: string): string => {
  try {
    return decodeURIComponent(segment);
  } catch {
    return segment;
  }
};

export interface HttpRequest {
  readonly method: string;
  /** Below the stage, without the query. */
  readonly path: string;
  readonly query: URLSearchParams;
  /** Names and values in turn, as Node gives them. */
  readonly rawHeaders: readonly string[];
  readonly body: Buffer;
  readonly sourceIp: string;
}

/** The event of a Lambda proxy integration (payload format 1.0). */
export const toProxyEvent = (
  request: HttpRequest,
  match: RouteMatch,
  { stageName, binaryMediaTypes }: Pick<RestApi, 'stageName' | 'binaryMediaTypes'>,
  requestId: string = randomUUID(),
): APIGatewayProxyEvent => {
  const headers: [string, string][] = [];
  for (let index = 0; index + 1 < request.rawHeaders.length; index += 2) {
    headers.push([request.rawHeaders[index] ?? '', request.rawHeaders[index + 1] ?? '']);
  }
  const query = [...request.query.entries()];
  const path = `/${stageName}${request.path}`;
  const now = new Date();
  const isBinary = isBinaryType(lastOfEachLower(headers)['content-type'], binaryMediaTypes);
  const event = {
    resource: match.resourcePath,
    path: request.path,
    httpMethod: request.method,
    headers: lastOfEach(headers),
    multiValueHeaders: allOfEach(headers),
    queryStringParameters: query.length === 0 ? null : lastOfEach(query),
    multiValueQueryStringParameters: query.length === 0 ? null : allOfEach(query),
    pathParameters: Object.keys(match.pathParameters).length === 0 ? null : { ...match.pathParameters },
    stageVariables: null,
    requestContext: {
      accountId: account.accountId,
      apiId: 'local',
      authorizer: null,
      extendedRequestId: requestId,
      httpMethod: request.method,
      identity: { sourceIp: request.sourceIp, userAgent: lastOfEach(headers)['User-Agent'] ?? null },
      path,
      protocol: 'HTTP/1.1',
      requestId,
      requestTime: now.toUTCString(),
      requestTimeEpoch: now.getTime(),
      resourceId: match.resourcePath,
      resourcePath: match.resourcePath,
      stage: stageName,
    },
    body: request.body.length === 0 ? null : request.body.toString(isBinary ? 'base64' : 'utf8'),
    isBase64Encoded: isBinary && request.body.length > 0,
  };
  return event as unknown as APIGatewayProxyEvent;
};

/**
 * Whether the first media type of an `Accept` or `Content-Type` header is in the API’s list of binary types;
 * `*` is a wildcard in the list, and a literal in the header (API Gateway developer guide, "Binary media types").
 */
export const isBinaryType = (header: string | undefined, binaryMediaTypes: readonly string[]): boolean => {
  const mediaType = header?.split(',')[0]?.split(';')[0]?.trim().toLowerCase() ?? '';
  const [kind] = mediaType.split('/');
  return [mediaType, `${kind}/*`, '*/*'].some((candidate) => binaryMediaTypes.includes(candidate));
};

const lastOfEachLower = (pairs: readonly (readonly [string, string])[]): Record<string, string> =>
  Object.fromEntries(pairs.map(([name, value]) => [name.toLowerCase(), value]));

const lastOfEach = (pairs: readonly (readonly [string, string])[]): Record<string, string> =>
  Object.fromEntries(pairs);

const allOfEach = (pairs: readonly (readonly [string, string])[]): Record<string, string[]> => {
  const all = Object.create(null) as Record<string, string[]>;
  for (const [name, value] of pairs) {
    all[name] ??= [];
    all[name].push(value);
  }
  return { ...all };
};

/**
 * The function’s answer, or undefined when it has not the shape of a proxy result (a gateway’s 502). Base64 is
 * decoded only for a client whose first accepted type is binary here; another gets the base64 as text, as on AWS.
 */
export const toGatewayAnswer = (
  payload: string | undefined,
  wantsBytes: boolean,
):
  | {
      readonly status: number;
      readonly headers: Readonly<Record<string, string | readonly string[]>>;
      readonly body: Buffer;
    }
  | undefined => {
  const result = JSON.parse(payload ?? 'null') as Partial<APIGatewayProxyResult> | null;
  if (result === null || typeof result !== 'object' || !Number.isInteger(result.statusCode)) return undefined;
  const {
    statusCode = 502,
    headers = {},
    multiValueHeaders = {},
    body = '',
    isBase64Encoded = false,
  } = result;
  return {
    status: statusCode,
    headers: Object.fromEntries([
      ...Object.entries(headers).map(([name, value]) => [name, String(value)] as const),
      ...Object.entries(multiValueHeaders).map(([name, values]) => [name, values.map(String)] as const),
    ]),
    body: Buffer.from(body, isBase64Encoded && wantsBytes ? 'base64' : 'utf8'),
  };
};
