import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { exportJWK, generateKeyPair, importJWK, type JWK, SignJWT } from 'jose';
import * as z from 'zod';

/** An OIDC issuer for development: it gives a token to whoever asks, for any subject. */
export interface Issuer {
  readonly issuer: string;
  readonly jwksUri: string;
  mint(claims: TokenRequest): Promise<string>;
  /** Answers the issuer’s own paths; undefined for any other path. */
  answer(
    path: string,
    body: string,
  ): Promise<{ readonly status: number; readonly body: unknown } | undefined>;
  /** The signing key, to be the same issuer after a restart. */
  readonly signingKey: string;
}

const tokenRequestSchema = z.strictObject({
  sub: z.string().min(1).max(200),
  /** E.g. `["admin"]`. */
  roles: z.array(z.string().max(50)).max(10).optional(),
  /** Default an hour; a negative number gives a token that has expired already. */
  expiresInSeconds: z.number().int().min(-86_400).max(86_400).default(3_600),
});

export type TokenRequest = z.input<typeof tokenRequestSchema>;

const algorithm = 'RS256';
export const jwksPath = '/.well-known/jwks.json';

/**
 * @param base URL of the issuer, as the `iss` of its tokens.
 * @param signingKey what an earlier run gave as `signingKey`; a new key is made when left out.
 */
export const openIssuer = async (base: string, signingKey?: string): Promise<Issuer> => {
  const jwk: JWK = signingKey === undefined ? await newSigningKey() : JSON.parse(signingKey);
  const privateKey = await importJWK(jwk, algorithm);
  const { kty, n, e, kid } = jwk;
  const publicKeys = { keys: [{ kty, n, e, kid, alg: algorithm, use: 'sig' }] };
  const mint = (request: TokenRequest): Promise<string> => {
    const { sub, roles, expiresInSeconds } = tokenRequestSchema.parse(request);
    const now = Math.floor(Date.now() / 1_000);
    return new SignJWT({ ...(roles !== undefined && { roles }) })
      .setProtectedHeader({ alg: algorithm, kid: kid ?? '', typ: 'JWT' })
      .setIssuer(base)
      .setSubject(sub)
      .setIssuedAt(Math.min(now, now + expiresInSeconds))
      .setExpirationTime(now + expiresInSeconds)
      .sign(privateKey);
  };
  return {
    issuer: base,
    jwksUri: `${base}${jwksPath}`,
    signingKey: JSON.stringify(jwk),
    mint,
    async answer(path, body) {
      switch (path) {
        case jwksPath:
          return { status: 200, body: publicKeys };
        case '/.well-known/openid-configuration':
          return {
            status: 200,
            body: {
              issuer: base,
              jwks_uri: `${base}${jwksPath}`,
              id_token_signing_alg_values_supported: [algorithm],
            },
          };
        case '/token': {
          const parsed = tokenRequestSchema.safeParse(parseJson(body));
          return parsed.success
            ? {
                status: 200,
                body: { token: await mint(parsed.data), expiresInSeconds: parsed.data.expiresInSeconds },
              }
            : { status: 422, body: { error: z.prettifyError(parsed.error) } };
        }
        default:
          return undefined;
      }
    },
  };
};

/** The issuer as a server of its own, for platforms that run elsewhere. */
export const createIssuer = async (settings: {
  /** Address that it listens on. */
  readonly listenOn: string;
  /** Name or address under which the platform reaches it. */
  readonly host: string;
}): Promise<{
  readonly issuer: string;
  readonly jwksUri: string;
  readonly tokenUrl: string;
  mint(claims: TokenRequest): Promise<string>;
  stop(): Promise<void>;
}> => {
  const listening: { issuer?: Issuer } = {};
  const server = createServer((request, response) => void serve(listening.issuer, request, response));
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, settings.listenOn, resolve);
  });
  const base = `http://${settings.host}:${(server.address() as AddressInfo).port}`;
  const issuer = await openIssuer(base);
  listening.issuer = issuer;
  return {
    issuer: base,
    jwksUri: issuer.jwksUri,
    tokenUrl: `${base}/token`,
    mint: issuer.mint,
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
};

const serve = async (
  issuer: Issuer | undefined,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> => {
  let body = '';
  for await (const chunk of request.setEncoding('utf8')) body = (body + chunk).slice(0, 10_000);
  const answer = (await issuer?.answer(request.url ?? '', body)) ?? {
    status: 404,
    body: { error: 'No such path' },
  };
  response.writeHead(answer.status, { 'content-type': 'application/json' }).end(JSON.stringify(answer.body));
};

const newSigningKey = async (): Promise<JWK> => {
  const { privateKey } = await generateKeyPair(algorithm, { extractable: true });
  return { ...(await exportJWK(privateKey)), kid: `local-${Date.now().toString(36)}` };
};

const parseJson = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
};
