import { afterAll, beforeAll, expect, test } from 'vitest';
import { answerControl, type ControlParts } from '../../local/control.ts';
import { openFrontDoor } from '../../local/front-door.ts';
import { openMailbox } from '../../local/mailbox.ts';
import { Schedules } from '../../local/schedules.ts';

const mailbox = openMailbox();
let origin: string;
let close: () => Promise<void>;
const ids: string[] = [];

beforeAll(async () => {
  const functionArn = 'arn:aws:lambda:eu-central-1:000000000000:function:';
  const rule = (name: string, target: string) => ({
    name,
    type: 'AWS::Events::Rule',
    properties: { ScheduleExpression: 'rate(1 day)', Targets: [{ Id: '0', Arn: functionArn + target }] },
  });
  const schedules = new Schedules(
    [
      { name: 'works', type: 'AWS::Lambda::Function', properties: {} },
      { name: 'fails', type: 'AWS::Lambda::Function', properties: {} },
      rule('nightly', 'works'),
      rule('broken', 'fails'),
    ],
    {
      sendMessage: () => undefined,
      invoke: async (name) =>
        name === 'works' ? { ok: true, payload: 'null' } : { ok: false, reason: 'error', message: 'no' },
      log: () => undefined,
    },
  );
  const door = await openFrontDoor(0, () => undefined);
  door.open((request, response) =>
    answerControl({ schedules, mailbox } as unknown as ControlParts, request, response),
  );
  ({ origin } = door);
  close = () => door.close();
  for (const to of ['ann', 'bob']) {
    const raw = `From: t@example.com\r\nTo: ${to}@example.org\r\nSubject: For ${to} <b>\r\n\r\nHello`;
    const mail = await mailbox.receive(Buffer.from(raw), []);
    if ('refused' in mail) throw new Error(mail.refused);
    ids.push(mail.id);
  }
});
afterAll(async () => {
  await close();
  mailbox.close();
});

const get = async (path: string, method = 'GET') => {
  const response = await fetch(`${origin}/_local/${path}`, { method });
  return { status: response.status, body: await response.json() };
};

test('mails are listed newest first, by recipient, up to a limit, and one by one', async () => {
  const idsOf = async (query: string) =>
    ((await get(`mail${query}`)).body as { mails: { id: string }[] }).mails.map(({ id }) => id);
  expect(await idsOf('')).toEqual([ids[1], ids[0]]);
  expect(await idsOf('?to=ann@example.org')).toEqual([ids[0]]);
  expect(await idsOf('?limit=1')).toEqual([ids[1]]);
  expect(await get(`mail/${ids[0]}`)).toMatchObject({ status: 200, body: { id: ids[0], text: 'Hello' } });
  expect((await get('mail/none')).status).toBe(404);
});

test('the mailbox is a page that runs nothing', async () => {
  const response = await fetch(`${origin}/_local/mailbox?id=${ids[0]}`);
  expect(response.headers.get('content-type')).toBe('text/html; charset=utf-8');
  expect(response.headers.get('content-security-policy')).toBe(
    "default-src 'none'; style-src 'unsafe-inline'; img-src data:",
  );
  const page = await response.text();
  expect(page).toContain('<h1>For ann &lt;b&gt;</h1>');
  expect(page).toContain('For bob &lt;b&gt;');
});

test('schedules are listed and delivered at once', async () => {
  const { schedules } = (await get('schedules')).body as { schedules: { rule: string }[] };
  expect(schedules.map(({ rule }) => rule)).toEqual(['nightly', 'broken']);
  expect(await get('schedules/nightly', 'POST')).toMatchObject({
    status: 200,
    body: { deliveries: [{ delivered: true }] },
  });
  expect(await get('schedules/broken', 'POST')).toMatchObject({
    status: 502,
    body: { deliveries: [{ delivered: false, message: 'no' }] },
  });
  expect((await get('schedules/nobody', 'POST')).status).toBe(404);
});
