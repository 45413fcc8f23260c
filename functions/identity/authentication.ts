import { JwtRsaVerifier } from 'aws-jwt-verify';
import { JwtExpiredError } from 'aws-jwt-verify/error';
import { assertIsJwks, SimpleJwksCache } from 'aws-jwt-verify/jwk';
import type { Authentication } from '../platform/guard.ts';
import { logger } from '../platform/logger.ts';

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

/** Keys are fetched anew when they are older: a key that the issuer withdrew is trusted no longer than this. */
const keysMaxAgeMs = 10 * 60_000;

/** How long the old keys serve on when the issuer cannot give new ones, before it is asked again. */
const keysRetryMs = 60_000;

/** The issuer’s keys cannot be had: the token may well be good, so that is our trouble, not the caller’s. */
class KeysUnavailable extends Error {
  /** A name that the router answers with 503. */
  override readonly name = 'UpstreamUnavailable';
}

/** The library’s own fetcher speaks https only; a local issuer speaks http. */
const fetchKeys = async (uri: string): Promise<ArrayBuffer> => {
  try {
    const response = await fetch(uri, { signal: AbortSignal.timeout(keysTimeoutMs) });
    if (!response.ok) throw new Error(`It answered ${response.status}`);
    const bytes = await response.arrayBuffer();
    assertIsJwks(JSON.parse(new TextDecoder().decode(bytes)));
    return bytes;
  } catch (cause) {
    throw new KeysUnavailable(`The issuer’s keys at ${uri} cannot be had`, { cause });
  }
};

/**
 * Verifies access tokens of one OIDC issuer: RS256 only, signature, issuer, audience, `exp` and `nbf`.
 * Keys are cached for ten minutes; an unknown key id fetches them anew, at most every ten seconds (the
 * library’s penalty box), so that rotated keys work and made-up key ids cannot hammer the issuer.
 */
export const createAuthenticator = (
  { issuer, jwksUri, audience }: IssuerSettings,
  clockMs: () => number = Date.now,
) => {
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
    { jwksCache: new SimpleJwksCache({ fetcher: { fetch: fetchKeys } }) },
  );

  let freshUntilMs: number | undefined;
  const refreshKeys = async (): Promise<void> => {
    const nowMs = clockMs();
    if (freshUntilMs === undefined) {
      // The first token fetches the keys by itself.
      freshUntilMs = nowMs + keysMaxAgeMs;
      return;
    }
    if (nowMs < freshUntilMs) return;
    freshUntilMs = nowMs + keysRetryMs;
    try {
      verifier.cacheJwks(JSON.parse(new TextDecoder().decode(await fetchKeys(jwksUri))));
      freshUntilMs = nowMs + keysMaxAgeMs;
    } catch (error) {
      logger.warn('The issuer’s keys could not be refreshed', error as Error);
    }
  };

  return async (authorization: string | undefined): Promise<Authentication> => {
    if (authorization === undefined || authorization === '')
      return { authenticated: false, reason: 'missing' };
    const token = /^Bearer +([\w-]+\.[\w-]+\.[\w-]+)$/i.exec(authorization)?.[1];
    if (token === undefined || token.length > maxTokenLength)
      return { authenticated: false, reason: 'malformed' };
    await refreshKeys();
    try {
      const payload = await verifier.verify(token);
      if (typeof payload.sub !== 'string' || payload.sub === '')
        return { authenticated: false, reason: 'invalid' };
      return { authenticated: true, caller: { subject: payload.sub, roles: rolesOf(payload) } };
    } catch (error) {
      if (error instanceof KeysUnavailable) throw error;
      return { authenticated: false, reason: error instanceof JwtExpiredError ? 'expired' : 'invalid' };
    }
  };
};

const rolesOf = (payload: Record<string, unknown>): readonly string[] => {
  const roles = payload['roles'] ?? payload['cognito:groups'];
  return Array.isArray(roles) ? roles.filter((role) => typeof role === 'string') : [];
};
