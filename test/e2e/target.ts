/** The platform under test, wherever it runs. */
export interface Target {
  readonly kind: 'embedded' | 'localstack';
  /** Base URL that ends in the stage. */
  readonly url: string;
  /** POST {sub, roles?, expiresInSeconds?} → {token} of the issuer that the platform trusts. */
  readonly tokenUrl: string;
  /** Where a LocalStack-compatible server shows the mails that SES was given, where it does and we send any. */
  readonly mailboxUrl?: string;
}

declare module 'vitest' {
  interface ProvidedContext {
    target: Target;
    /** Where the platform looks for Stripe; of a cloud that the tests started themselves only. */
    stripePort: number;
  }
}

/**
 * A target that runs already, as FAIRGROUND_TARGET_URL, FAIRGROUND_TOKEN_URL and FAIRGROUND_TARGET name it;
 * undefined when they do not.
 */
export const targetOf = (environment: NodeJS.ProcessEnv): Target | undefined => {
  const { FAIRGROUND_TARGET_URL, FAIRGROUND_TOKEN_URL, FAIRGROUND_TARGET, FAIRGROUND_MAILBOX_URL } =
    environment;
  if (FAIRGROUND_TARGET_URL === undefined) return undefined;
  if (FAIRGROUND_TOKEN_URL === undefined)
    throw new Error('FAIRGROUND_TARGET_URL needs FAIRGROUND_TOKEN_URL beside it');
  if (FAIRGROUND_TARGET !== 'embedded' && FAIRGROUND_TARGET !== 'localstack')
    throw new Error(`FAIRGROUND_TARGET is embedded or localstack, not ${FAIRGROUND_TARGET}`);
  return {
    kind: FAIRGROUND_TARGET,
    url: FAIRGROUND_TARGET_URL.replace(/\/$/, ''),
    tokenUrl: FAIRGROUND_TOKEN_URL,
    ...(FAIRGROUND_MAILBOX_URL !== undefined && { mailboxUrl: FAIRGROUND_MAILBOX_URL }),
  };
};
