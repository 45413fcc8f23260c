import { clientSettings, withoutFrills } from './aws-client.ts';

/**
 * Reads the text of a secret. Who calls keeps it: a secret is read once or a few times in an hour.
 * @throws Error when there is no such secret or it holds no text; the message never has its value.
 */
export const fetchSecret = async (arn: string): Promise<string> => {
  // Asked once or twice in the life of a process: nothing else waits for the code of it.
  const { GetSecretValueCommand, SecretsManagerClient } = await import('@aws-sdk/client-secrets-manager');
  const client = withoutFrills(new SecretsManagerClient(clientSettings('secretsmanager')));
  const { SecretString } = await client.send(new GetSecretValueCommand({ SecretId: arn }));
  if (!SecretString) throw new Error(`The secret ${arn} is empty`);
  return SecretString;
};
