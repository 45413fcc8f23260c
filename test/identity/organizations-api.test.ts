import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import type { Context } from 'aws-lambda';
import { mockClient } from 'aws-sdk-client-mock';
import { exportJWK, generateKeyPair, SignJWT } from 'jose';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openMemberships } from '../../functions/identity/membership-store.ts';
import { identityCommandRoutes, identityQueryRoutes } from '../../functions/identity/routes.ts';
import type { Table } from '../../functions/platform/table.ts';
import { type Engine, startEngine } from '../support/dynoxide.ts';
import { gatewayEvent } from '../support/gateway-event.ts';

const routes = { ...identityCommandRoutes, ...identityQueryRoutes };
interface CallOptions {
  /** Subject of the token; null sends none. */
  readonly as?: string | null;
  readonly roles?: readonly string[];
  readonly params?: Readonly<Record<string, string>>;
  readonly query?: Readonly<Record<string, string>>;
  readonly body?: unknown;
  readonly key?: string;
  readonly ifMatch?: string;
}
interface Answered {
  readonly status: number;
  readonly headers: Readonly<Record<string, unknown>>;
  readonly etag: string;
  // biome-ignore lint/suspicious/noExplicitAny: what an answer holds is for each test to say
  readonly body: any;
}

let engine: Engine;
let table: Table;
let issuer: Server;
let tokenOf: (subject: string, roles: readonly string[]) => Promise<string>;
let call: (operation: keyof typeof routes, options?: CallOptions) => Promise<Answered>;
let keys = 0;

beforeAll(async () => {
  engine = await startEngine();
  table = await engine.createTable('identity');
  const { publicKey, privateKey } = await generateKeyPair('RS256', { extractable: true });
  const jwk = { ...(await exportJWK(publicKey)), kid: 'k1', alg: 'RS256', use: 'sig' };
  issuer = createServer((_, response) => {
    response.end(JSON.stringify({ keys: [jwk] }));
  });
  await new Promise<void>((resolve) => issuer.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(issuer.address() as AddressInfo).port}`;
  tokenOf = (subject, roles) =>
    new SignJWT({ roles: [...roles] })
      .setProtectedHeader({ alg: 'RS256', kid: 'k1' })
      .setSubject(subject)
      .setIssuer(url)
      .setExpirationTime('1h')
      .sign(privateKey);
  Object.assign(process.env, {
    STAGE: 'test',
    AWS_REGION: 'eu-central-1',
    AWS_ACCESS_KEY_ID: 'local',
    AWS_SECRET_ACCESS_KEY: 'local',
    AWS_ENDPOINT_URL: engine.endpoint,
    IDENTITY_TABLE: 'identity',
    ISSUER: url,
    JWKS_URI: `${url}/keys`,
    ID_SECRET_ARN: 'arn:aws:secretsmanager:eu-central-1:000000000000:secret:id',
  });
  mockClient(SecretsManagerClient)
    .on(GetSecretValueCommand)
    .resolves({ SecretString: 'a secret of the tests' });
  const commands = (await import('../../functions/identity/commands.ts')).handler;
  const queries = (await import('../../functions/identity/queries.ts')).handler;
  call = async (operation, options = {}) => {
    const definition = routes[operation];
    const path = definition.path.replace(/\{(\w+)\}/g, (_, name: string) => options.params?.[name] ?? '');
    keys += 1;
    const subject = options.as === undefined ? 'ann' : options.as;
    const event = gatewayEvent(definition.method, path, {
      headers: {
        ...(subject !== null && { authorization: `Bearer ${await tokenOf(subject, options.roles ?? [])}` }),
        ...('creates' in definition &&
          definition.creates && { 'idempotency-key': options.key ?? `key-${keys}` }),
        ...(options.ifMatch !== undefined && { 'if-match': options.ifMatch }),
      },
      ...(options.params && { params: options.params }),
      ...(options.query && { query: options.query }),
      ...(options.body !== undefined && { body: options.body }),
    });
    const handler = definition.function === 'identity-queries' ? queries : commands;
    const result = await handler(event, { awsRequestId: 'lambda-1' } as Context);
    return {
      status: result.statusCode,
      headers: result.headers ?? {},
      etag: String(result.headers?.['ETag'] ?? ''),
      body: result.body === '' ? undefined : JSON.parse(result.body),
    };
  };
});
afterAll(async () => {
  await new Promise<void>((resolve) => issuer.close(() => resolve()));
  await engine.stop();
});

const start = async (as = 'ann', name = 'Paraninfo'): Promise<string> =>
  (await call('createOrganization', { as, body: { name, kind: 'organizer' } })).body.id;
const add = (organizationId: string, body: object, options: CallOptions = {}) =>
  call('addMember', { params: { organizationId }, body, ...options });
const member = (organizationId: string, subject: string, as = 'ann') =>
  call('getMember', { params: { organizationId, subject }, as });
const update = (organizationId: string, subject: string, body: object, ifMatch: string, as = 'ann') =>
  call('updateMember', { params: { organizationId, subject }, body, ifMatch, as });
const remove = (organizationId: string, subject: string, as = 'ann') =>
  call('removeMember', { params: { organizationId, subject }, as });
const ownersOf = async (organizationId: string) => {
  const page = await call('listMembers', {
    params: { organizationId },
    query: { limit: '100' },
    as: 'operator',
    roles: ['admin'],
  });
  const owners = page.body.items.filter(({ role }: { role: string }) => role === 'owner');
  const item = await openMemberships(table).get(organizationId);
  // The count that guards the last owner is the truth about the rows.
  expect(item?.owners).toBe(owners.length);
  return owners.map(({ subject }: { subject: string }) => subject).toSorted();
};

describe('organizations', () => {
  test('the creator is its owner, and sees it among theirs; a token without membership sees none', async () => {
    const created = await call('createOrganization', {
      as: 'zoe',
      body: { name: ' Teatro ', kind: 'truck' },
    });
    expect(created.status).toBe(201);
    expect(created.body).toEqual({
      id: expect.stringMatching(/^org_[0-9a-z]{26}$/),
      name: 'Teatro',
      kind: 'truck',
      createdAt: expect.any(String),
      updatedAt: created.body.createdAt,
    });
    const shown = await call('getOrganization', { as: 'zoe', params: { organizationId: created.body.id } });
    expect([shown.status, shown.body, shown.etag]).toEqual([200, created.body, '"r1"']);
    expect((await call('listOrganizations', { as: 'zoe' })).body).toEqual({
      items: [{ ...created.body, role: 'owner' }],
    });
    expect((await call('getMe', { as: 'zoe' })).body).toEqual({
      subject: 'zoe',
      roles: [],
      memberships: [{ organizationId: created.body.id, role: 'owner' }],
    });
    expect((await call('listOrganizations', { as: 'yan' })).body).toEqual({ items: [] });
  });

  test('a replay answers the same organization; another body under the key is refused', async () => {
    const body = { name: 'Once', kind: 'organizer' };
    const first = await call('createOrganization', { body, key: 'the-same-key' });
    const again = await call('createOrganization', { body, key: 'the-same-key' });
    expect([again.status, again.headers['Idempotent-Replayed'], again.body]).toEqual([
      201,
      'true',
      first.body,
    ]);
    const other = await call('createOrganization', { body: { ...body, name: 'Twice' }, key: 'the-same-key' });
    expect([other.status, other.body.code]).toEqual([422, 'IDEMPOTENCY_KEY_REUSED']);
    // The same key of somebody else is another key.
    const theirs = await call('createOrganization', { body, key: 'the-same-key', as: 'bob' });
    expect(theirs.body.id).not.toBe(first.body.id);
  });

  test('the same key from two clients at once: one organization with one owner', async () => {
    const options = { body: { name: 'Both', kind: 'organizer' }, key: 'at-once' };
    const answers = await Promise.all(Array.from({ length: 6 }, () => call('createOrganization', options)));
    expect(answers.map(({ status }) => status)).toEqual(Array(6).fill(201));
    const ids = new Set(answers.map(({ body }) => body.id));
    expect(ids.size).toBe(1);
    expect(answers.filter(({ headers }) => headers['Idempotent-Replayed'] === undefined)).toHaveLength(1);
    expect(await ownersOf([...ids][0])).toEqual(['ann']);
  });

  test('renaming asks for the revision that was read', async () => {
    const organizationId = await start();
    const rename = (name: string, ifMatch?: string) =>
      call('updateOrganization', { params: { organizationId }, body: { name }, ...(ifMatch && { ifMatch }) });
    expect((await rename('B')).body.code).toBe('PRECONDITION_REQUIRED');
    const renamed = await rename('B', '"r1"');
    expect([renamed.status, renamed.body.name, renamed.etag]).toEqual([200, 'B', '"r2"']);
    expect((await rename('C', '"r1"')).body.code).toBe('PRECONDITION_FAILED');
  });

  test('who does not belong learns nothing: the same 404 as for one that does not exist', async () => {
    const organizationId = await start();
    const missing = 'org_00000000000000000000000000';
    for (const operation of ['getOrganization', 'listMembers'] as const) {
      const hidden = await call(operation, { as: 'bob', params: { organizationId } });
      const absent = await call(operation, { as: 'bob', params: { organizationId: missing } });
      expect([hidden.status, absent.status]).toEqual([404, 404]);
      expect(Object.keys(hidden.body)).toEqual(Object.keys(absent.body));
      expect(hidden.body.detail).toBe(absent.body.detail);
    }
    expect((await add(organizationId, { subject: 'bob', role: 'owner' }, { as: 'bob' })).status).toBe(404);
    expect((await remove(organizationId, 'ann', 'bob')).status).toBe(404);
    expect((await call('getOrganization', { as: null, params: { organizationId } })).status).toBe(401);
  });
});

describe('members', () => {
  test('added with their terms, seen by members, and their rights count at once', async () => {
    const organizationId = await start();
    const terms = {
      role: 'staff',
      sessionId: 'ses_1',
      from: '2026-11-20T16:00:00Z',
      until: '2026-11-20T23:00:00Z',
    };
    const added = await add(organizationId, { subject: 'una', ...terms });
    expect([added.status, added.body]).toEqual([
      201,
      { subject: 'una', ...terms, addedAt: expect.any(String) },
    ]);
    expect((await member(organizationId, 'una')).body).toEqual(added.body);
    expect((await call('getMe', { as: 'una' })).body.memberships).toEqual([{ organizationId, ...terms }]);

    await add(organizationId, { subject: 'max', role: 'manager' });
    expect((await member(organizationId, 'una', 'max')).status).toBe(200);
    // A manager sees who belongs, and may not change it.
    expect((await add(organizationId, { subject: 'eve', role: 'staff' }, { as: 'max' })).body.code).toBe(
      'FORBIDDEN',
    );
  });

  test('terms that make no sense are refused, by pointer', async () => {
    const organizationId = await start();
    for (const [terms, pointer] of [
      [{ role: 'manager', sessionId: 'ses_1' }, '/sessionId'],
      [{ role: 'staff', from: '2026-11-20T19:00:00Z', until: '2026-11-20T18:00:00Z' }, '/until'],
      [{ role: 'king' }, '/role'],
      [{ role: 'staff', from: 'tomorrow' }, '/from'],
    ] as const) {
      const refused = await add(organizationId, { subject: 'sam', ...terms });
      expect([refused.status, refused.body.errors[0].pointer]).toEqual([422, pointer]);
    }
  });

  test('a replay is the same member; adding somebody again is a conflict', async () => {
    const organizationId = await start();
    const body = { subject: 'sam', role: 'staff' };
    const first = await add(organizationId, body, { key: 'k-1' });
    const again = await add(organizationId, body, { key: 'k-1' });
    expect([again.status, again.headers['Idempotent-Replayed'], again.body]).toEqual([
      201,
      'true',
      first.body,
    ]);
    const conflict = await add(organizationId, { subject: 'sam', role: 'owner' });
    expect([conflict.status, conflict.body.code]).toEqual([409, 'ALREADY_A_MEMBER']);
    expect(await ownersOf(organizationId)).toEqual(['ann']);
  });

  test('changed as read, or not at all', async () => {
    const organizationId = await start();
    await add(organizationId, { subject: 'kim', role: 'staff', sessionId: 'ses_1' });
    const changed = await update(organizationId, 'kim', { role: 'manager' }, '"r1"');
    expect([changed.status, changed.body, changed.etag]).toEqual([
      200,
      { subject: 'kim', role: 'manager', addedAt: expect.any(String) },
      '"r2"',
    ]);
    expect((await call('getMe', { as: 'kim' })).body.memberships).toEqual([
      { organizationId, role: 'manager' },
    ]);
    expect((await update(organizationId, 'kim', { role: 'staff' }, '"r1"')).status).toBe(412);
    expect((await update(organizationId, 'nobody', { role: 'staff' }, '"r1"')).status).toBe(404);
  });

  test('removed: out at once, again is 204, and they can be added anew', async () => {
    const organizationId = await start();
    await add(organizationId, { subject: 'sam', role: 'manager' });
    expect((await call('getOrganization', { as: 'sam', params: { organizationId } })).status).toBe(200);
    expect((await remove(organizationId, 'sam')).status).toBe(204);
    expect((await call('getOrganization', { as: 'sam', params: { organizationId } })).status).toBe(404);
    expect((await remove(organizationId, 'sam')).status).toBe(204);
    expect((await member(organizationId, 'sam')).status).toBe(404);
    expect((await add(organizationId, { subject: 'sam', role: 'staff' })).status).toBe(201);
  });

  test('in pages, by cursor; a cursor of another list is refused', async () => {
    const organizationId = await start();
    for (const subject of ['b1', 'b2', 'b3', 'b4']) await add(organizationId, { subject, role: 'staff' });
    const page = async (query: Record<string, string>) =>
      call('listMembers', { params: { organizationId }, query });
    const first = await page({ limit: '2' });
    const second = await page({ limit: '2', cursor: first.body.nextCursor });
    const third = await page({ limit: '2', cursor: second.body.nextCursor });
    const subjects = [first, second, third].flatMap(({ body }) =>
      body.items.map(({ subject }: { subject: string }) => subject),
    );
    expect(subjects).toEqual(['ann', 'b1', 'b2', 'b3', 'b4']);
    expect(third.body.nextCursor).toBeUndefined();
    const elsewhere = await start();
    const foreign = await call('listMembers', {
      params: { organizationId: elsewhere },
      query: { cursor: first.body.nextCursor },
    });
    expect([foreign.status, foreign.body.errors[0].code]).toEqual([422, 'INVALID_CURSOR']);
  });

  test('an operator cannot add members to nothing', async () => {
    const missing = 'org_00000000000000000000000000';
    for (const role of ['owner', 'staff']) {
      const refused = await add(missing, { subject: 'sam', role }, { as: 'operator', roles: ['admin'] });
      expect([refused.status, refused.body.code]).toEqual([404, 'NOT_FOUND']);
    }
    expect(await openMemberships(table).getMember(missing, 'sam')).toBeUndefined();
  });

  test('however many organizations somebody was added to, the one that counts is found', async () => {
    const memberships = openMemberships(table);
    for (let first = 0; first < 1_100; first += 50) {
      await Promise.all(
        Array.from({ length: 50 }, (_, n) =>
          table.put(
            {
              pk: 'SUBJECT#wanted',
              sk: `ORG#org_${String(first + n).padStart(26, '0')}`,
              organizationId: `org_${String(first + n).padStart(26, '0')}`,
              role: 'staff',
            },
            {},
          ),
        ),
      );
    }
    expect(await memberships.of('wanted')).toHaveLength(1_100);
    const own = await start('wanted');
    expect((await call('getOrganization', { as: 'wanted', params: { organizationId: own } })).status).toBe(
      200,
    );
    expect((await call('listOrganizations', { as: 'wanted' })).status).toBe(200);
  });
});

describe('the last owner', () => {
  test('can neither leave nor step down until there is another', async () => {
    const organizationId = await start();
    expect((await remove(organizationId, 'ann')).body.code).toBe('LAST_OWNER');
    expect((await update(organizationId, 'ann', { role: 'manager' }, '"r1"')).body.code).toBe('LAST_OWNER');
    await add(organizationId, { subject: 'bea', role: 'owner' });
    expect((await update(organizationId, 'ann', { role: 'manager' }, '"r1"')).status).toBe(200);
    expect(await ownersOf(organizationId)).toEqual(['bea']);
    expect((await remove(organizationId, 'bea', 'bea')).body.code).toBe('LAST_OWNER');
  });

  test('two owners who remove each other at once: one stays', async () => {
    for (let round = 0; round < 5; round += 1) {
      const organizationId = await start();
      await add(organizationId, { subject: 'bea', role: 'owner' });
      const answers = await Promise.all([
        remove(organizationId, 'bea', 'ann'),
        remove(organizationId, 'ann', 'bea'),
      ]);
      expect(await ownersOf(organizationId)).toHaveLength(1);
      expect(answers.filter(({ status }) => status === 204)).toHaveLength(1);
      // The other is told that they are the last, or, once removed, nothing of the organization at all.
      expect(['LAST_OWNER', 'NOT_FOUND']).toContain(answers.find(({ status }) => status !== 204)?.body.code);
    }
  });

  test('one removed twice at once: both are told it is done, and the count is right', async () => {
    const organizationId = await start();
    await add(organizationId, { subject: 'bea', role: 'owner' });
    const answers = await Promise.all([remove(organizationId, 'bea'), remove(organizationId, 'bea')]);
    expect(answers.map(({ status }) => status)).toEqual([204, 204]);
    expect(await ownersOf(organizationId)).toEqual(['ann']);
  });

  test('a change of an owner who is gone says that, not that they are the last', async () => {
    const organizationId = await start();
    await add(organizationId, { subject: 'bea', role: 'owner' });
    const memberships = openMemberships(table);
    const change = { what: 'member.removed', by: 'ann', requestId: 'r', at: '2026-11-21T10:00:00.000Z' };
    const bea = (await memberships.getMember(organizationId, 'bea'))!;
    expect(await memberships.changeMember(bea, undefined, change)).toBe('changed');
    expect(await memberships.changeMember(bea, undefined, change)).toBe('missing');
    expect(await memberships.changeMember(bea, { role: 'staff' }, change)).toBe('missing');
  });

  test('many changes at once: whatever is refused, the count of owners is the truth', async () => {
    const organizationId = await start();
    const people = ['p1', 'p2', 'p3', 'p4'];
    for (const subject of people) await add(organizationId, { subject, role: 'owner' });
    await Promise.all(
      people.flatMap((subject) => [
        update(organizationId, subject, { role: 'staff' }, '"r1"'),
        update(organizationId, subject, { role: 'manager' }, '"r1"'),
        remove(organizationId, subject),
      ]),
    );
    expect(await ownersOf(organizationId)).toContain('ann');
  });
});
