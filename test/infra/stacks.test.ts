import { beforeAll, describe, expect, test } from 'vitest';
import type { EnvironmentOf } from '../../lib/function-table.ts';
import * as rules from './rules.ts';
import {
  emulatorContext,
  functionName,
  type Resource,
  resourcesOf,
  statementsOf,
  synthesize,
  type Template,
  type Templates,
  target,
} from './templates.ts';

let emulator: Templates;
let prod: Templates;

beforeAll(async () => {
  emulator = await synthesize({ context: emulatorContext });
  prod = await synthesize({
    stage: 'prod',
    context: { alarmEmail: 'alarms@example.com', mailFrom: 'tickets@example.com' },
  });
}, 60_000);

// biome-ignore lint/suspicious/noExplicitAny: a template is JSON of any shape.
type Properties = any;

const first = (templates: Templates, type: string, which: (resource: Resource) => boolean = () => true) => {
  const found = resourcesOf(templates, type).find(([, resource]) => which(resource));
  if (found === undefined) throw new Error(`No ${type} in the templates`);
  return found[1] as Resource & { Properties: Properties; DeletionPolicy?: string };
};
/** A text that is joined of words and references, each by its name. */
const joined = (value: Properties): string =>
  value['Fn::Join'][1].map((part: Properties) => (typeof part === 'string' ? part : target(part))).join('');
/** Metrics counted from logs: name and pattern of those whose name matches. */
const filtersOf = (templates: Templates, name: RegExp): readonly (readonly string[])[] =>
  resourcesOf(templates, 'AWS::Logs::MetricFilter')
    .map(([, { Properties }]) => [Properties.MetricTransformations[0].MetricName, Properties.FilterPattern])
    .filter(([metricName = '']) => name.test(metricName));
const isQuery = (lambda: Resource) =>
  lambda.Properties.Environment.Variables.POWERTOOLS_SERVICE_NAME === 'identity-queries';

interface Case {
  readonly rule: rules.Rule;
  readonly in: readonly ('emulator' | 'prod')[];
  /** The smallest change that breaks the rule. */
  readonly breakIt: (templates: Templates) => void;
}

const both = ['emulator', 'prod'] as const;

const cases: Readonly<Record<string, Case>> = {
  'only types that emulators have': {
    rule: rules.onlyEmulatedTypes,
    in: ['emulator'],
    breakIt: ({ App }) => {
      App!.Resources['Archive'] = { Type: 'AWS::Events::Archive' };
    },
  },
  'query functions only read': {
    rule: rules.queryFunctionsOnlyRead,
    in: both,
    breakIt: (templates) => {
      const role = first(templates, 'AWS::Lambda::Function', isQuery).Properties.Role['Fn::GetAtt'][0];
      first(templates, 'AWS::IAM::Policy', (policy) =>
        policy.Properties.Roles.some(({ Ref }: { Ref: string }) => Ref === role),
      ).Properties.PolicyDocument.Statement.push({ Action: 'dynamodb:PutItem', Resource: 'arn:aws:…' });
    },
  },
  'no right is wider than AWS makes it': {
    rule: rules.noWildcards,
    in: both,
    breakIt: (templates) => {
      first(templates, 'AWS::IAM::Policy').Properties.PolicyDocument.Statement.push({
        Action: ['sqs:SendMessage'],
        Resource: '*',
      });
    },
  },
  'what became of leads only grows': {
    rule: rules.historyOnlyGrows,
    in: both,
    breakIt: (templates) => {
      const denies = ({ Effect, Condition }: Properties) =>
        Effect === 'Deny' && Condition?.['ForAnyValue:StringLike'] !== undefined;
      const { PolicyDocument } = first(templates, 'AWS::IAM::Policy', ({ Properties }) =>
        Properties.PolicyDocument.Statement.some(denies),
      ).Properties;
      PolicyDocument.Statement = PolicyDocument.Statement.filter((one: Properties) => !denies(one));
    },
  },
  'every dead-letter queue has an alarm': {
    rule: rules.deadLettersRaiseAlarms,
    in: both,
    breakIt: (templates) => {
      first(
        templates,
        'AWS::CloudWatch::Alarm',
        ({ Properties }) => Properties.MetricName === 'ApproximateNumberOfMessagesVisible',
      ).Properties.MetricName = 'NumberOfMessagesSent';
    },
  },
  'every queue has a dead-letter queue': {
    rule: rules.queuesHaveDeadLetters,
    in: both,
    breakIt: ({ App }) => {
      App!.Resources['Loose'] = { Type: 'AWS::SQS::Queue', Properties: {} };
    },
  },
  'every function has alarms': {
    rule: rules.functionsRaiseAlarms,
    in: both,
    breakIt: (templates) => {
      first(
        templates,
        'AWS::CloudWatch::Alarm',
        ({ Properties }) => Properties.MetricName === 'Throttles',
      ).Properties.Dimensions = [];
    },
  },
  'every route has its method and function': {
    rule: rules.routesHaveMethods,
    in: both,
    breakIt: (templates) => {
      first(
        templates,
        'AWS::ApiGateway::Method',
        ({ Properties }) => Properties.HttpMethod === 'GET',
      ).Properties.HttpMethod = 'HEAD';
    },
  },
  'every path answers every method': {
    rule: rules.everyPathCatchesAll,
    in: both,
    breakIt: (templates) => {
      first(
        templates,
        'AWS::ApiGateway::Method',
        ({ Properties }) => Properties.HttpMethod === 'ANY',
      ).Properties.HttpMethod = 'HEAD';
    },
  },
  'templates fit CloudFormation': {
    rule: rules.fitsCloudFormation,
    in: both,
    breakIt: ({ Marketplace }) => {
      for (let index = 0; Object.keys(Marketplace!.Resources).length < 450; index += 1) {
        Marketplace!.Resources[`Queue${index}`] = { Type: 'AWS::SQS::Queue' };
      }
    },
  },
  'environments are as the functions declare them': {
    rule: rules.environmentsAreAsDeclared,
    in: both,
    breakIt: (templates) => {
      delete first(templates, 'AWS::Lambda::Function', isQuery).Properties.Environment.Variables.ISSUER;
    },
  },
  'environments hold no secret': {
    rule: rules.environmentsHoldNoSecret,
    in: both,
    breakIt: (templates) => {
      first(templates, 'AWS::Lambda::Function').Properties.Environment.Variables.ID_SECRET = 'hunter2';
    },
  },
  'data outlives its stack': {
    rule: rules.dataOutlivesItsStack,
    in: ['prod'],
    breakIt: (templates) => {
      (first(templates, 'AWS::DynamoDB::Table') as { DeletionPolicy: string }).DeletionPolicy = 'Delete';
    },
  },
  'tables have stream, TTL and on-demand capacity': {
    rule: rules.tablesHaveStreamAndTtl,
    in: both,
    breakIt: (templates) => {
      delete first(templates, 'AWS::DynamoDB::Table').Properties.TimeToLiveSpecification;
    },
  },
  'logs expire': {
    rule: rules.logsExpire,
    in: both,
    breakIt: (templates) => {
      delete first(templates, 'AWS::Logs::LogGroup').Properties.RetentionInDays;
    },
  },
  'messages stay hidden for six timeouts': {
    rule: rules.queuesHideMessagesLongEnough,
    in: both,
    breakIt: (templates) => {
      for (const [, queue] of resourcesOf(templates, 'AWS::SQS::Queue')) {
        queue.Properties.VisibilityTimeout = 30;
      }
    },
  },
  'batches fail one by one': {
    rule: rules.mappingsFailOneByOne,
    in: both,
    breakIt: (templates) => {
      delete first(templates, 'AWS::Lambda::EventSourceMapping').Properties.FunctionResponseTypes;
    },
  },
  'queues and buckets want TLS': {
    rule: rules.queuesAndBucketsAreTlsOnly,
    in: both,
    breakIt: (templates) => {
      first(templates, 'AWS::S3::BucketPolicy').Properties.PolicyDocument.Statement = [];
    },
  },
  'reservations fit the account': {
    rule: rules.reservationsFitTheAccount,
    in: ['prod'],
    breakIt: (templates) => {
      first(templates, 'AWS::Lambda::Function').Properties.ReservedConcurrentExecutions = 900;
    },
  },
  'nothing has a fixed name': {
    rule: rules.noPhysicalNames,
    in: both,
    breakIt: (templates) => {
      first(templates, 'AWS::SQS::Queue').Properties.QueueName = 'orders';
    },
  },
};

describe('the synthesized stacks', () => {
  test.for(
    Object.entries(cases).flatMap(([name, one]) => one.in.map((which) => [name, which, one] as const)),
  )('%s (%s)', ([, which, { rule, breakIt }]) => {
    const templates = { emulator, prod }[which];
    expect(rule(templates)).toEqual([]);
    const broken = structuredClone(templates);
    breakIt(broken);
    expect(rule(broken)).not.toEqual([]);
  });

  test('dev takes holds of a second, production of a minute', () => {
    const minima = (templates: Templates) =>
      resourcesOf(templates, 'AWS::Lambda::Function')
        .map(([, lambda]) => lambda.Properties.Environment.Variables.MIN_HOLD_SECONDS)
        .filter((value) => value !== undefined);
    expect(new Set(minima(emulator))).toEqual(new Set(['1']));
    expect(new Set(minima(prod))).toEqual(new Set(['60']));
  });

  test('bookings are completed before their event is over in dev only', () => {
    const settings = (templates: Templates) =>
      resourcesOf(templates, 'AWS::Lambda::Function')
        .map(([, lambda]) => lambda.Properties.Environment.Variables.LEADS_COMPLETE_EARLY)
        .filter((value) => value !== undefined);
    expect([settings(emulator), settings(prod)]).toEqual([['true'], ['false']]);
  });

  test('holds made and refused are counted from the log of requests', () => {
    expect(filtersOf(prod, /^Holds/)).toEqual([
      ['HoldsMade', '{ ($.resource = "/sessions/{sessionId}/holds") && ($.status = 201) }'],
      ['HoldsRefused', '{ ($.resource = "/sessions/{sessionId}/holds") && ($.status = 409) }'],
    ]);
    expect(resourcesOf(emulator, 'AWS::Logs::MetricFilter')).toEqual([]);
  });

  test('every client gets bytes as bytes, and every body reaches functions as base64', () => {
    for (const templates of [emulator, prod])
      expect(first(templates, 'AWS::ApiGateway::RestApi').Properties).toMatchObject({
        BinaryMediaTypes: ['*/*'],
        MinimumCompressionSize: 1_024,
      });
  });

  test('drift is counted, as a whole and by kind, and raises alarms', () => {
    const repaired = '{ ($.message = "drift") && ($.outcome = "repaired") }';
    const notRepaired = '{ ($.message = "drift") && ($.outcome = "not_repaired") }';
    expect([...filtersOf(prod, /^Drift/)].sort()).toEqual([
      ['DriftNotRepaired-leads-reconciliation', notRepaired],
      ['DriftNotRepaired-leads-reconciliation-by-kind', notRepaired],
      ['DriftNotRepaired-orders-reconciliation', notRepaired],
      ['DriftNotRepaired-orders-reconciliation-by-kind', notRepaired],
      ['DriftNotRepaired-ticketing-reconciliation', notRepaired],
      ['DriftNotRepaired-ticketing-reconciliation-by-kind', notRepaired],
      ['DriftRepaired-leads-reconciliation', repaired],
      ['DriftRepaired-leads-reconciliation-by-kind', repaired],
      ['DriftRepaired-orders-reconciliation', repaired],
      ['DriftRepaired-orders-reconciliation-by-kind', repaired],
      ['DriftRepaired-ticketing-reconciliation', repaired],
      ['DriftRepaired-ticketing-reconciliation-by-kind', repaired],
    ]);
    const alarms = resourcesOf(prod, 'AWS::CloudWatch::Alarm')
      .map(([, { Properties }]) => [
        Properties.MetricName,
        Properties.Threshold,
        Properties.EvaluationPeriods,
        Properties.Period,
      ])
      .filter(([name]) => String(name).startsWith('Drift'))
      .sort();
    expect(alarms).toEqual([
      ['DriftNotRepaired-leads-reconciliation', 1, 1, 300],
      ['DriftNotRepaired-orders-reconciliation', 1, 1, 300],
      ['DriftNotRepaired-ticketing-reconciliation', 1, 1, 300],
      ['DriftRepaired-leads-reconciliation', 1, 3, 300],
      ['DriftRepaired-orders-reconciliation', 1, 3, 300],
      ['DriftRepaired-ticketing-reconciliation', 1, 3, 300],
    ]);
    const schedules = (templates: Templates) =>
      resourcesOf(templates, 'AWS::Events::Rule')
        .map(([, { Properties }]) => [Properties.Description, Properties.ScheduleExpression])
        .filter(([description]) => String(description).endsWith('-reconciliation'));
    for (const templates of [emulator, prod])
      expect(schedules(templates).sort()).toEqual([
        ['Every five minutes → leads-reconciliation', 'rate(5 minutes)'],
        ['Every five minutes → orders-reconciliation', 'rate(5 minutes)'],
        ['Every five minutes → ticketing-reconciliation', 'rate(5 minutes)'],
      ]);
  });

  test('each machine calls one function, is started by those who may, and is missed when it fails', () => {
    for (const templates of [emulator, prod]) {
      const lambdas = new Map(resourcesOf(templates, 'AWS::Lambda::Function'));
      const machines = resourcesOf(templates, 'AWS::StepFunctions::StateMachine');
      const facts = machines.map(([id, machine]) => {
        const { TaskFunctionArn } = machine.Properties.DefinitionSubstitutions;
        const startedBy = [...lambdas.values()].filter((lambda) =>
          statementsOf(templates, lambda).some(
            ({ actions, resources }) =>
              actions.includes('states:StartExecution') && resources.some((one) => target(one) === id),
          ),
        );
        const called = statementsOf(templates, {
          ...machine,
          Properties: { Role: machine.Properties.RoleArn },
        })
          .filter(({ actions }) => actions.includes('lambda:InvokeFunction'))
          .flatMap(({ resources }) => resources.map(target));
        const alarms = resourcesOf(templates, 'AWS::CloudWatch::Alarm').filter(
          ([, { Properties }]) =>
            Properties.MetricName === 'ExecutionsFailed' && target(Properties.Dimensions[0].Value) === id,
        );
        expect(called).toEqual([target(TaskFunctionArn)]);
        return [
          functionName(lambdas.get(target(TaskFunctionArn) ?? '') as Resource),
          startedBy.map(functionName).sort(),
          alarms.map(([, { Properties }]) => Properties.Threshold),
        ];
      });
      expect(facts.sort()).toEqual([
        ['leads-machine', ['marketplace-relay'], [1]],
        ['orders-machine', ['orders-reconciliation', 'orders-relay'], [1]],
      ]);
    }
  });

  test('a stack that is too full is told with its count', () => {
    const Resources = Object.fromEntries(
      Array.from({ length: 450 }, (_, index) => [`Queue${index}`, { Type: 'AWS::SQS::Queue' }]),
    );
    expect(rules.fitsCloudFormation({ App: { Resources } })).toEqual(['App has 450 resources']);
  });

  test('stacks of functions know the queue of deposits of each other, and nothing else', () => {
    const imports = Object.entries(prod).flatMap(([name, template]) =>
      [...JSON.stringify(template).matchAll(/"Fn::ImportValue":"Fairground-prod-(\w+):([^"]+)"/g)].map(
        ([, from = '', what = '']) => [name, from, what.replaceAll(/[0-9A-F]{8}/g, '')] as const,
      ),
    );
    const between = imports.filter(
      ([name, from]) => name !== 'Api' && from !== 'Data' && from !== 'Identity',
    );
    expect(new Set(between.map((one) => one.join(' ')))).toEqual(
      new Set([
        'App Marketplace ExportsOutputRefMarketplacePaymentNewsQueue',
        'App Marketplace ExportsOutputFnGetAttMarketplacePaymentNewsQueueArn',
      ]),
    );
    expect(new Set(imports.filter(([name]) => name === 'Api').map(([, from]) => from))).toEqual(
      new Set(['App', 'Marketplace']),
    );
  });

  test('alarms of all stacks tell the one who confirmed an address', () => {
    const topics = resourcesOf(prod, 'AWS::SNS::Topic').map(([, { Properties }]) => Properties.TopicName);
    expect(topics).toEqual(['Fairground-prod-Alarms']);
    expect(first(prod, 'AWS::SNS::Subscription').Properties).toMatchObject({
      Protocol: 'email',
      Endpoint: 'alarms@example.com',
    });
    const allowed = first(prod, 'AWS::SNS::TopicPolicy').Properties.PolicyDocument.Statement.filter(
      ({ Effect }: Properties) => Effect === 'Allow',
    );
    expect(allowed).toMatchObject([
      { Action: 'sns:Publish', Principal: { Service: 'cloudwatch.amazonaws.com' } },
    ]);
    expect(joined(allowed[0].Condition.ArnLike['aws:SourceArn'])).toBe(
      'arn:AWS::Partition:cloudwatch:AWS::Region:AWS::AccountId:alarm:*',
    );
    const told = Object.entries(prod).flatMap(([name, template]) =>
      resourcesOf({ [name]: template }, 'AWS::CloudWatch::Alarm').map(
        ([, { Properties }]) => `${name} ${Properties.AlarmActions?.map(joined)}`,
      ),
    );
    const arn = 'arn:AWS::Partition:sns:AWS::Region:AWS::AccountId:Fairground-prod-Alarms';
    expect(new Set(told)).toEqual(new Set([`Marketplace ${arn}`, `Notifications ${arn}`, `App ${arn}`]));
    expect(
      resourcesOf(emulator, 'AWS::CloudWatch::Alarm').filter(([, { Properties }]) => Properties.AlarmActions),
    ).toEqual([]);
  });

  test('each stack of functions has its dashboard, of what is in it', () => {
    const titles = (template: Templates[string]) =>
      resourcesOf({ template: template as Template }, 'AWS::CloudWatch::Dashboard').map(
        ([, { Properties }]) =>
          JSON.parse(joined(Properties.DashboardBody)).widgets.map(
            (widget: Properties) => widget.properties.title,
          ),
      );
    const functionsAndQueues = [
      'Function errors and throttles',
      'Function duration p99 (ms)',
      'Age of the oldest message (s)',
      'Dead letters',
    ];
    expect(Object.entries(prod).map(([name, template]) => [name, titles(template)])).toEqual(
      Object.keys(prod).map((name) => [
        name,
        {
          Marketplace: [['Drift that reconciliations found', ...functionsAndQueues]],
          Notifications: [functionsAndQueues],
          App: [
            [
              'Holds a minute',
              'Drift that reconciliations found',
              'Requests and errors',
              'Latency (ms)',
              ...functionsAndQueues,
            ],
          ],
        }[name] ?? [],
      ]),
    );
    expect(resourcesOf(emulator, 'AWS::CloudWatch::Dashboard')).toEqual([]);
  });

  test.for([
    ['App', ['orders-reconciliation', 'ticketing-reconciliation']],
    ['Marketplace', ['leads-reconciliation']],
  ] as const)('the dashboard of %s shows what reconciliations found', ([stack, names]) => {
    const template = prod[stack] as Template;
    const [[, dashboard] = []] = resourcesOf({ template }, 'AWS::CloudWatch::Dashboard');
    const body = JSON.stringify(dashboard?.Properties.DashboardBody);
    for (const outcome of ['DriftRepaired', 'DriftNotRepaired'])
      for (const name of names) expect(body).toContain(`${outcome}-${name}`);
  });

  test('mail is sent where a sender is named, from its domain alone', async () => {
    const senders = (templates: Templates) =>
      resourcesOf(templates, 'AWS::Lambda::Function')
        .filter(([, lambda]) =>
          statementsOf(templates, lambda).some(({ actions }) => actions.includes('ses:SendEmail')),
        )
        .map(([, lambda]) => functionName(lambda))
        .sort();
    expect(senders(emulator)).toEqual([]);
    expect(senders(prod)).toEqual(['notifications-mail', 'notifications-notices']);
    expect(first(prod, 'AWS::SES::EmailIdentity').Properties).toMatchObject({ EmailIdentity: 'example.com' });
    expect(first(prod, 'AWS::SES::ConfigurationSet').Properties).toMatchObject({
      SuppressionOptions: { SuppressedReasons: ['BOUNCE', 'COMPLAINT'] },
    });
    const lambda = resourcesOf(prod, 'AWS::Lambda::Function').find(
      ([, one]) => functionName(one) === 'notifications-mail',
    )?.[1];
    const right = statementsOf(prod, lambda as Resource).find(({ actions }) =>
      actions.includes('ses:SendEmail'),
    );
    expect(right?.actions).toEqual(['ses:SendEmail']);
    expect(right?.resources).toHaveLength(2);
    const arns = JSON.stringify(right?.resources);
    expect(arns).toContain(':identity/example.com"');
    expect(arns).toContain(':configuration-set/"');
  });

  test('an emulator with a sender gets the functions and their schedule, and nothing of SES', async () => {
    const mailing = await synthesize({ context: { ...emulatorContext, mailFrom: 'tickets@example.com' } });
    expect(rules.onlyEmulatedTypes(mailing)).toEqual([]);
    const names = resourcesOf(mailing, 'AWS::Lambda::Function').map(([, lambda]) => functionName(lambda));
    expect(names.filter((name) => name.startsWith('notifications-')).sort()).toEqual([
      'notifications-mail',
      'notifications-notices',
      'notifications-reminders',
    ]);
    const schedules = resourcesOf(mailing, 'AWS::Events::Rule').map(
      ([, { Properties }]) => Properties.ScheduleExpression,
    );
    expect(schedules.filter((one) => one !== undefined).sort()).toEqual([
      'rate(1 hour)',
      'rate(15 minutes)',
      'rate(5 minutes)',
      'rate(5 minutes)',
      'rate(5 minutes)',
    ]);
  });

  test('only production reserves concurrency', () => {
    expect(rules.reservationsFitTheAccount(emulator)).toEqual(['a function has no reservation']);
  });

  test('a Cognito pool is made only where no issuer is named', () => {
    const stacks = ['Api', 'App', 'Data', 'Marketplace'];
    expect(Object.keys(emulator).sort()).toEqual(stacks);
    expect(Object.keys(prod).sort()).toEqual([...stacks, 'Identity', 'Notifications'].sort());
    const client = first(prod, 'AWS::Cognito::UserPoolClient').Properties;
    expect(client).toMatchObject({ GenerateSecret: false, AllowedOAuthFlows: ['code'] });
  });

  test('the same sources give the same templates', async () => {
    expect(await synthesize({ context: emulatorContext })).toEqual(emulator);
  });

  test('a context value that is not allowed is refused by name', async () => {
    await expect(synthesize({ context: { stage: 'production' } })).rejects.toThrow('-c stage');
  });

  test('Stripe’s keys have a place where Stripe is offered, and nowhere else', async () => {
    const places = (templates: Templates) =>
      resourcesOf(templates, 'AWS::SecretsManager::Secret').map(
        ([, { Properties, DeletionPolicy }]) => [Properties.Description, DeletionPolicy] as const,
      );
    const ids = 'Key that ids are derived with (HMAC)';
    const stripe = 'Keys of Stripe (JSON, docs/guides/payments.md)';
    expect(places(emulator)).toEqual([[ids, 'Delete']]);
    expect(places(prod)).toEqual([
      [ids, 'Retain'],
      [stripe, 'Retain'],
    ]);
    const offered = { ...emulatorContext, paymentProviders: 'test, stripe' };
    expect(places(await synthesize({ context: offered }))).toEqual([
      [ids, 'Delete'],
      [stripe, 'Delete'],
    ]);
  });

  test.for([
    ['prod', 'stripe,test', 'the provider `test` takes no money'],
    ['dev', 'stripe,paypal', '-c paymentProviders'],
    ['dev', '', '-c paymentProviders'],
  ] as const)('%s with payments by %j is refused', async ([stage, paymentProviders, reason]) => {
    await expect(synthesize({ stage, context: { paymentProviders } })).rejects.toThrow(reason);
  });

  test('Stripe is nowhere else but at Stripe in prod', async () => {
    const context = { stripeApiOrigin: 'https://stripe.example.com' };
    await expect(synthesize({ stage: 'prod', context })).rejects.toThrow('-c stripeApiOrigin');
    await expect(synthesize({ context: { stripeApiOrigin: 'file:///stripe' } })).rejects.toThrow(
      '-c stripeApiOrigin',
    );
  });

  test('a forgotten or unknown variable does not compile', () => {
    // @ts-expect-error BUS_NAME is forgotten
    const forgotten: EnvironmentOf<'catalog-relay'> = { STAGE: 'dev' };
    // @ts-expect-error BUS is no variable of a relay
    const unknown: EnvironmentOf<'catalog-relay'> = { STAGE: 'dev', BUS_NAME: 'bus', BUS: 'bus' };
    expect([forgotten, unknown]).toHaveLength(2);
  });
});
