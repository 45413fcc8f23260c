import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import { type FunctionSettings, LambdaFunction } from '../../local/lambda.ts';

const started: { readonly lambda: LambdaFunction; readonly directory: string }[] = [];
const logged: string[] = [];

const lambdaOf = (code: string, settings: Partial<FunctionSettings> = {}): LambdaFunction => {
  const directory = mkdtempSync(path.join(tmpdir(), 'lambda-'));
  writeFileSync(path.join(directory, 'index.mjs'), code);
  const lambda = new LambdaFunction(
    {
      name: 'test-function',
      directory,
      handler: 'index.handler',
      timeoutSeconds: 5,
      memoryMb: 128,
      environment: {},
      ...settings,
    },
    (line) => logged.push(line),
  );
  started.push({ lambda, directory });
  return lambda;
};
const answerOf = async (lambda: LambdaFunction, event: unknown = {}): Promise<unknown> => {
  const result = await lambda.invoke(event);
  if (!result.ok) throw new Error(result.message);
  return JSON.parse(result.payload ?? 'null');
};

afterEach(async () => {
  for (const { lambda, directory } of started.splice(0)) {
    await lambda.stop();
    rmSync(directory, { recursive: true, force: true });
  }
  logged.length = 0;
});

describe('a function', () => {
  test('gets the event and a context, and its answer passes through JSON', async () => {
    const lambda = lambdaOf(`
      export const handler = async (event, context) => ({
        event, name: context.functionName, memory: context.memoryLimitInMB, dropped: undefined,
        left: context.getRemainingTimeInMillis() > 4000 && context.getRemainingTimeInMillis() <= 5000,
        requestId: /^[0-9a-f-]{36}$/.test(context.awsRequestId),
      });`);
    expect(await answerOf(lambda, { a: 1, b: undefined })).toEqual({
      event: { a: 1 },
      name: 'test-function',
      memory: '128',
      left: true,
      requestId: true,
    });
  });

  test('has an environment of its own and sees nothing of ours', async () => {
    const code = `export const handler = async () => [process.env.OWN, process.env.HOME, process.env.AWS_LAMBDA_FUNCTION_NAME]`;
    expect(await answerOf(lambdaOf(code, { environment: { OWN: 'one' } }))).toEqual([
      'one',
      null,
      'test-function',
    ]);
    expect(await answerOf(lambdaOf(code, { environment: { OWN: 'two' } }))).toEqual([
      'two',
      null,
      'test-function',
    ]);
  });

  test('shares no module state with another function of the same code', async () => {
    const code = `globalThis.count ??= 0; let own = 0; export const handler = async () => [++own, ++globalThis.count]`;
    const [one, other] = [lambdaOf(code), lambdaOf(code)];
    expect([await answerOf(one), await answerOf(one), await answerOf(other)]).toEqual([
      [1, 1],
      [2, 2],
      [1, 1],
    ]);
  });

  test('works on many invocations at once', async () => {
    const lambda = lambdaOf(`
      let running = 0; let most = 0;
      export const handler = async (n) => {
        most = Math.max(most, ++running);
        await new Promise((resolve) => setTimeout(resolve, 20));
        running -= 1;
        return { n, most };
      };`);
    const results = (await Promise.all(Array.from({ length: 300 }, (_, n) => answerOf(lambda, n)))) as {
      n: number;
      most: number;
    }[];
    expect(results.map(({ n }) => n)).toEqual(Array.from({ length: 300 }, (_, n) => n));
    expect(Math.max(...results.map(({ most }) => most))).toBe(64);
  });

  test('is cut off at its timeout, even when it never yields, and works again afterwards', async () => {
    const lambda = lambdaOf(`export const handler = async (stuck) => { while (stuck); return 'fine' }`, {
      timeoutSeconds: 0.3,
    });
    await lambda.warm();
    expect(await lambda.invoke(true)).toEqual({
      ok: false,
      reason: 'timeout',
      message: 'Timed out after 0.3 s',
    });
    expect(await answerOf(lambda, false)).toBe('fine');
  });

  test('that throws, ends its thread or does not load is an error, and the next invocation gets a new thread', async () => {
    const throwing = lambdaOf(`export const handler = async () => { throw new TypeError('no') }`);
    expect(await throwing.invoke({})).toMatchObject({
      ok: false,
      reason: 'error',
      message: expect.stringContaining('TypeError: no'),
      thrown: { name: 'TypeError', message: 'no' },
    });
    const exiting = lambdaOf(
      `export const handler = async (end) => { if (end) process.exit(3); return 'fine' }`,
    );
    expect(await exiting.invoke(true)).toMatchObject({ ok: false, message: 'The thread ended with code 3' });
    expect(await answerOf(exiting, false)).toBe('fine');
    const broken = lambdaOf(`throw new Error('The environment of this function is wrong')`);
    expect(await broken.invoke({})).toMatchObject({
      ok: false,
      message: expect.stringContaining('The environment of this function is wrong'),
    });
  });

  test('takes and gives 6 MB at most', async () => {
    const lambda = lambdaOf(
      `export const handler = async (bytes) => 'x'.repeat(typeof bytes === 'number' ? bytes : 1)`,
    );
    expect(await lambda.invoke('x'.repeat(6 * 1024 * 1024 - 2))).toMatchObject({ ok: true });
    expect(await lambda.invoke('x'.repeat(6 * 1024 * 1024 - 1))).toMatchObject({ reason: 'too_large' });
    expect(await lambda.invoke(6 * 1024 * 1024 - 1)).toMatchObject({ ok: false, reason: 'error' });
  });

  test('what it logs comes line by line', async () => {
    await answerOf(
      lambdaOf(`export const handler = async () => { console.log('one\\ntwo'); console.error('three') }`),
    );
    await expect.poll(() => logged.toSorted()).toEqual(['one', 'three', 'two']);
  });
});
