import { ArnFormat, Stack } from 'aws-cdk-lib';
import { PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Key } from 'aws-cdk-lib/aws-kms';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { EmailSubscription } from 'aws-cdk-lib/aws-sns-subscriptions';
import { Construct } from 'constructs';
import type { Settings } from '../settings.ts';

const topicName = ({ stage }: Settings): string => `Fairground-${stage}-Alarms`;

/**
 * The topic that alarms of all stacks are sent to, with the address that a person confirmed. Stacks know it by its
 * name: an export in use would keep a stage from giving up its `alarmEmail`.
 */
export class AlarmTopic extends Construct {
  constructor(scope: Construct, id: string, email: string, settings: Settings) {
    super(scope, id);
    const cloudWatch = new ServicePrincipal('cloudwatch.amazonaws.com');
    // CloudWatch may not use the AWS-managed key of SNS, so the topic has one of its own.
    const key = new Key(this, 'Key', { description: 'Alarms', enableKeyRotation: true });
    key.grantEncryptDecrypt(cloudWatch);
    const topic = new Topic(this, 'Topic', {
      topicName: topicName(settings),
      masterKey: key,
      enforceSSL: true,
    });
    // The policy that wants TLS takes the place of the one by which SNS lets the account’s own alarms publish.
    topic.addToResourcePolicy(
      new PolicyStatement({
        principals: [cloudWatch],
        actions: ['sns:Publish'],
        resources: [topic.topicArn],
        conditions: {
          ArnLike: {
            'aws:SourceArn': Stack.of(this).formatArn({
              service: 'cloudwatch',
              resource: 'alarm',
              resourceName: '*',
              arnFormat: ArnFormat.COLON_RESOURCE_NAME,
            }),
          },
        },
      }),
    );
    topic.addSubscription(new EmailSubscription(email));
  }
}

/** ARN of the topic as a stack of the same account and region writes it. */
export const alarmTopicArn = (stack: Stack, settings: Settings): string =>
  stack.formatArn({ service: 'sns', resource: topicName(settings) });
