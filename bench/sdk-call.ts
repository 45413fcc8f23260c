import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { clientSettings, withoutFrills } from '../functions/platform/aws-client.ts';
import { absent, openTable } from '../functions/platform/table.ts';
import { localClient } from '../local/account.ts';
import { startDynamoDb } from '../local/dynamodb.ts';
import { createPlainTables } from './tables.ts';

const warmUpCalls = 4_000;
const calls = 8_000;
const atOnce = 32;

/** CPU of this process for one conditional put, as functions make it, in milliseconds. The engine runs in another. */
export const measureSdkCall = async (): Promise<number> => {
  const dynamoDb = await startDynamoDb();
  try {
    const local = localClient(dynamoDb.endpoint);
    await createPlainTables(new DynamoDBClient(local), ['bench']);
    // Tells the settings that the endpoint is on this machine, as the embedded cloud tells its functions.
    process.env['AWS_ENDPOINT_URL_DYNAMODB'] = dynamoDb.endpoint;
    const client = withoutFrills(new DynamoDBClient({ ...local, ...clientSettings('dynamodb') }));
    const table = openTable('bench', client);
    let count = 0;
    const caller = async (until: number): Promise<void> => {
      while (count < until) {
        count += 1;
        const item = {
          pk: `HOLD#${count}`,
          sk: 'HOLD',
          holdId: `hld_${count}`,
          status: 'active',
          until: count,
        };
        await table.put(item, absent);
      }
    };
    const callUntil = (until: number) => Promise.all(Array.from({ length: atOnce }, () => caller(until)));
    await callUntil(warmUpCalls);
    const before = process.cpuUsage();
    await callUntil(warmUpCalls + calls);
    const { user, system } = process.cpuUsage(before);
    return (user + system) / 1_000 / calls;
  } finally {
    await dynamoDb.stop();
  }
};
