import { Stack, Validations } from 'aws-cdk-lib';
import { Bucket } from 'aws-cdk-lib/aws-s3';
import { Queue } from 'aws-cdk-lib/aws-sqs';
import type { IConstruct } from 'constructs';
import { describe, expect, test } from 'vitest';
import { buildApp } from '../../lib/app.ts';

const acknowledged = (root: IConstruct): readonly (readonly [string, string])[] =>
  root.node
    .findAll()
    .flatMap((construct) =>
      construct.node.metadata
        .filter(({ type }) => type === Validations.ACKNOWLEDGED_RULES_METADATA_KEY)
        .flatMap(({ data }) => Object.entries(data as Record<string, string>)),
    );

describe('cdk-nag (AWS Solutions)', () => {
  // Of `dev` it is what `npm run synth` does.
  test.for(['staging', 'prod'] as const)('finds nothing in %s', { timeout: 60_000 }, async (stage) => {
    const app = await buildApp({
      stage,
      check: true,
      context: { alarmEmail: 'alarms@example.com', mailFrom: 'tickets@example.com' },
    });
    expect(() => app.synth()).not.toThrow();
  });

  test('finds a queue without TLS and a bucket that is open', { timeout: 60_000 }, async () => {
    const app = await buildApp({ check: true });
    const stack = new Stack(app, 'Careless');
    new Bucket(stack, 'Bucket');
    new Queue(stack, 'Queue');
    expect(() => app.synth()).toThrow(/AwsSolutions-S10[\s\S]*AwsSolutions-SQS4/);
  });

  test('every accepted finding has a reason, and stands on one construct', async () => {
    const app = await buildApp({ stage: 'prod' });
    const findings = acknowledged(app);
    expect(findings.length).toBeGreaterThan(0);
    for (const [rule, reason] of findings) expect(reason, rule).toMatch(/^.{40,}$/);
    // Nothing is accepted for a whole stack or the whole app.
    const wide = [app, ...app.node.children].flatMap((construct) =>
      construct.node.metadata.filter(({ type }) => type === Validations.ACKNOWLEDGED_RULES_METADATA_KEY),
    );
    expect(wide).toEqual([]);
  }, 60_000);
});
