import { arnOf } from './account.ts';
import type { References, ReferencesOf } from './template.ts';

/** What references need to know of the servers that run. */
export interface Servers {
  /** URL before the name of a queue. */
  readonly queueUrlBase: string;
}

/**
 * Every resource type that a template may have here. Any other type is an error, never silently skipped.
 */
const resourceTypes: Readonly<Record<string, (name: string, servers: Servers) => References>> = {
  'AWS::DynamoDB::Table': (name) => ({
    ref: name,
    attributes: { Arn: arnOf('dynamodb', `table/${name}`), StreamArn: streamArnOf(name) },
  }),
  'AWS::S3::Bucket': (name) => ({
    ref: bucketName(name),
    attributes: { Arn: `arn:aws:s3:::${bucketName(name)}` },
  }),
  'AWS::SQS::Queue': (name, { queueUrlBase }) => ({
    ref: `${queueUrlBase}${name}`,
    attributes: { Arn: arnOf('sqs', name), QueueName: name },
  }),
  'AWS::Events::EventBus': (name) => ({
    ref: name,
    attributes: { Arn: arnOf('events', `event-bus/${name}`), Name: name },
  }),
  'AWS::Events::Rule': (name) => withArn(name, arnOf('events', `rule/${name}`)),
  'AWS::SecretsManager::Secret': (name) => ({
    ref: arnOf('secretsmanager', `secret:${name}`),
    attributes: { Id: arnOf('secretsmanager', `secret:${name}`) },
  }),
  'AWS::StepFunctions::StateMachine': (name) => ({
    ref: arnOf('states', `stateMachine:${name}`),
    attributes: { Arn: arnOf('states', `stateMachine:${name}`), Name: name },
  }),
  'AWS::KMS::Key': (name) => ({
    ref: name,
    attributes: { Arn: arnOf('kms', `key/${name}`), KeyId: name },
  }),
  'AWS::KMS::Alias': (name) => ({ ref: `alias/${name}`, attributes: {} }),
  'AWS::Lambda::Function': (name) => withArn(name, arnOf('lambda', `function:${name}`)),
  'AWS::Lambda::EventSourceMapping': (name) => withArn(name, name),
  'AWS::ApiGateway::RestApi': (name) => ({ ref: name, attributes: { RootResourceId: `${name}-root` } }),
  'AWS::ApiGateway::Resource': (name) => ({ ref: name, attributes: {} }),
  'AWS::ApiGateway::Method': (name) => ({ ref: name, attributes: {} }),
  'AWS::ApiGateway::Deployment': (name) => ({ ref: name, attributes: {} }),
  'AWS::ApiGateway::Stage': (name) => ({ ref: name, attributes: {} }),
  'AWS::ApiGateway::GatewayResponse': (name) => ({ ref: name, attributes: {} }),
  // Accepted, and nothing is made of them: rights, logs and alarms mean nothing on one machine.
  'AWS::ApiGateway::Account': (name) => ({ ref: name, attributes: {} }),
  'AWS::CloudWatch::Alarm': (name) => withArn(name, arnOf('cloudwatch', `alarm:${name}`)),
  // The outbox of the embedded bus shows what passed; there is nothing to replay it from later.
  'AWS::Events::Archive': (name) => withArn(name, arnOf('events', `archive/${name}`)),
  'AWS::IAM::Policy': (name) => ({ ref: name, attributes: {} }),
  'AWS::IAM::Role': (name) => withArn(name, arnOf('iam', `role/${name}`)),
  'AWS::Lambda::Permission': (name) => ({ ref: name, attributes: {} }),
  'AWS::Logs::LogGroup': (name) => withArn(name, arnOf('logs', `log-group:${name}:*`)),
  'AWS::Logs::MetricFilter': (name) => ({ ref: name, attributes: {} }),
  'AWS::S3::BucketPolicy': (name) => ({ ref: name, attributes: {} }),
  // The mailbox takes mail from any sender.
  'AWS::SES::ConfigurationSet': (name) => ({ ref: name, attributes: {} }),
  'AWS::SES::EmailIdentity': (name) => ({ ref: name, attributes: {} }),
  'AWS::SQS::QueuePolicy': (name) => ({ ref: name, attributes: {} }),
};

const withArn = (name: string, arn: string): References => ({ ref: name, attributes: { Arn: arn } });

/** Names of buckets are lower case (S3 naming rules). */
const bucketName = (name: string): string => name.toLowerCase();

/** The stream of a table as the template names it; the engine’s own ARN has the time of its creation. */
export const streamArnOf = (tableName: string): string =>
  arnOf('dynamodb', `table/${tableName}/stream/latest`);

/** @throws Error naming the type, when it is none of the table. */
export const referencesWith =
  (servers: Servers): ReferencesOf =>
  (type, physicalName) => {
    const known = resourceTypes[type];
    if (known === undefined) {
      throw new Error(
        `${physicalName} has the type ${type}, which the embedded cloud does not know (local/resource-types.ts)`,
      );
    }
    return known(physicalName, servers);
  };
