import { CfnOutput, RemovalPolicy, Size, Stack, type StackProps } from 'aws-cdk-lib';
import {
  AccessLogField,
  AccessLogFormat,
  EndpointType,
  type IResource,
  LambdaIntegration,
  LogGroupLogDestination,
  MethodLoggingLevel,
  ResponseType,
  RestApi,
} from 'aws-cdk-lib/aws-apigateway';
import { LogGroup } from 'aws-cdk-lib/aws-logs';
import type { Construct } from 'constructs';
import { type ProblemCode, problemCatalogue } from '../functions/platform/problem-catalogue.ts';
import { acknowledge } from './acknowledge.ts';
import { Alarms } from './constructs/alarms.ts';
import type { PlatformFunction } from './constructs/platform-function.ts';
import type { Settings } from './settings.ts';

/** What the gateway needs to know of a route of the route table. */
export interface GatewayRoute {
  readonly method: string;
  readonly path: string;
  readonly function: string;
}

interface ApiStackProps extends StackProps {
  readonly routes: readonly GatewayRoute[];
  /** Those that the routes name, by name. */
  readonly functions: Readonly<Record<string, PlatformFunction | undefined>>;
  readonly alarms: Alarms;
  readonly settings: Settings;
}

/** Answers smaller than this are not worth compressing. */
const minCompression = Size.bytes(1_024);

/** What the gateway answers by itself, as our own problems. */
const gatewayProblems: readonly (readonly [ResponseType, ProblemCode])[] = [
  [ResponseType.THROTTLED, 'TOO_MANY_REQUESTS'],
  [ResponseType.REQUEST_TOO_LARGE, 'PAYLOAD_TOO_LARGE'],
  [ResponseType.DEFAULT_4XX, 'INVALID_REQUEST'],
  [ResponseType.DEFAULT_5XX, 'SERVICE_UNAVAILABLE'],
];

/**
 * The REST API made from the route table: a method per route, and on every resource (and below the root)
 * a catch-all, so that 404 and 405 are ours too. Tokens are verified in the functions. It is a stack of its
 * own because a route is up to three resources, and CloudFormation takes 500 in a stack.
 */
export class ApiStack extends Stack {
  readonly restApi: RestApi;

  constructor(scope: Construct, id: string, props: ApiStackProps) {
    super(scope, id, props);
    const { routes, functions, alarms, settings } = props;
    checkPaths(routes);

    const accessLogs = settings.emulator
      ? undefined
      : new LogGroup(this, 'AccessLogs', {
          retention: settings.logRetention,
          removalPolicy: settings.retain ? RemovalPolicy.RETAIN : RemovalPolicy.DESTROY,
        });
    this.restApi = new RestApi(this, 'RestApi', {
      restApiName: this.stackName,
      endpointTypes: [EndpointType.REGIONAL],
      minCompressionSize: minCompression,
      // Images and documents reach every client as bytes (ADR 15); bodies reach functions as base64.
      binaryMediaTypes: ['*/*'],
      // The account’s setting that lets gateways write logs; without it no stage with logs deploys.
      cloudWatchRole: !settings.emulator,
      deployOptions: {
        stageName: 'v1',
        throttlingRateLimit: settings.throttle.ratePerSecond,
        throttlingBurstLimit: settings.throttle.burst,
        ...(accessLogs !== undefined && {
          tracingEnabled: true,
          metricsEnabled: true,
          loggingLevel: MethodLoggingLevel.ERROR,
          accessLogDestination: new LogGroupLogDestination(accessLogs),
          accessLogFormat: accessLogFormat,
        }),
      },
    });
    this.restApi.node.tryRemoveChild('Endpoint');
    new CfnOutput(this, 'ApiUrl', { value: this.restApi.url, description: 'Base URL of the API' });

    const integrations = new Map<string, LambdaIntegration>();
    const integrationOf = (name: string): LambdaIntegration => {
      const known = integrations.get(name);
      if (known !== undefined) return known;
      const target = functions[name];
      if (target === undefined) {
        throw new Error(`A route names the function ${name}, which no context adds (lib/contexts)`);
      }
      // One permission per function instead of one per method keeps the template small.
      const made = new LambdaIntegration(target.lambda, { scopePermissionToMethod: false });
      integrations.set(name, made);
      return made;
    };

    for (const route of routes) {
      const resource = this.restApi.root.resourceForPath(route.path);
      resource.addMethod(route.method, integrationOf(route.function));
    }
    // Answers what no route takes: unknown paths, wrong methods, preflight requests of browsers.
    const catchAll = integrationOf('platform-queries');
    for (const resource of resourcesBelow(this.restApi.root)) resource.addMethod('ANY', catchAll);
    this.restApi.root.addResource('{proxy+}').addMethod('ANY', catchAll);

    if (!settings.emulator) this.answerAsProblems();
    acknowledge(this.restApi, {
      APIG2:
        'Requests are validated in the functions from the route table, so that every fault is named by its pointer and emulators answer alike.',
      APIG3:
        'A web ACL is attached where the public entry is (CDN), with the stage’s own rules; the API itself is throttled.',
      APIG4:
        'Tokens are verified in the functions: public routes are many, an authorizer would cost one more invocation a call and does not deploy on LocalStack’s open edition (architecture, decision 1).',
      COG4: 'Tokens of any OIDC issuer are verified in the functions, not only those of a Cognito pool.',
      'IAM4[Policy::arn:<AWS::Partition>:iam::aws:policy/service-role/AmazonAPIGatewayPushToCloudWatchLogs]':
        'The role through which API Gateway writes logs is AWS’s own managed policy for exactly that (AmazonAPIGatewayPushToCloudWatchLogs).',
    });

    alarms.watch('ApiServerErrors', {
      metric: this.restApi.metricServerError({ period: Alarms.period, statistic: 'Sum' }),
      threshold: 5,
      description: 'The API answers 5xx: look for "request failed" in the functions’ logs.',
    });
    alarms.watch('ApiLatency', {
      metric: this.restApi.metricLatency({ period: Alarms.period, statistic: 'p99' }),
      threshold: 2_000,
      periods: 5,
      description: 'One request in a hundred took more than two seconds for five minutes.',
    });
  }

  private answerAsProblems(): void {
    for (const [type, code] of gatewayProblems) {
      const { status, title, whatToDo } = problemCatalogue[code];
      this.restApi.addGatewayResponse(`Gateway${type.responseType}`, {
        type,
        statusCode: String(status),
        responseHeaders: {
          'Access-Control-Allow-Origin': "'*'",
          'Cache-Control': "'no-store'",
          'Content-Type': "'application/problem+json'",
          'X-Request-Id': 'context.requestId',
          ...((status === 429 || status === 503) && { 'Retry-After': "'1'" }),
        },
        templates: {
          'application/json': JSON.stringify({
            type: `urn:fairground:problem:${code}`,
            title,
            status,
            code,
            detail: whatToDo,
            instance: '$context.path',
            requestId: '$context.requestId',
          }),
        },
      });
    }
  }
}

/** Neither addresses nor agents of clients: they are personal data. */
const accessLogFormat = AccessLogFormat.custom(
  JSON.stringify({
    requestId: AccessLogField.contextRequestId(),
    at: AccessLogField.contextRequestTime(),
    method: AccessLogField.contextHttpMethod(),
    resource: AccessLogField.contextResourcePath(),
    status: AccessLogField.contextStatus(),
    ms: AccessLogField.contextResponseLatency(),
    integrationMs: AccessLogField.contextIntegrationLatency(),
    bytes: AccessLogField.contextResponseLength(),
    trace: AccessLogField.contextXrayTraceId(),
    gatewayError: AccessLogField.contextErrorResponseType(),
    integrationError: AccessLogField.contextIntegrationErrorMessage(),
  }),
);

const resourcesBelow = (root: IResource): readonly IResource[] => {
  const resources: IResource[] = [root];
  for (const child of root.node.children) {
    if ('resourceId' in child && 'addMethod' in child) resources.push(...resourcesBelow(child as never));
  }
  return resources;
};

/**
 * API Gateway takes one name of a path parameter per place and refuses the second at deployment.
 * @throws Error naming both routes.
 */
export const checkPaths = (routes: readonly GatewayRoute[]): void => {
  const parameters = new Map<string, { name: string; path: string }>();
  for (const { path } of routes) {
    const parts = path.split('/');
    for (const [index, part] of parts.entries()) {
      if (!part.startsWith('{')) continue;
      const place = parts.slice(0, index).join('/');
      const known = parameters.get(place);
      if (known !== undefined && known.name !== part) {
        throw new Error(
          `Routes ${known.path} and ${path} name the parameter after ${place || '/'} differently: ${known.name} and ${part}. API Gateway takes one name.`,
        );
      }
      parameters.set(place, { name: part, path });
    }
  }
};
