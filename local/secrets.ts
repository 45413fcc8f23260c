import { randomInt } from 'node:crypto';
import type { State } from './state.ts';
import type { Resource } from './template.ts';

const letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
const digits = '0123456789';

/** Secrets Manager: secrets generated once, and read. */
export class Secrets {
  private readonly values = new Map<string, string>();

  constructor(resources: readonly Resource[], state: State) {
    for (const { name, type, properties } of resources) {
      if (type !== 'AWS::SecretsManager::Secret') continue;
      const known = state.get('secret', name);
      const value = known ?? generate(name, properties['GenerateSecretString']);
      if (known === undefined) state.set('secret', name, value);
      this.values.set(name, value);
    }
  }

  /** The GetSecretValue call; undefined when there is no such secret. */
  getSecretValue({ SecretId }: { readonly SecretId?: string }) {
    const value = this.values.get(SecretId ?? '');
    return value === undefined
      ? undefined
      : { ARN: SecretId, Name: SecretId, SecretString: value, VersionStages: ['AWSCURRENT'] };
  }
}

const generate = (name: string, rule: Record<string, unknown> | undefined): string => {
  const unknown = Object.keys(rule ?? {}).filter(
    (key) => !['PasswordLength', 'ExcludePunctuation'].includes(key),
  );
  if (rule?.['ExcludePunctuation'] !== true || unknown.length > 0) {
    throw new Error(`${name}: secrets are generated here of letters and digits only (${unknown})`);
  }
  const alphabet = letters + digits;
  return Array.from({ length: Number(rule['PasswordLength'] ?? 32) }, () =>
    alphabet.charAt(randomInt(alphabet.length)),
  ).join('');
};
