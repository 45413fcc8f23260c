import { randomInt } from 'node:crypto';
import type { State } from './state.ts';
import type { Resource } from './template.ts';

const letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
const digits = '0123456789';

/** Secrets Manager: secrets generated once or given at the start, and read. */
export class Secrets {
  private readonly values = new Map<string, string>();

  /**
   * @param given texts of secrets, by their logical id in the template (without its hash); they are kept in no file.
   * @throws Error for a text of a secret that the template does not have.
   */
  constructor(resources: readonly Resource[], state: State, given: Readonly<Record<string, string>> = {}) {
    const unused = new Set(Object.keys(given));
    for (const { name, type, properties } of resources) {
      if (type !== 'AWS::SecretsManager::Secret') continue;
      const id = Object.keys(given).find((logicalId) => name.includes(`-${logicalId}`));
      if (id !== undefined) {
        this.values.set(name, given[id] ?? '');
        unused.delete(id);
        continue;
      }
      const known = state.get('secret', name);
      const value = known ?? generate(name, properties['GenerateSecretString']);
      if (known === undefined) state.set('secret', name, value);
      this.values.set(name, value);
    }
    if (unused.size > 0) throw new Error(`The template has no secret ${[...unused].join(', ')}`);
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
