import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import {
  type EntityJson,
  initSync,
  policySetTextToParts,
  preparsePolicySet,
  statefulIsAuthorized,
} from '@cedar-policy/cedar-wasm/web';
import { type AuthorizationRequest, isOperator, type Membership } from '../platform/guard.ts';

/** Policies and engine lie beside this file, and beside the bundle that it becomes part of. */
const here = path.dirname(fileURLToPath(import.meta.url));

const policySetId = 'fairground';

/**
 * Loads engine and policies, once per process and only when a policy is first asked (some 60 ms, see
 * docs/adr/0004). The policies are parsed here, so that a request pays for the decision alone.
 */
const load = (): void => {
  const beside = path.join(here, 'cedar_wasm_bg.wasm');
  const wasmFile = existsSync(beside)
    ? beside
    : path.join(
        path.dirname(createRequire(import.meta.url).resolve('@cedar-policy/cedar-wasm/nodejs')),
        '../web/cedar_wasm_bg.wasm',
      );
  initSync({ module: readFileSync(wasmFile) });
  const parts = policySetTextToParts(readFileSync(path.join(here, 'policies.cedar'), 'utf8'));
  if (parts.type === 'failure') throw new Error(`The policies do not parse: ${JSON.stringify(parts.errors)}`);
  const staticPolicies = Object.fromEntries(parts.policies.map((text) => [nameOf(text), text]));
  const parsed = preparsePolicySet(policySetId, { staticPolicies });
  if (parsed.type === 'failure')
    throw new Error(`The policies do not parse: ${JSON.stringify(parsed.errors)}`);
};

/** A policy’s own name, by which the log tells what decided. */
const nameOf = (policy: string): string => {
  const name = /@id\("([^"]+)"\)/.exec(policy)?.[1];
  if (name === undefined) throw new Error(`A policy without @id: ${policy}`);
  return name;
};

let loaded = false;

/** Cedar’s decision on a request. Anything but a clean `allow` is a refusal (default deny). */
export const authorize = (
  request: AuthorizationRequest,
): { allowed: boolean; reasons: readonly string[] } => {
  if (!loaded) {
    load();
    loaded = true;
  }
  const answer = statefulIsAuthorized({
    preparsedPolicySetId: policySetId,
    principal: { type: 'User', id: request.caller.subject },
    action: { type: 'Action', id: request.action },
    resource: { type: typeOf(request.resource.kind), id: request.resource.id },
    context: contextOf(request),
    entities: entitiesOf(request),
  });
  if (answer.type === 'failure') throw new Error(`Cedar failed: ${JSON.stringify(answer.errors)}`);
  const { decision, diagnostics } = answer.response;
  return { allowed: decision === 'allow' && diagnostics.errors.length === 0, reasons: diagnostics.reason };
};

const typeOf = (kind: string): string => kind.charAt(0).toUpperCase() + kind.slice(1);

const roleId = (organizationId: string, role: Membership['role']) => ({
  type: 'Role',
  id: `${organizationId}/${role}`,
});

const epochSeconds = (instant: string): number => Math.floor(Date.parse(instant) / 1_000);

/** The limits of the caller’s staff membership in the organization that the resource belongs to. */
const contextOf = ({ memberships, resource, now }: AuthorizationRequest) => {
  const staff = memberships.find(
    (membership) => membership.role === 'staff' && membership.organizationId === resource.organizationId,
  );
  return {
    now: Math.floor(now.getTime() / 1_000),
    ...(staff?.from !== undefined && { staffFrom: epochSeconds(staff.from) }),
    ...(staff?.until !== undefined && { staffUntil: epochSeconds(staff.until) }),
    ...(staff?.sessionId !== undefined && { staffSession: staff.sessionId }),
  };
};

const entitiesOf = ({ caller, memberships, action, resource }: AuthorizationRequest): EntityJson[] => {
  const entities: EntityJson[] = [
    {
      uid: { type: 'User', id: caller.subject },
      attrs: { admin: isOperator(caller) },
      parents: memberships.map((membership) => roleId(membership.organizationId, membership.role)),
    },
    {
      uid: { type: 'Action', id: action },
      attrs: {},
      parents: (actionGroups[action] ?? []).map((id) => ({ type: 'Action', id })),
    },
  ];
  const { organizationId } = resource;
  if (organizationId === undefined) {
    entities.push({ uid: { type: typeOf(resource.kind), id: resource.id }, attrs: {}, parents: [] });
    return entities;
  }
  const organization = { __entity: { type: 'Organization', id: organizationId } };
  const roles = {
    owners: { __entity: roleId(organizationId, 'owner') },
    managers: { __entity: roleId(organizationId, 'manager') },
    staff: { __entity: roleId(organizationId, 'staff') },
  };
  const isOrganization = resource.kind === 'organization';
  entities.push({
    uid: organization.__entity,
    attrs: isOrganization ? { ...roles, organization } : roles,
    parents: [],
  });
  if (!isOrganization) {
    entities.push({
      uid: { type: typeOf(resource.kind), id: resource.id },
      attrs: {
        organization,
        ...(resource.sessionId !== undefined && { session: resource.sessionId }),
        ...(resource.side !== undefined && { side: resource.side }),
      },
      parents: [],
    });
  }
  return entities;
};

/**
 * Which group an action belongs to, read from the schema’s own text (`action A, B in [group]`): the one
 * place where an action is declared.
 */
const actionGroups: Readonly<Record<string, readonly string[]>> = Object.fromEntries(
  [
    ...readFileSync(path.join(here, 'schema.cedarschema'), 'utf8').matchAll(/action ([\w, ]+) in \[(\w+)\]/g),
  ].flatMap(([, names = '', group = '']) => names.split(',').map((name) => [name.trim(), [group]])),
);
