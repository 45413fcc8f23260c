import { expect, test } from 'vitest';
import { Secrets } from '../../local/secrets.ts';
import { openState } from '../../local/state.ts';
import type { Resource } from '../../local/template.ts';

const secret = (name: string): Resource => ({
  name: `arn:aws:secretsmanager:eu-central-1:000000000000:secret:Fairground-dev-Data-${name}`,
  type: 'AWS::SecretsManager::Secret',
  properties: { GenerateSecretString: { PasswordLength: 8, ExcludePunctuation: true } },
});
const [ids, stripe] = [secret('IdSecret1A2B3C4D'), secret('StripeSecret5E6F7A8B')];
const textOf = (secrets: Secrets, { name }: Resource) =>
  secrets.getSecretValue({ SecretId: name })?.SecretString;

test('a secret is generated once; one that is given is that, and kept nowhere', () => {
  const state = openState();
  const first = new Secrets([ids, stripe], state, { StripeSecret: 'given' });
  expect(textOf(first, stripe)).toBe('given');
  expect(textOf(first, ids)).toMatch(/^[A-Za-z0-9]{8}$/);
  expect(state.get('secret', stripe.name)).toBeUndefined();

  const second = new Secrets([ids, stripe], state);
  expect(textOf(second, ids)).toBe(textOf(first, ids));
  expect(textOf(second, stripe)).toMatch(/^[A-Za-z0-9]{8}$/);
  state.close();
});

test('a text of a secret that the template does not have is refused', () => {
  const state = openState();
  expect(() => new Secrets([ids], state, { StripeSecret: 'given' })).toThrow('no secret StripeSecret');
  state.close();
});
