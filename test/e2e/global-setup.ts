import type { TestProject } from 'vitest/node';
import { startCloud } from '../../local/cloud.ts';
import { freePort } from '../../local/free-port.ts';
import { fakeSecretKey, fakeWebhookSecret } from '../payments/fake-stripe.ts';
import { targetOf } from './target.ts';

/** Gives all journeys one platform: the one that the environment names, or an embedded cloud of their own. */
export default async (project: TestProject): Promise<(() => Promise<void>) | undefined> => {
  const running = targetOf(process.env);
  if (running !== undefined) {
    project.provide('target', running);
    return undefined;
  }
  // Where the journey of Stripe puts its fake; odd requests have nobody there to ask.
  const stripePort = project.name === 'e2e' ? await freePort() : undefined;
  const cloud = await startCloud({ port: 0, ...(stripePort !== undefined && stripeAt(stripePort)) });
  project.provide('target', { kind: 'embedded', url: cloud.url, tokenUrl: cloud.tokenUrl });
  if (stripePort !== undefined) project.provide('stripePort', stripePort);
  return () => cloud.stop();
};

const stripeAt = (port: number) => ({
  context: { paymentProviders: 'stripe,test', stripeApiOrigin: `http://127.0.0.1:${port}` },
  secrets: {
    StripeSecret: JSON.stringify({ secretKey: fakeSecretKey, webhookSecrets: [fakeWebhookSecret] }),
  },
});
