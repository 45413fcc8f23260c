import { describe, expect, test } from 'vitest';
import { referencesWith } from '../../local/resource-types.ts';
import { resolveStacks, type Stack, type Template } from '../../local/template.ts';

const references = referencesWith({ queueUrlBase: 'http://127.0.0.1:9324/000000000000/' });
const stack = (template: Template, name = 'App'): Stack => ({ name, template });
const table = { Type: 'AWS::DynamoDB::Table' };

/** Resolves one property of a role beside a table and a queue. */
const resolved = (value: unknown): unknown =>
  resolveStacks(
    [
      stack({
        Parameters: { Version: { Default: '21' } },
        Resources: {
          Table: table,
          Queue: { Type: 'AWS::SQS::Queue' },
          Machine: { Type: 'AWS::StepFunctions::StateMachine' },
          Key: { Type: 'AWS::KMS::Key' },
          Role: { Type: 'AWS::IAM::Role', Properties: { value } },
        },
      }),
    ],
    references,
  ).find(({ type }) => type === 'AWS::IAM::Role')?.properties['value'];

describe('intrinsic functions', () => {
  test.for([
    ['Ref of a table', { Ref: 'Table' }, 'App-Table'],
    ['Ref of a queue', { Ref: 'Queue' }, 'http://127.0.0.1:9324/000000000000/App-Queue'],
    ['Ref of a parameter', { Ref: 'Version' }, '21'],
    ['Ref of the region', { Ref: 'AWS::Region' }, 'eu-central-1'],
    ['Ref of the stack', { Ref: 'AWS::StackName' }, 'App'],
    ['Fn::GetAtt', { 'Fn::GetAtt': ['Queue', 'Arn'] }, 'arn:aws:sqs:eu-central-1:000000000000:App-Queue'],
    ['Fn::Join', { 'Fn::Join': ['/', ['a', { Ref: 'Table' }, 'b']] }, 'a/App-Table/b'],
    ['Fn::Select of Fn::Split', { 'Fn::Select': [1, { 'Fn::Split': ['-', { Ref: 'Table' }] }] }, 'Table'],
    [
      'Fn::Sub',
      // biome-ignore lint/suspicious/noTemplateCurlyInString: it is CloudFormation's placeholder.
      { 'Fn::Sub': ['${Table}:${Queue.Arn}:${own}', { own: { Ref: 'AWS::AccountId' } }] },
      'App-Table:arn:aws:sqs:eu-central-1:000000000000:App-Queue:000000000000',
    ],
    [
      'Ref of a state machine',
      { Ref: 'Machine' },
      'arn:aws:states:eu-central-1:000000000000:stateMachine:App-Machine',
    ],
    ['ARN of a key', { 'Fn::GetAtt': ['Key', 'Arn'] }, 'arn:aws:kms:eu-central-1:000000000000:key/App-Key'],
    ['AWS::NoValue', { kept: 1, dropped: { Ref: 'AWS::NoValue' } }, { kept: 1 }],
    ['plain values', ['a', 1, true, { Ref: 'Table', more: 1 }], ['a', 1, true, { Ref: 'Table', more: 1 }]],
  ] as const)('%s', ([, value, expected]) => {
    expect(resolved(value)).toEqual(expected);
  });

  test.for([
    ['an unknown function', { 'Fn::Cidr': ['10.0.0.0/8'] }, 'Fn::Cidr is not supported'],
    ['a reference to nothing', { Ref: 'Nobody' }, 'Nobody is not in the template'],
    ['an unknown attribute', { 'Fn::GetAtt': ['Table', 'Colour'] }, 'Table has no attribute Colour'],
    ['an import of nothing', { 'Fn::ImportValue': 'Nobody' }, 'nothing is exported as Nobody'],
  ] as const)('%s is an error that names the place', ([, value, message]) => {
    expect(() => resolved(value)).toThrow(message);
    expect(() => resolved(value)).toThrow('App-Role/value');
  });

  test('values pass from stack to stack, in whatever order they stand', () => {
    const data = stack(
      {
        Resources: { Table: table },
        Outputs: { Out: { Value: { Ref: 'Table' }, Export: { Name: 'Data:Table' } } },
      },
      'Data',
    );
    const app = stack({
      Resources: {
        Role: { Type: 'AWS::IAM::Role', Properties: { name: { 'Fn::ImportValue': 'Data:Table' } } },
      },
    });
    const names = resolveStacks([app, data], references).map(({ name, properties }) => [
      name,
      properties['name'],
    ]);
    expect(names).toEqual([
      ['App-Role', 'Data-Table'],
      ['Data-Table', undefined],
    ]);
  });

  test('a resource of an unknown type is an error that names it', () => {
    expect(() =>
      resolveStacks([stack({ Resources: { Pool: { Type: 'AWS::Cognito::UserPool' } } })], references),
    ).toThrow('App-Pool has the type AWS::Cognito::UserPool, which the embedded cloud does not know');
  });

  test('a template with conditions is refused', () => {
    expect(() => resolveStacks([stack({ Resources: {}, Conditions: {} })], references)).toThrow(
      'App has conditions',
    );
  });
});
