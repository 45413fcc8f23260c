import { expect, test } from 'vitest';
import { signTickets } from '../../lib/grants.ts';

test('every version of the ticket key verifies, the newest alone signs', () => {
  const statements = signTickets([{ keyArn: 'arn:v2' }, { keyArn: 'arn:v1' }]).map((statement) =>
    statement.toStatementJson(),
  );
  expect(statements).toEqual([
    { Effect: 'Allow', Action: 'kms:GetPublicKey', Resource: ['arn:v2', 'arn:v1'] },
    { Effect: 'Allow', Action: 'kms:Sign', Resource: 'arn:v2' },
  ]);
});
