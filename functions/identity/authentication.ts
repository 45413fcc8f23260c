import { JwtRsaVerifier } from 'aws-jwt-verify';
import { JwtExpiredError, JwtWithoutValidKidError } from 'aws-jwt-verify/error';
import { SimpleJwksCache } from 'aws-jwt-verify/jwk';
import type { Authentication } from '../platform/guard.ts';

export interface IssuerSettings {
  readonly issuer: string;
  readonly jwksUri: string;
  /** Empty: the issuer sets no audience. Cognito’s access tokens carry it as `client_id`. */
  readonly audience: string;
}

/** Clocks of issuer and function may differ by this much. */
const graceSeconds = 5;

/** A token longer than this is refused unread; API Gateway lets headers of 10,240 bytes in all through. */
const maxTokenLength = 8_192;

const keysTimeoutMs = 2_000;

/**
 * Verifies access tokens of one OIDC issuer: RS256 only, signature, issuer, audience, `exp` and `nbf`.
 * Keys are cached; an unknown key id fetches them anew, at most every ten seconds (the library’s penalty
 * box), so that rotated keys work and made-up key ids cannot hammer the issuer.
 */
export const createAuthenticator = ({ issuer, jwksUri, audience }: IssuerSettings) => {
  const verifier = JwtRsaVerifier.create(
    {
      issuer,
      jwksUri,
      audience: null,
      graceSeconds,
      customJwtCheck: ({ header, payload }) => {
        if (header.alg !== 'RS256') throw new Error('Only RS256 is taken');
        if (typeof payload.exp !== 'number') throw new Error('A token must expire');
        if (audience !== '' && ![payload.aud, payload['client_id']].flat().includes(audience)) {
          throw new Error('The token is for another audience');
        }
      },
    },
    {
      jwksCache: new SimpleJwksCache({
        fetcher: {
          // The library’s own fetcher speaks https only; a local issuer speaks http.
          fetch: async (uri) => {
            const response = await fetch(uri, { signal: AbortSignal.timeout(keysTimeoutMs) });
            if (!response.ok) throw new Error(`The issuer’s keys answered ${response.status}`);
            return response.arrayBuffer();
          },
        },
      }),
    },
  );

  return async (authorization: string | undefined): Promise<Authentication> => {
    if (authorization === undefined || authorization === '')
      return { authenticated: false, reason: 'missing' };
    const token = /^Bearer +([\w-]+\.[\w-]+\.[\w-]+)$/i.exec(authorization)?.[1];
    if (token === undefined || token.length > maxTokenLength)
      return { authenticated: false, reason: 'malformed' };
    try {
      const payload = await verifier.verify(token);
      if (typeof payload.sub !== 'string' || payload.sub === '')
        return { authenticated: false, reason: 'invalid' };
      return { authenticated: true, caller: { subject: payload.sub, roles: rolesOf(payload) } };
    } catch (error) {
      if (isKeyFetchFailure(error)) throw error;
      return { authenticated: false, reason: error instanceof JwtExpiredError ? 'expired' : 'invalid' };
    }
  };
};

/** When the issuer’s keys cannot be had the token may well be good: that is our trouble, not the caller’s. */
const isKeyFetchFailure = (error: unknown): boolean =>
  !(error instanceof JwtWithoutValidKidError) &&
  error instanceof Error &&
  (error.name === 'TimeoutError' ||
    error.message.startsWith('The issuer’s keys') ||
    error.message === 'fetch failed');

const rolesOf = (payload: Record<string, unknown>): readonly string[] => {
  const roles = payload['roles'] ?? payload['cognito:groups'];
  return Array.isArray(roles) ? roles.filter((role) => typeof role === 'string') : [];
};
