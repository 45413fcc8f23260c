import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { createTables } from '../local/tables.ts';

const keys = ['pk', 'sk'];

/** Creates tables of the platform’s shape, without streams and indexes. */
export const createPlainTables = (client: DynamoDBClient, names: readonly string[]) =>
  createTables(
    client,
    names.map((name) => ({
      name,
      type: 'AWS::DynamoDB::Table',
      properties: {
        KeySchema: keys.map((AttributeName, index) => ({
          AttributeName,
          KeyType: index === 0 ? 'HASH' : 'RANGE',
        })),
        AttributeDefinitions: keys.map((AttributeName) => ({ AttributeName, AttributeType: 'S' })),
      },
    })),
  );
