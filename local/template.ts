import { account } from './account.ts';

// biome-ignore lint/suspicious/noExplicitAny: a template is JSON of any shape.
type Json = any;

export interface TemplateResource {
  readonly Type: string;
  readonly Properties?: Record<string, Json>;
}

export interface Template {
  readonly Resources: Readonly<Record<string, TemplateResource>>;
  readonly Outputs?: Readonly<Record<string, { readonly Value: Json; readonly Export?: { Name: Json } }>>;
  readonly Parameters?: Readonly<Record<string, { readonly Default?: string }>>;
  readonly Conditions?: unknown;
}

export interface Stack {
  readonly name: string;
  readonly template: Template;
}

/** A resource whose intrinsic functions are all replaced by values. */
export interface Resource {
  /** What `Ref` gives: the name under which other resources know it. */
  readonly name: string;
  readonly type: string;
  readonly properties: Record<string, Json>;
}

/** What `Ref` and `Fn::GetAtt` of a resource give; names follow from stack and logical id alone. */
export interface References {
  readonly ref: string;
  readonly attributes: Readonly<Record<string, string>>;
}

/** @throws Error for a resource type that is not known. */
export type ReferencesOf = (type: string, physicalName: string) => References;

/**
 * Resolves the intrinsic functions of stacks as CloudFormation does. Names and ARNs follow from logical
 * ids, so the order of the resources does not matter.
 * @throws Error naming the place, for an intrinsic function, reference or condition that is not known.
 */
export const resolveStacks = (stacks: readonly Stack[], referencesOf: ReferencesOf): readonly Resource[] => {
  const exports = new Map<string, () => Json>();
  const resolvers = stacks.map((stack) => {
    if (stack.template.Conditions !== undefined)
      throw new Error(`${stack.name} has conditions, which are not supported here`);
    return new Resolver(stack, referencesOf, exports);
  });
  for (const [index, { template }] of stacks.entries()) {
    const resolver = resolvers[index] as Resolver;
    for (const output of Object.values(template.Outputs ?? {})) {
      if (output.Export === undefined) continue;
      exports.set(resolver.resolve(output.Export.Name), () => resolver.resolve(output.Value));
    }
  }
  return stacks.flatMap((stack, index) =>
    Object.entries(stack.template.Resources).map(([logicalId, { Type, Properties }]) => {
      const resolver = resolvers[index] as Resolver;
      const id = `${stack.name}-${logicalId}`;
      return {
        name: referencesOf(Type, id).ref,
        type: Type,
        properties: resolver.resolve(Properties ?? {}, id),
      };
    }),
  );
};

class Resolver {
  private readonly stack: Stack;
  private readonly referencesOf: ReferencesOf;
  private readonly exports: ReadonlyMap<string, () => Json>;

  constructor(stack: Stack, referencesOf: ReferencesOf, exports: ReadonlyMap<string, () => Json>) {
    this.stack = stack;
    this.referencesOf = referencesOf;
    this.exports = exports;
  }

  resolve(value: Json, place = this.stack.name): Json {
    if (Array.isArray(value)) return value.map((item) => this.resolve(item, place)).filter(isValue);
    if (value === null || typeof value !== 'object') return value;
    const [name, ...others] = Object.keys(value);
    if (name !== undefined && others.length === 0 && (name === 'Ref' || name.startsWith('Fn::'))) {
      return this.intrinsic(name, value[name], place);
    }
    return Object.fromEntries(
      Object.entries(value)
        .map(([key, item]) => [key, this.resolve(item, `${place}/${key}`)])
        .filter(([, item]) => isValue(item)),
    );
  }

  private intrinsic(name: string, argument: Json, place: string): Json {
    switch (name) {
      case 'Ref':
        return this.ref(argument, place);
      case 'Fn::GetAtt': {
        const [logicalId, attribute] = argument as [string, string];
        const value = this.references(logicalId, place).attributes[attribute];
        if (value === undefined) throw new Error(`${place}: ${logicalId} has no attribute ${attribute} here`);
        return value;
      }
      case 'Fn::Join': {
        const [separator, parts] = argument as [string, Json];
        return (this.resolve(parts, place) as string[]).join(separator);
      }
      case 'Fn::Select': {
        const [index, parts] = argument as [string | number, Json];
        return (this.resolve(parts, place) as string[])[Number(index)];
      }
      case 'Fn::Split': {
        const [separator, text] = argument as [string, Json];
        return (this.resolve(text, place) as string).split(separator);
      }
      case 'Fn::Sub': {
        const [text, variables] = (Array.isArray(argument) ? argument : [argument, {}]) as [string, Json];
        return text.replace(/\$\{([^}!]+)\}/g, (_, key: string) => {
          if (key in variables) return this.resolve(variables[key], place);
          const [logicalId = '', attribute] = key.split('.');
          return attribute === undefined
            ? this.ref(key, place)
            : this.intrinsic('Fn::GetAtt', [logicalId, attribute], place);
        });
      }
      case 'Fn::ImportValue': {
        const exported = this.exports.get(this.resolve(argument, place));
        if (exported === undefined) throw new Error(`${place}: nothing is exported as ${argument}`);
        return exported();
      }
      default:
        throw new Error(`${place}: the intrinsic function ${name} is not supported here`);
    }
  }

  private ref(name: string, place: string): Json {
    if (name in pseudoParameters) return pseudoParameters[name];
    if (name === 'AWS::StackName') return this.stack.name;
    if (name === 'AWS::NoValue') return undefined;
    const parameter = this.stack.template.Parameters?.[name];
    if (parameter !== undefined) return parameter.Default;
    return this.references(name, place).ref;
  }

  private references(logicalId: string, place: string): References {
    const resource = this.stack.template.Resources[logicalId];
    if (resource === undefined) throw new Error(`${place}: ${logicalId} is not in the template`);
    return this.referencesOf(resource.Type, `${this.stack.name}-${logicalId}`);
  }
}

const isValue = (value: Json): boolean => value !== undefined;

const pseudoParameters: Readonly<Record<string, string>> = {
  'AWS::AccountId': account.accountId,
  'AWS::Partition': account.partition,
  'AWS::Region': account.region,
  'AWS::URLSuffix': 'amazonaws.com',
};
