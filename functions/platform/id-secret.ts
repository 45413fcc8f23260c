import { GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { clientSettings } from './aws-client.ts';

let secret: Promise<string> | undefined;

/**
 * The key that ids are derived with (HMAC). Fetched once per process; a failure is forgotten, so that
 * the next request tries again.
 */
export const idSecret = (arn: string): Promise<string> => {
  secret ??= fetchSecret(arn).catch((error: unknown) => {
    secret = undefined;
    throw error;
  });
  return secret;
};

const fetchSecret = async (arn: string): Promise<string> => {
  const client = new SecretsManagerClient(clientSettings('secretsmanager'));
  const { SecretString } = await client.send(new GetSecretValueCommand({ SecretId: arn }));
  if (!SecretString) throw new Error('The id secret is empty');
  return SecretString;
};
