import { GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { mockClient } from 'aws-sdk-client-mock';
import { marketplaceCommandRoutes, marketplaceQueryRoutes } from '../../functions/marketplace/routes.ts';
import type { Table } from '../../functions/platform/table.ts';
import { createIssuer } from '../../local/issuer.ts';
import { type Call, callsOf } from '../support/api-call.ts';
import { startEngine } from '../support/dynoxide.ts';
import { truckBody } from '../support/truck-body.ts';

/** `ann` owns this organization, `cat` is of its staff; `bob` belongs to none. */
export const organizationId = 'org_aaaaaaaaaaaaaaaaaaaaaaaaaa';

const routes = { ...marketplaceCommandRoutes, ...marketplaceQueryRoutes };

export interface Marketplace {
  readonly table: Table;
  readonly call: Call<keyof typeof routes>;
  stop(): Promise<void>;
}

/** The marketplace’s own Lambda entries on the engine, with a real issuer and the real policies. */
export const startMarketplace = async (): Promise<Marketplace> => {
  const engine = await startEngine();
  const issuer = await createIssuer({ listenOn: '127.0.0.1', host: '127.0.0.1' });
  Object.assign(process.env, {
    STAGE: 'test',
    AWS_REGION: 'eu-central-1',
    AWS_ACCESS_KEY_ID: 'local',
    AWS_SECRET_ACCESS_KEY: 'local',
    AWS_ENDPOINT_URL: engine.endpoint,
    IDENTITY_TABLE: 'identity',
    MARKETPLACE_TABLE: 'marketplace',
    ISSUER: issuer.issuer,
    JWKS_URI: issuer.jwksUri,
    ID_SECRET_ARN: 'arn:aws:secretsmanager:eu-central-1:000000000000:secret:id',
  });
  mockClient(SecretsManagerClient)
    .on(GetSecretValueCommand)
    .resolves({ SecretString: 'a secret of the tests' });
  const identity = await engine.createTable('identity');
  for (const [subject, role] of [
    ['ann', 'owner'],
    ['cat', 'staff'],
  ] as const) {
    await identity.put(
      { pk: `SUBJECT#${subject}`, sk: `ORG#${organizationId}`, organizationId, subject, role },
      {},
    );
  }
  const table = await engine.createTable('marketplace');
  const { handler: commands } = await import('../../functions/marketplace/commands.ts');
  const { handler: queries } = await import('../../functions/marketplace/queries.ts');
  const tokens: Record<string, string> = {};
  for (const subject of ['ann', 'bob', 'cat']) tokens[subject] = await issuer.mint({ sub: subject });
  return {
    table,
    call: callsOf(
      routes,
      (name) => (name === 'marketplace-queries' ? queries : commands),
      (subject) => tokens[subject] ?? '',
    ),
    async stop() {
      await issuer.stop();
      await engine.stop();
    },
  };
};

/** A truck of `ann`; listed unless the fields say otherwise. */
export const newTruck = async ({ call }: Marketplace, fields: object = {}): Promise<string> => {
  const created = await call('createTruck', { body: { ...truckBody, ...fields } });
  const truckId = created.body.id;
  await call('updateTruck', { params: { truckId }, ifMatch: '"r1"', body: { status: 'listed' } });
  return truckId;
};
