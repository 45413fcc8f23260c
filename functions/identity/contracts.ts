import { guardEnvironment, readEnvironment } from '../platform/environment.ts';
import type { Guard } from '../platform/guard.ts';
import { openTable } from '../platform/table.ts';
import { createAuthenticator } from './authentication.ts';
import { openMemberships } from './membership-store.ts';

let guard: Guard | undefined;

/**
 * What other contexts need of identity: who calls, where they belong, what they may do. Made on first use;
 * the policy engine is loaded only when a policy is first asked.
 */
export const identityGuard = (): Guard => {
  if (guard !== undefined) return guard;
  const environment = readEnvironment(guardEnvironment);
  const memberships = openMemberships(openTable(environment.IDENTITY_TABLE));
  guard = {
    authenticate: createAuthenticator({
      issuer: environment.ISSUER,
      jwksUri: environment.JWKS_URI,
      audience: environment.AUDIENCE,
    }),
    membershipsOf: (subject) => memberships.of(subject),
    authorize: async (request) => {
      const { authorize } = await import('./authorization.ts');
      return authorize(request);
    },
  };
  return guard;
};
