import { type FunctionSettings, LambdaFunction } from './lambda.ts';
import type { Resource } from './template.ts';
import type { Usage } from './usage.ts';

/** A function as the template declares it, with the folder of its code. */
export interface DeclaredFunction extends FunctionSettings {
  /** Changes with the code. */
  readonly codeKey: string;
}

export interface Endpoints {
  readonly dynamodb: string;
  readonly sqs: string;
  readonly s3: string;
}

/** The functions of the template. */
export const declaredFunctions = (
  resources: readonly Resource[],
  assetDirectories: ReadonlyMap<string, string>,
  origin: string,
  endpoints: Endpoints,
): readonly DeclaredFunction[] =>
  resources
    .filter(({ type }) => type === 'AWS::Lambda::Function')
    .map(({ name, properties }) => {
      const codeKey = properties['Code'].S3Key as string;
      const directory = assetDirectories.get(codeKey);
      if (directory === undefined) throw new Error(`${name}: its code ${codeKey} is no asset`);
      return {
        name,
        codeKey,
        directory,
        handler: properties['Handler'],
        timeoutSeconds: properties['Timeout'],
        memoryMb: properties['MemorySize'],
        environment: {
          ...properties['Environment']?.Variables,
          AWS_ENDPOINT_URL: origin,
          // Straight to the servers: one hop less for what every request does.
          AWS_ENDPOINT_URL_DYNAMODB: endpoints.dynamodb,
          AWS_ENDPOINT_URL_SQS: endpoints.sqs,
          AWS_ENDPOINT_URL_S3: endpoints.s3,
        },
      };
    });

/** The functions that run, by name. */
export class Functions {
  private readonly running = new Map<string, { readonly codeKey: string; readonly lambda: LambdaFunction }>();
  private readonly log: (line: string) => void;
  private readonly usage: Usage;

  constructor(declared: readonly DeclaredFunction[], log: (line: string) => void, usage: Usage) {
    this.log = log;
    this.usage = usage;
    this.replace(declared);
  }

  /** @throws Error when the template has no such function. */
  get(name: string): LambdaFunction {
    const found = this.find(name);
    if (found === undefined) throw new Error(`There is no function ${name}`);
    return found;
  }

  find(name: string): LambdaFunction | undefined {
    return this.running.get(name)?.lambda;
  }

  /** Takes new code where it changed; returns the names of those functions. */
  replace(declared: readonly DeclaredFunction[]): readonly string[] {
    const changed = declared.filter(({ name, codeKey }) => this.running.get(name)?.codeKey !== codeKey);
    for (const settings of changed) {
      void this.running.get(settings.name)?.lambda.stop();
      const lambda = new LambdaFunction(settings, this.log, this.usage);
      this.running.set(settings.name, { codeKey: settings.codeKey, lambda });
    }
    return changed.map(({ name }) => name);
  }

  async stop(): Promise<void> {
    await Promise.all([...this.running.values()].map(({ lambda }) => lambda.stop()));
  }
}
