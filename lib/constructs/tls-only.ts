import { AnyPrincipal, Effect, PolicyDocument, PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { CfnQueuePolicy, type Queue } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';

/**
 * One policy for many queues: nobody talks to them without TLS. Queues that get statements of their own (from
 * rules) have a policy each anyway and need none of this one, since a queue has only one.
 */
export class TlsOnly extends Construct {
  private readonly policy: CfnQueuePolicy;

  constructor(scope: Construct, id: string) {
    super(scope, id);
    this.policy = new CfnQueuePolicy(this, 'Policy', {
      queues: [],
      policyDocument: new PolicyDocument({
        statements: [
          new PolicyStatement({
            effect: Effect.DENY,
            principals: [new AnyPrincipal()],
            actions: ['sqs:*'],
            resources: ['*'],
            conditions: { Bool: { 'aws:SecureTransport': 'false' } },
          }),
        ],
      }),
    });
  }

  cover(queue: Queue): void {
    this.policy.queues = [...this.policy.queues, queue.queueUrl];
  }
}
