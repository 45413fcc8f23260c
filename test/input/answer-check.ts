import { gunzipSync, inflateSync } from 'node:zlib';
import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import { problemCodesOf } from '../../functions/platform/openapi.ts';
import { type ProblemCode, problemCatalogue } from '../../functions/platform/problem-catalogue.ts';
import type { RouteDefinition } from '../../functions/platform/route.ts';
import type { WireAnswer } from './exchange.ts';

/** The longest any answer may take, on a machine that is busy with other tests. */
const maxMs = 5_000;

interface Described {
  readonly responses: Readonly<Record<string, { readonly content?: Readonly<Record<string, object>> }>>;
}
export interface OpenApi {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Described>>>>;
}

/** Says what is wrong with an answer of a route, as its OpenAPI document and the catalogue of problems go. */
export const answerCheck = (document: OpenApi) => {
  const ajv = addFormats.default(new Ajv2020({ strict: false }));
  ajv.addSchema(document, 'openapi');
  const compiled = new Map<string, ValidateFunction>();
  const validatorOf = (pointer: string): ValidateFunction => {
    const known = compiled.get(pointer) ?? ajv.compile({ $ref: `openapi#${pointer}` });
    compiled.set(pointer, known);
    return known;
  };

  return (definition: RouteDefinition, answer: WireAnswer): readonly string[] => {
    const { status, headers, ms } = answer;
    const faults: string[] = [];
    if (ms > maxMs) faults.push(`it took ${Math.round(ms)} ms`);
    if (status >= 500) faults.push(`status ${status}`);
    const text = textOf(answer);
    const method = definition.method.toLowerCase();
    const declared = document.paths[definition.path]?.[method]?.responses[status];
    if (declared === undefined) return [...faults, `${status} is not declared: ${text.slice(0, 300)}`];
    const mediaType = String(headers['content-type'] ?? '');
    if (declared.content === undefined) {
      if (text !== '') faults.push(`a body that is not declared: ${text.slice(0, 300)}`);
      return faults;
    }
    if (declared.content[mediaType] === undefined)
      return [...faults, `${mediaType || 'no Content-Type'} is not declared for ${status}`];
    // A document that is no JSON: its media type is all that is declared of it.
    if (!/[/+]json$/.test(mediaType)) return text === '' ? [...faults, 'an empty document'] : faults;
    let body: unknown;
    try {
      body = JSON.parse(text);
    } catch {
      return [...faults, `no JSON: ${text.slice(0, 300)}`];
    }
    const escaped = definition.path.replaceAll('/', '~1').replaceAll('{', '%7B').replaceAll('}', '%7D');
    const media = mediaType.replaceAll('/', '~1');
    const validate = validatorOf(`/paths/${escaped}/${method}/responses/${status}/content/${media}/schema`);
    if (!validate(body)) faults.push(`not as declared: ${ajv.errorsText(validate.errors)}`);
    if (status >= 400) faults.push(...problemFaults(definition, status, headers, body as Problem));
    return faults;
  };
};

interface Problem {
  readonly type?: string;
  readonly code?: string;
  readonly status?: number;
  readonly requestId?: string;
}

export const problemFaults = (
  definition: RouteDefinition | undefined,
  status: number,
  headers: WireAnswer['headers'],
  { type, code = '', status: said, requestId }: Problem,
): readonly string[] => {
  const faults: string[] = [];
  const known = problemCatalogue[code as ProblemCode] as { readonly status: number } | undefined;
  if (known?.status !== status || said !== status) faults.push(`${code} with ${status}, which says ${said}`);
  if (type !== `urn:fairground:problem:${code}`) faults.push(`type ${type} of ${code}`);
  if (definition !== undefined && !problemCodesOf(definition).includes(code as ProblemCode))
    faults.push(`${code} is not declared by ${definition.operationId}`);
  if (requestId === undefined || headers['x-request-id'] !== requestId)
    faults.push(`request ids ${requestId} and ${String(headers['x-request-id'])}`);
  return faults;
};

const textOf = ({ headers, body }: WireAnswer): string => {
  if (body.length === 0) return '';
  switch (headers['content-encoding']) {
    case 'gzip':
      return gunzipSync(body).toString('utf8');
    case 'deflate':
      return inflateSync(body).toString('utf8');
    default:
      return body.toString('utf8');
  }
};
