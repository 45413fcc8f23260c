import { connect, type Socket } from 'node:net';
import { gzipSync } from 'node:zlib';
import { beforeAll, describe, expect, inject, test } from 'vitest';
import { anybody } from '../e2e/client.ts';
import { putOnSale } from '../e2e/scenario.ts';
import { problemFaults } from './answer-check.ts';

/** What no HTTP library would send, byte by byte. */

const mebibyte = 1024 * 1024;
const maxMs = 2_000;

interface Heard {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

const open = (): Socket => {
  const { hostname, port } = new URL(inject('target').url);
  return connect({ host: hostname, port: Number(port), allowHalfOpen: true });
};

/** Takes answers apart as they come; `Content-Length` and chunks are all that our server frames with. */
const answersIn = (bytes: Buffer, method = 'GET'): readonly Heard[] => {
  const heard: Heard[] = [];
  let rest = bytes;
  for (;;) {
    const end = rest.indexOf('\r\n\r\n');
    if (end < 0) return heard;
    const [first = '', ...lines] = rest.subarray(0, end).toString('latin1').split('\r\n');
    const headers = Object.fromEntries(
      lines.map((line) => [
        line.slice(0, line.indexOf(':')).toLowerCase(),
        line.slice(line.indexOf(':') + 1).trim(),
      ]),
    );
    const status = Number(first.split(' ')[1]);
    rest = rest.subarray(end + 4);
    if (status === 100) continue;
    let body = '';
    if (headers['transfer-encoding'] === 'chunked') {
      for (;;) {
        const lineEnd = rest.indexOf('\r\n');
        if (lineEnd < 0) return heard;
        const length = Number.parseInt(rest.subarray(0, lineEnd).toString(), 16);
        if (rest.length < lineEnd + 4 + length) return heard;
        body += rest.subarray(lineEnd + 2, lineEnd + 2 + length).toString();
        rest = rest.subarray(lineEnd + 4 + length);
        if (length === 0) break;
      }
    } else {
      const length = method === 'HEAD' || status === 204 ? 0 : Number(headers['content-length'] ?? 0);
      if (rest.length < length) return heard;
      body = rest.subarray(0, length).toString();
      rest = rest.subarray(length);
    }
    heard.push({ status, headers, body });
  }
};

/**
 * Writes the parts and gives the answers that came, once there are `count` or the server hung up. Waiting
 * longer than two seconds after the last byte throws.
 */
const exchange = async (
  parts: Iterable<string | Buffer>,
  { count = 1, end = false, method = 'GET' } = {},
): Promise<readonly Heard[]> => {
  const socket = open();
  const chunks: Buffer[] = [];
  const done = Promise.withResolvers<void>();
  socket.on('data', (chunk: Buffer) => {
    chunks.push(chunk);
    if (answersIn(Buffer.concat(chunks), method).length >= count) done.resolve();
  });
  // A server that has answered may close before it has read everything.
  socket.on('error', () => done.resolve());
  socket.on('close', () => done.resolve());
  socket.on('end', () => done.resolve());
  for (const part of parts) {
    if (socket.destroyed) break;
    await new Promise<void>((resolve) => socket.write(part, () => resolve()));
  }
  if (end) socket.end();
  const timer = setTimeout(() => done.reject(new Error('Nothing came within two seconds')), maxMs);
  try {
    await done.promise;
  } finally {
    clearTimeout(timer);
    socket.destroy();
  }
  return answersIn(Buffer.concat(chunks), method);
};

const request = (
  line: string,
  headers: readonly string[] = [],
  body: string | Buffer = '',
): readonly (string | Buffer)[] => [
  [
    line,
    'Host: localhost',
    ...headers,
    ...(body.length > 0
      ? ['Content-Type: application/json', `Content-Length: ${Buffer.byteLength(body)}`]
      : []),
    '',
    '',
  ].join('\r\n'),
  ...(body.length > 0 ? [body] : []),
];

/** The one answer, which is a problem document with this code. */
const expectProblem = (answers: readonly Heard[], code: string): void => {
  expect(answers).toHaveLength(1);
  const [{ status, headers, body }] = answers as [Heard];
  expect([headers['content-type'], JSON.parse(body).code]).toEqual(['application/problem+json', code]);
  expect(problemFaults(undefined, status, headers, JSON.parse(body))).toEqual([]);
};

let sessionId: string;
let holds: string;
beforeAll(async () => {
  ({ sessionId } = await putOnSale());
  holds = `POST /v1/sessions/${sessionId}/holds HTTP/1.1`;
});
const key = (): string => `Idempotency-Key: ${crypto.randomUUID()}`;
const seatsIn = (body: string): readonly string[] =>
  (JSON.parse(body).places as { place: string }[]).map(({ place }) => place);

describe('bodies', () => {
  const padded = (bytes: number): string => {
    const json = '{"seats":["A-1"],"pad":""}';
    return json.replace('""', `"${'x'.repeat(bytes - json.length)}"`);
  };

  test.for([
    ['256 KiB and a byte', 256 * 1024 + 1],
    ['6 MiB, more than a function takes', 6 * mebibyte],
    ['10 MiB', 10 * mebibyte],
    ['10 MiB and a byte', 10 * mebibyte + 1],
  ] as const)('of %s are too large', async ([, bytes]) => {
    expectProblem(await exchange(request(holds, [key()], padded(bytes))), 'PAYLOAD_TOO_LARGE');
  });

  test('just under the limit of the route are read', async () => {
    expectProblem(await exchange(request(holds, [key()], padded(256 * 1024))), 'VALIDATION_FAILED');
  });

  test('that are small only while compressed are too large, or not read at all', async () => {
    for (const bytes of [9 * mebibyte, 64 * mebibyte]) {
      const [answer] = await exchange(
        request(holds, [key(), 'Content-Encoding: gzip'], gzipSync(padded(bytes))),
      );
      expect([400, 413]).toContain(answer?.status);
    }
  });

  test('that nest forty thousand deep are refused', async () => {
    for (const [opening, closing] of [
      ['[', ']'],
      ['{"a":', '}'],
    ] as const) {
      const depth = 40_000;
      const nested = `${opening.repeat(depth)}1${closing.repeat(depth)}`;
      expectProblem(await exchange(request(holds, [key()], nested)), 'VALIDATION_FAILED');
      expectProblem(await exchange(request(holds, [key()], `{"seats":${nested}}`)), 'VALIDATION_FAILED');
    }
  });

  test('that are not UTF-8 are refused', async () => {
    for (const bad of [
      [0xff, 0xfe],
      [0xc0, 0x80],
      [0xed, 0xa0, 0x80],
      [0xf0, 0x9f],
    ]) {
      const body = Buffer.concat([Buffer.from('{"seats":["'), Buffer.from(bad), Buffer.from('"]}')]);
      const [answer] = await exchange(request(holds, [key()], body));
      expect([400, 422]).toContain(answer?.status);
    }
  });

  test('with a member twice count the last one, as JSON.parse does, and the whole text is one request', async () => {
    const body = '{"seats":["A-9"],"seats":["A-1"]}';
    const [answer] = await exchange(request(holds, [key()], body));
    expect([answer?.status, seatsIn(answer?.body ?? '')]).toEqual([201, ['A-1']]);
  });

  test('with __proto__ are refused as any unknown member', async () => {
    for (const name of ['__proto__', 'constructor', 'toString']) {
      const [answer] = await exchange(
        request(holds, [key()], `{"seats":["A-2"],"${name}":{"seats":["A-3"]}}`),
      );
      expect([name, answer?.status, JSON.parse(answer?.body ?? '').errors?.[0]?.pointer]).toEqual([
        name,
        422,
        `/${name}`,
      ]);
    }
    expect(Object.keys({})).toEqual([]);
  });
});

describe('requests that are no HTTP', () => {
  test.for([
    ['no HTTP at all', 'hello\r\n\r\n'],
    ['a method of its own', 'BREW /v1/health HTTP/1.1\r\nHost: x\r\n\r\n'],
    ['HTTP/9.9', 'GET /v1/health HTTP/9.9\r\nHost: x\r\n\r\n'],
    ['no Host', 'GET /v1/health HTTP/1.1\r\n\r\n'],
    ['a header without a colon', 'GET /v1/health HTTP/1.1\r\nHost: x\r\nbad header\r\n\r\n'],
    ['NUL in a header', 'GET /v1/health HTTP/1.1\r\nHost: x\r\nX: a\u0000b\r\n\r\n'],
    ['a space in the path', 'GET /v1/he alth HTTP/1.1\r\nHost: x\r\n\r\n'],
    ['two lengths', 'POST /v1/x HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab'],
    ['a negative length', 'POST /v1/x HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\n\r\n'],
    [
      'a length and chunks',
      'POST /v1/x HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n',
    ],
    [
      'a chunk of no size',
      'POST /v1/x HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\nab\r\n',
    ],
    [
      'a chunk longer than it says',
      'POST /v1/x HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nabcdef\r\n0\r\n\r\n',
    ],
    [
      'a chunk of 16 exabytes',
      'POST /v1/x HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nffffffffffffffffff\r\nab\r\n',
    ],
  ] as const)('%s is a bad request, and the connection is closed', async ([, text]) => {
    expectProblem(await exchange([text]), 'INVALID_REQUEST');
  });

  test('headers beyond 16 KiB are refused', async () => {
    expectProblem(
      await exchange(request('GET /v1/health HTTP/1.1', [`X-Long: ${'x'.repeat(20_000)}`])),
      'INVALID_REQUEST',
    );
  });

  test('so is a query of that length', async () => {
    expectProblem(
      await exchange(request(`GET /v1/health?q=${'x'.repeat(20_000)} HTTP/1.1`)),
      'INVALID_REQUEST',
    );
  });
});

describe('requests that are unusual', () => {
  test('a path with bad percent-encoding is not found', async () => {
    for (const path of ['/v1/holds/%', '/v1/holds/%zz', '/v1/holds/%ff%fe', '/v1/%2e%2e/%2e%2e', '/v1/%00']) {
      expectProblem(await exchange(request(`GET ${path} HTTP/1.1`)), 'NOT_FOUND');
    }
  });

  test('a query of ten thousand parts is refused', async () => {
    const query = 'a&'.repeat(5_000);
    expectProblem(await exchange(request(`GET /v1/health?${query} HTTP/1.1`)), 'VALIDATION_FAILED');
  });

  test('the absolute form of a URL is that URL', async () => {
    const [answer] = await exchange(request('GET http://localhost/v1/health HTTP/1.1'));
    expect(answer?.status).toBe(200);
  });

  test('the asterisk and the authority form find nothing', async () => {
    for (const line of ['OPTIONS * HTTP/1.1', 'CONNECT localhost:80 HTTP/1.1']) {
      const answers = await exchange(request(line));
      expect(answers.map(({ status }) => status < 500)).toEqual(answers.map(() => true));
    }
  });

  test('a method that exists elsewhere is refused, with those that a path takes', async () => {
    for (const method of ['PROPFIND', 'TRACE', 'LINK', 'PATCH']) {
      const answers = await exchange(request(`${method} /v1/health HTTP/1.1`));
      expectProblem(answers, 'METHOD_NOT_ALLOWED');
      expect(answers[0]?.headers['allow']).toBe('GET, OPTIONS');
    }
  });

  test('a header twice counts the last one', async () => {
    const first = key();
    const second = key();
    const body = '{"seats":["A-4"]}';
    const [made] = await exchange(request(holds, [first, second], body));
    const [again] = await exchange(request(holds, [second], body));
    expect([made?.status, again?.status, again?.headers['idempotent-replayed']]).toEqual([201, 201, 'true']);
  });

  test('Expect: 100-continue is told to go on', async () => {
    const [head = '', body = ''] = request(holds, [key(), 'Expect: 100-continue'], '{"seats":["A-5"]}');
    const socket = open();
    const heard: Buffer[] = [];
    const next = (): Promise<void> =>
      new Promise((resolve) =>
        socket.once('data', (chunk: Buffer) => {
          heard.push(chunk);
          resolve();
        }),
      );
    socket.write(head);
    await next();
    expect(Buffer.concat(heard).toString()).toMatch(/^HTTP\/1\.1 100 /);
    socket.write(body);
    while (answersIn(Buffer.concat(heard)).length === 0) await next();
    expect(answersIn(Buffer.concat(heard)).map(({ status }) => status)).toEqual([201]);
    socket.destroy();
  });

  test('requests sent ahead are answered in turn', async () => {
    const one = request('GET /v1/health HTTP/1.1').join('');
    const two = request('GET /v1/nothing HTTP/1.1').join('');
    const answers = await exchange([one + two + one + two], { count: 4 });
    expect(answers.map(({ status }) => status)).toEqual([200, 404, 200, 404]);
  });

  test('a HEAD is answered without a body', async () => {
    const answers = await exchange(request('HEAD /v1/health HTTP/1.1'), { method: 'HEAD' });
    expect(answers.map(({ status, body }) => [status < 500, body])).toEqual([[true, '']]);
  });
});

describe('clients that are slow or gone', () => {
  test('a byte at a time is answered like any other, and holds nobody up', async () => {
    const text = request(holds, [key()], '{"seats":["A-6"]}').join('');
    const slow = exchange(Array.from(text));
    const beside = await Promise.all(
      Array.from({ length: 50 }, async () => {
        const startedAt = performance.now();
        await anybody().ok(200, 'getHealth');
        return performance.now() - startedAt;
      }),
    );
    expect(Math.max(...beside)).toBeLessThan(maxMs);
    const [answer] = await slow;
    expect([answer?.status, seatsIn(answer?.body ?? '')]).toEqual([201, ['A-6']]);
  });

  test('a client that closes its half after the request still gets its answer', async () => {
    const [answer] = await exchange(request(holds, [key()], '{"seats":["A-7"]}'), { end: true });
    expect([answer?.status, seatsIn(answer?.body ?? '')]).toEqual([201, ['A-7']]);
  });

  test('a client that closes its half in the middle of its body holds nothing', async () => {
    const [head = ''] = request(holds, [key()], '{"seats":["A-8"]}');
    await exchange([head, '{"seats":'], { end: true });
    const { body } = await anybody().ok(200, 'getSeats', {
      params: { sessionId },
      query: { format: 'full' },
    });
    expect(body.places?.['A-8']).toBe('available');
  });

  test('five hundred clients that begin and never go on hold nobody up', async () => {
    const idle = Array.from({ length: 500 }, () => open());
    await Promise.all(
      idle.map((socket) => new Promise<void>((resolve) => socket.write('POST /v1/ve', () => resolve()))),
    );
    const startedAt = performance.now();
    await anybody().ok(200, 'getHealth');
    expect(performance.now() - startedAt).toBeLessThan(maxMs);
    for (const socket of idle) socket.destroy();
  });

  test('a client that hangs up before its answer still has its hold, and finds it by its key', async () => {
    const own = key();
    const body = '{"seats":["B-1"]}';
    const socket = open();
    for (const part of request(holds, [own], body)) socket.write(part);
    await new Promise<void>((resolve) => socket.write('', () => resolve()));
    socket.destroy();
    const [again] = await exchange(request(holds, [own], body));
    expect([again?.status, seatsIn(again?.body ?? '')]).toEqual([201, ['B-1']]);
  });
});
