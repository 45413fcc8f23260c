import { routes } from '../../functions/routes.ts';
import { type FunctionDefinition, functionTable } from '../../lib/function-table.ts';
import {
  functionName,
  type Resource,
  resourcesOf,
  statementsOf,
  type Templates,
  target,
} from './templates.ts';

/** A rule over the synthesized templates: gives the faults it sees, none when it holds. */
export type Rule = (templates: Templates) => readonly string[];

const definitions: Readonly<Record<string, FunctionDefinition>> = functionTable;

/** What LocalStack’s open edition and ministack deploy and run; a type not tried there is not in the list. */
const emulatedTypes = new Set([
  'AWS::ApiGateway::Deployment',
  'AWS::ApiGateway::Method',
  'AWS::ApiGateway::Resource',
  'AWS::ApiGateway::RestApi',
  'AWS::ApiGateway::Stage',
  'AWS::CloudWatch::Alarm',
  'AWS::DynamoDB::Table',
  'AWS::Events::EventBus',
  'AWS::Events::Rule',
  'AWS::IAM::Policy',
  'AWS::IAM::Role',
  'AWS::KMS::Key',
  'AWS::Lambda::EventSourceMapping',
  'AWS::Lambda::Function',
  'AWS::Lambda::Permission',
  'AWS::Logs::LogGroup',
  'AWS::S3::Bucket',
  'AWS::S3::BucketPolicy',
  'AWS::SQS::Queue',
  'AWS::SQS::QueuePolicy',
  'AWS::SecretsManager::Secret',
  'AWS::StepFunctions::StateMachine',
]);

export const onlyEmulatedTypes: Rule = (templates) =>
  Object.values(templates).flatMap((template) =>
    Object.entries(template.Resources)
      .filter(([, { Type }]) => !emulatedTypes.has(Type))
      .map(([id, { Type }]) => `${id} is a ${Type}`),
  );

const lambdas = (templates: Templates): readonly Resource[] =>
  resourcesOf(templates, 'AWS::Lambda::Function').map(([, resource]) => resource);

const readOnlyActions = new Set([
  'dynamodb:GetItem',
  'dynamodb:BatchGetItem',
  'dynamodb:Query',
  's3:GetObject',
  's3:ListBucket',
  // Tickets are signed when they are read: a signature changes nothing.
  'kms:GetPublicKey',
  'kms:Sign',
  'logs:CreateLogStream',
  'logs:PutLogEvents',
  'xray:PutTraceSegments',
  'xray:PutTelemetryRecords',
]);

export const queryFunctionsOnlyRead: Rule = (templates) =>
  lambdas(templates)
    .filter((lambda) => functionName(lambda).endsWith('-queries'))
    .flatMap((lambda) =>
      statementsOf(templates, lambda)
        .flatMap(({ actions }) => actions)
        .filter((action) => !readOnlyActions.has(action))
        .map((action) => `${functionName(lambda)} may ${action}`),
    );

/** Actions that AWS lets nobody narrow down to a resource. */
const actionsOnEverything = new Set([
  'xray:PutTraceSegments',
  'xray:PutTelemetryRecords',
  'dynamodb:ListStreams',
]);

export const noWildcards: Rule = (templates) =>
  lambdas(templates).flatMap((lambda) =>
    statementsOf(templates, lambda).flatMap(({ actions, resources }) => [
      ...actions
        .filter((action) => action.includes('*'))
        .map((action) => `${functionName(lambda)} may ${action}`),
      ...(resources.includes('*')
        ? actions
            .filter((action) => !actionsOnEverything.has(action))
            .map((action) => `${functionName(lambda)} may ${action} on *`)
        : []),
    ]),
  );

/** What leads were and what was said about them is neither updated nor deleted, whatever else a function may do. */
export const historyOnlyGrows: Rule = (templates) => {
  const changes = ['dynamodb:UpdateItem', 'dynamodb:DeleteItem'];
  const denial = JSON.stringify({
    'ForAnyValue:StringLike': {
      'dynamodb:LeadingKeys': ['LEAD-HISTORY#*', 'LEAD-MESSAGES#*', 'VERIFICATION-DECISIONS#*'],
    },
  });
  return lambdas(templates).flatMap((lambda) => {
    const statements = statementsOf(templates, lambda);
    // Grants of indexes name the table too; the export’s name carries its logical id.
    const onTable = statements.flatMap((statement) =>
      statement.resources
        .map((resource) => JSON.stringify(resource))
        .filter((resource) => /MarketplaceTable/.test(resource) && !resource.includes('/index/'))
        .map((resource) => ({ ...statement, resource })),
    );
    const denied = new Set(
      onTable
        .filter(({ effect, condition }) => effect === 'Deny' && JSON.stringify(condition) === denial)
        .flatMap(({ actions, resource }) => actions.map((action) => `${action} on ${resource}`)),
    );
    return onTable
      .filter(({ effect }) => effect === 'Allow')
      .flatMap(({ actions, resource }) =>
        actions
          .filter((action) => changes.includes(action) && !denied.has(`${action} on ${resource}`))
          .map((action) => `${functionName(lambda)} may ${action} on history`),
      );
  });
};

const deadLetterQueues = (templates: Templates): ReadonlySet<string> =>
  new Set(
    [
      ...resourcesOf(templates, 'AWS::SQS::Queue').map(([, queue]) =>
        target(queue.Properties.RedrivePolicy?.deadLetterTargetArn),
      ),
      ...resourcesOf(templates, 'AWS::Lambda::EventSourceMapping').map(([, mapping]) =>
        target(mapping.Properties.DestinationConfig?.OnFailure?.Destination),
      ),
    ].filter((id) => id !== undefined),
  );

export const deadLettersRaiseAlarms: Rule = (templates) => {
  const watched = new Set(
    resourcesOf(templates, 'AWS::CloudWatch::Alarm')
      .filter(([, { Properties }]) => Properties.MetricName === 'ApproximateNumberOfMessagesVisible')
      .flatMap(([, { Properties }]) =>
        Properties.Dimensions.map(({ Value }: { Value: unknown }) => target(Value)),
      ),
  );
  return [...deadLetterQueues(templates)]
    .filter((id) => !watched.has(id))
    .map((id) => `the dead-letter queue ${id} has no alarm`);
};

export const queuesHaveDeadLetters: Rule = (templates) => {
  const deadLetters = deadLetterQueues(templates);
  return resourcesOf(templates, 'AWS::SQS::Queue')
    .filter(([id, queue]) => !deadLetters.has(id) && queue.Properties.RedrivePolicy?.maxReceiveCount !== 3)
    .map(([id]) => `${id} has no dead-letter queue after three deliveries`);
};

export const functionsRaiseAlarms: Rule = (templates) => {
  const alarms = resourcesOf(templates, 'AWS::CloudWatch::Alarm').map(([, { Properties }]) => Properties);
  return resourcesOf(templates, 'AWS::Lambda::Function').flatMap(([id, lambda]) =>
    ['Errors', 'Throttles']
      .filter(
        (metric) =>
          !alarms.some(
            ({ MetricName, Dimensions }) =>
              MetricName === metric &&
              Dimensions?.some(({ Value }: { Value: unknown }) => target(Value) === id),
          ),
      )
      .map((metric) => `${functionName(lambda)} has no alarm on ${metric}`),
  );
};

/** `GET /venues/{venueId}` → logical id of the function behind it, as the gateway has it. */
const gatewayMethods = (templates: Templates): ReadonlyMap<string, string> => {
  const resources = new Map(resourcesOf(templates, 'AWS::ApiGateway::Resource'));
  const pathOf = (id: string | undefined): string => {
    const resource = id === undefined ? undefined : resources.get(id);
    return resource === undefined
      ? ''
      : `${pathOf(target(resource.Properties.ParentId))}/${resource.Properties.PathPart}`;
  };
  return new Map(
    resourcesOf(templates, 'AWS::ApiGateway::Method').map(([, { Properties }]) => [
      `${Properties.HttpMethod} ${pathOf(target(Properties.ResourceId)) || '/'}`,
      JSON.stringify(Properties.Integration.Uri),
    ]),
  );
};

/** The API imports the ARNs of the functions: the export’s name carries the logical id of the function. */
export const routesHaveMethods: Rule = (templates) => {
  const methods = gatewayMethods(templates);
  const ids = new Map(
    resourcesOf(templates, 'AWS::Lambda::Function').map(([id, lambda]) => [functionName(lambda), id]),
  );
  return Object.values(routes)
    .filter(
      (route) =>
        !methods.get(`${route.method} ${route.path}`)?.includes(`FnGetAtt${ids.get(route.function)}Arn`),
    )
    .map((route) => `${route.method} ${route.path} does not lead to ${route.function}`);
};

export const everyPathCatchesAll: Rule = (templates) => {
  const methods = gatewayMethods(templates);
  const paths = new Set([...methods.keys()].map((method) => method.split(' ')[1]));
  return [...paths, '/{proxy+}']
    .filter((path) => !methods.has(`ANY ${path}`))
    .map((path) => `${path} leaves other methods to the gateway`);
};

/** CloudFormation takes 500 resources and 1 MB a template; from these on a stack is split (ADR 23). */
const mostResources = 450;
const mostBytes = 900_000;

export const fitsCloudFormation: Rule = (templates) =>
  Object.entries(templates).flatMap(([name, template]) => {
    const resources = Object.keys(template.Resources).length;
    const bytes = Buffer.byteLength(JSON.stringify(template));
    return [
      ...(resources < mostResources ? [] : [`${name} has ${resources} resources`]),
      ...(bytes < mostBytes ? [] : [`${name} has ${bytes} bytes`]),
    ];
  });

export const environmentsAreAsDeclared: Rule = (templates) =>
  lambdas(templates).flatMap((lambda) => {
    const name = functionName(lambda);
    const declared = Object.keys(definitions[name]?.environment.shape ?? {});
    const given = Object.keys(lambda.Properties.Environment.Variables).filter(
      (variable) => variable !== 'POWERTOOLS_SERVICE_NAME',
    );
    return [
      ...declared
        .filter((variable) => !given.includes(variable))
        .map((variable) => `${name} lacks ${variable}`),
      ...given
        .filter((variable) => !declared.includes(variable))
        .map((variable) => `${name} is given ${variable}`),
    ];
  });

/** A function is told where a secret lies, never the secret. */
export const environmentsHoldNoSecret: Rule = (templates) =>
  lambdas(templates).flatMap((lambda) =>
    Object.entries(lambda.Properties.Environment.Variables)
      .filter(
        ([variable, value]) =>
          JSON.stringify(value).includes('resolve:') ||
          (/SECRET|PASSWORD|TOKEN|PRIVATE|API_KEY/.test(variable) && !variable.endsWith('_ARN')),
      )
      .map(([variable]) => `${functionName(lambda)} is given ${variable}`),
  );

export const dataOutlivesItsStack: Rule = (templates) => [
  ...[
    'AWS::DynamoDB::Table',
    'AWS::S3::Bucket',
    'AWS::SecretsManager::Secret',
    'AWS::Cognito::UserPool',
    'AWS::KMS::Key',
  ]
    .flatMap((type) => resourcesOf(templates, type))
    .filter(([, { DeletionPolicy, UpdateReplacePolicy }]) =>
      [DeletionPolicy, UpdateReplacePolicy].some((policy) => policy !== 'Retain'),
    )
    .map(([id]) => `${id} is deleted with its stack`),
  ...resourcesOf(templates, 'AWS::DynamoDB::Table')
    .filter(
      ([, { Properties }]) =>
        !Properties.DeletionProtectionEnabled ||
        !Properties.PointInTimeRecoverySpecification?.PointInTimeRecoveryEnabled ||
        !Properties.SSESpecification?.SSEEnabled,
    )
    .map(([id]) => `${id} lacks deletion protection, point-in-time recovery or encryption by KMS`),
];

export const tablesHaveStreamAndTtl: Rule = (templates) =>
  resourcesOf(templates, 'AWS::DynamoDB::Table')
    .filter(
      ([, { Properties }]) =>
        Properties.StreamSpecification?.StreamViewType !== 'NEW_AND_OLD_IMAGES' ||
        Properties.TimeToLiveSpecification?.AttributeName !== 'ttl' ||
        Properties.BillingMode !== 'PAY_PER_REQUEST',
    )
    .map(([id]) => `${id} lacks its stream, its TTL or on-demand capacity`);

export const logsExpire: Rule = (templates) =>
  resourcesOf(templates, 'AWS::Logs::LogGroup')
    .filter(([, { Properties }]) => Properties?.RetentionInDays === undefined)
    .map(([id]) => `${id} keeps its logs for ever`);

export const queuesHideMessagesLongEnough: Rule = (templates) => {
  const functions = new Map(resourcesOf(templates, 'AWS::Lambda::Function'));
  const queues = new Map(resourcesOf(templates, 'AWS::SQS::Queue'));
  return resourcesOf(templates, 'AWS::Lambda::EventSourceMapping').flatMap(([id, { Properties }]) => {
    const queue = queues.get(target(Properties.EventSourceArn) ?? '');
    const timeout = functions.get(target(Properties.FunctionName) ?? '')?.Properties.Timeout;
    return queue === undefined || queue.Properties.VisibilityTimeout >= 6 * timeout
      ? []
      : [
          `${id}: messages reappear after ${queue.Properties.VisibilityTimeout} s, the function has ${timeout} s`,
        ];
  });
};

export const mappingsFailOneByOne: Rule = (templates) =>
  resourcesOf(templates, 'AWS::Lambda::EventSourceMapping').flatMap(([id, { Properties }]) => {
    const faults = [];
    if (!Properties.FunctionResponseTypes?.includes('ReportBatchItemFailures'))
      faults.push(`${id} fails whole batches`);
    const isStream = Properties.StartingPosition !== undefined;
    if (
      isStream &&
      (Properties.BisectBatchOnFunctionError !== true ||
        !(Properties.MaximumRetryAttempts > 0) ||
        Properties.DestinationConfig?.OnFailure?.Destination === undefined)
    ) {
      faults.push(`${id} lets a poison record block its stream`);
    }
    return faults;
  });

export const queuesAndBucketsAreTlsOnly: Rule = (templates) => {
  const secured = new Set(
    ['AWS::SQS::QueuePolicy', 'AWS::S3::BucketPolicy']
      .flatMap((type) => resourcesOf(templates, type))
      .filter(([, { Properties }]) =>
        Properties.PolicyDocument.Statement.some(
          (statement: { Effect: string; Condition?: { Bool?: Record<string, string> } }) =>
            statement.Effect === 'Deny' && statement.Condition?.Bool?.['aws:SecureTransport'] === 'false',
        ),
      )
      .flatMap(([, { Properties }]) => [...(Properties.Queues ?? []), Properties.Bucket].map(target)),
  );
  return ['AWS::SQS::Queue', 'AWS::S3::Bucket']
    .flatMap((type) => resourcesOf(templates, type))
    .filter(([id]) => !secured.has(id))
    .map(([id]) => `${id} takes requests without TLS`);
};

/** 900 of the 1,000 that an account has: Lambda keeps the last hundred unreserved. */
export const reservationsFitTheAccount: Rule = (templates) => {
  const reserved = lambdas(templates).map((lambda) => lambda.Properties.ReservedConcurrentExecutions);
  const sum = reserved.reduce((total: number, value: number | undefined) => total + (value ?? 0), 0);
  return [
    ...(reserved.includes(undefined) ? ['a function has no reservation'] : []),
    ...(sum <= 900 ? [] : [`${sum} are reserved`]),
  ];
};

export const noPhysicalNames: Rule = (templates) =>
  [
    ['AWS::DynamoDB::Table', 'TableName'],
    ['AWS::S3::Bucket', 'BucketName'],
    ['AWS::SQS::Queue', 'QueueName'],
    ['AWS::Lambda::Function', 'FunctionName'],
    ['AWS::Logs::LogGroup', 'LogGroupName'],
    ['AWS::IAM::Role', 'RoleName'],
    ['AWS::SES::ConfigurationSet', 'Name'],
    ['AWS::Events::Rule', 'Name'],
    ['AWS::SecretsManager::Secret', 'Name'],
  ].flatMap(([type = '', property = '']) =>
    resourcesOf(templates, type)
      .filter(([, { Properties }]) => Properties?.[property] !== undefined)
      .map(([id]) => `${id} has a fixed name`),
  );
