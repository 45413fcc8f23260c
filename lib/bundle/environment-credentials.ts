import type { AwsCredentialIdentity } from '@smithy/types';

/**
 * Stands in for `@aws-sdk/credential-provider-node` in bundles. Lambda hands credentials to a function by
 * these three variables and replaces the process before they run out; the SDK’s own chain also looks for
 * profiles, SSO, web identities and instance metadata, which no function has and which are 130 KB.
 */
export const defaultProvider = () => async (): Promise<AwsCredentialIdentity> => {
  const {
    AWS_ACCESS_KEY_ID: accessKeyId,
    AWS_SECRET_ACCESS_KEY: secretAccessKey,
    AWS_SESSION_TOKEN: sessionToken,
  } = process.env;
  if (!accessKeyId || !secretAccessKey) {
    throw new Error('No credentials: AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY must be set');
  }
  return { accessKeyId, secretAccessKey, ...(sessionToken && { sessionToken }) };
};
