import { SESv2ServiceException } from '@aws-sdk/client-sesv2';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { type Guarantee, leaseSeconds, openMailLedger } from '../../functions/notifications/mail-ledger.ts';
import type { MailPorts } from '../../functions/notifications/ports.ts';
import { sendOnce } from '../../functions/notifications/send-once.ts';
import { renderMail } from '../../functions/notifications/templates/render.ts';
import { randomId } from '../../functions/platform/ids.ts';
import { functionTable } from '../../lib/function-table.ts';
import { type Notifications, startNotifications } from './harness.ts';

let world: Notifications;
beforeAll(async () => {
  world = await startNotifications();
});
afterAll(() => world.stop());
beforeEach(() => {
  world.taken();
  world.clock = new Date('2027-03-01T10:00:00.000Z');
});
afterEach(() => world.ses(async () => ({ MessageId: 'm' })));

const to = { name: 'Ann', address: 'Ann@example.com', locale: 'en' } as const;
const send = (mailId: string, guarantee: Guarantee = 'at_least_once', ports: MailPorts = world.ports) =>
  sendOnce(ports, {
    mailId,
    template: 'test',
    guarantee,
    to,
    render: (locale) => renderMail(locale, 'Hello', ['Hello']),
  });
const later = (seconds: number) => {
  world.clock = new Date(world.clock.getTime() + seconds * 1_000);
};
const count = () => world.taken().length;

/** A process that dies after SES took the mail, before it is noted. */
const diesBeforeNote = (): MailPorts => ({
  ...world.ports,
  ledger: { ...world.ports.ledger, noteSent: () => Promise.reject(new Error('killed')) },
});
/** A process that dies after it claimed the mail, before SES is called. */
const diesBeforeSend = (): MailPorts => ({
  ...world.ports,
  notifier: { send: () => Promise.reject(new Error('killed')) },
});
const refusal = (name: string) =>
  new SESv2ServiceException({ name, $fault: 'client', $metadata: { httpStatusCode: 400 }, message: name });

describe('a mail is sent once', () => {
  test('a lease lasts longer than any function that sends may run', () => {
    for (const name of ['notifications-mail', 'notifications-notices'] as const)
      expect(functionTable[name].timeout.toSeconds()).toBeLessThan(leaseSeconds);
  });

  test('whoever has it in another case gets it once; another id, or another person, is another mail', async () => {
    const id = randomId('lev');
    await send(id);
    await send(id);
    await sendOnce(world.ports, {
      mailId: id,
      template: 'test',
      guarantee: 'at_least_once',
      to: { ...to, address: 'ann@EXAMPLE.com' },
      render: (locale) => renderMail(locale, 'Hello', ['Hello']),
    });
    expect(count()).toBe(1);
    await send(randomId('lev'));
    expect(count()).toBe(1);
  });

  test('of two consumers at once one sends; the other fails, comes again, and finds it sent', async () => {
    const id = randomId('lev');
    const results = await Promise.allSettled(Array.from({ length: 8 }, () => send(id)));
    expect(count()).toBe(1);
    const names = results.flatMap((one) => (one.status === 'rejected' ? [one.reason.name] : []));
    expect([...new Set(names)].filter((name) => name !== 'MailBusy')).toEqual([]);
    await send(id);
    expect(count()).toBe(0);
  });

  test('for over a year nothing that is replayed sends it again', async () => {
    const id = randomId('lev');
    await send(id);
    later(366 * 86_400);
    await send(id);
    expect(count()).toBe(1);
    const page = await world.tables.notifications.query<{ ttl: number }>({
      pk: `MAIL#${id}#${(await mailKeys(id))[0]}`,
    });
    expect(page.items[0]?.ttl).toBe(Date.parse('2027-03-01T10:00:00Z') / 1_000 + 400 * 86_400);
  });

  test('the table keeps no address', async () => {
    const id = randomId('lev');
    await send(id);
    const [hash] = await mailKeys(id);
    const item = await world.tables.notifications.get({ pk: `MAIL#${id}#${hash}`, sk: 'MAIL' });
    expect(item).toMatchObject({ status: 'sent', template: 'test', sentAt: '2027-03-01T10:00:00.000Z' });
    expect(JSON.stringify(item)).not.toMatch(/ann@/i);
  });
});

/** The hash of Ann’s address, as the ledger makes it. */
const mailKeys = async (id: string): Promise<readonly string[]> => {
  const keys: string[] = [];
  const spy = {
    ...world.tables.notifications,
    put: async (item: { pk: string }) => {
      keys.push(item.pk.slice(`MAIL#${id}#`.length));
      return { written: true } as const;
    },
  };
  await openMailLedger(spy as never).claim(
    { mailId: id, address: to.address },
    't',
    'at_least_once',
    world.clock,
  );
  return keys;
};

describe('a sender dies', () => {
  test('before the call: it is sent once the lease has lapsed, and not before', async () => {
    const id = randomId('lev');
    await expect(send(id, 'at_least_once', diesBeforeSend())).rejects.toThrow('killed');
    later(leaseSeconds);
    await expect(send(id)).rejects.toThrow('is being sent');
    expect(count()).toBe(0);
    later(1);
    await send(id);
    await send(id);
    expect(count()).toBe(1);
  });

  test('after the call: at least once means that it comes a second time, and no third', async () => {
    const id = randomId('lev');
    await expect(send(id, 'at_least_once', diesBeforeNote())).rejects.toThrow('killed');
    later(leaseSeconds + 1);
    await send(id);
    await send(id);
    expect(count()).toBe(2);
  });

  test.for([
    ['before the call', diesBeforeSend, 0],
    ['after the call', diesBeforeNote, 1],
  ] as const)('%s: at most once means that it never comes again', async ([, dies, sent]) => {
    const id = randomId('lev');
    await expect(send(id, 'at_most_once', dies())).rejects.toThrow('killed');
    await expect(send(id, 'at_most_once')).rejects.toThrow('is being sent');
    later(leaseSeconds + 1);
    await send(id, 'at_most_once');
    expect(count()).toBe(sent);
  });

  test('a sender that was taken for dead does not undo what the next one noted', async () => {
    const id = randomId('lev');
    const key = { mailId: id, address: to.address };
    const slow = await world.ports.ledger.claim(key, 'test', 'at_least_once', world.clock);
    later(leaseSeconds + 1);
    await send(id);
    if (slow.kind !== 'claimed') throw new Error('Not claimed');
    await world.ports.ledger.release(key, slow.claim);
    await world.ports.ledger.noteSent(key, slow.claim, 'late', world.clock);
    await send(id);
    expect(count()).toBe(1);
  });
});

describe('SES', () => {
  test.for(['at_least_once', 'at_most_once'] as const)(
    'refuses: nothing was sent, and the next delivery sends it at once (%s)',
    async (guarantee) => {
      const id = randomId('lev');
      world.ses(() => Promise.reject(refusal('MessageRejected')));
      await expect(send(id, guarantee)).rejects.toThrow(`test of ${id}: MessageRejected`);
      world.ses(async () => ({ MessageId: 'm' }));
      await send(id, guarantee);
      expect(count()).toBe(1);
    },
  );

  test('has no room for a moment: the same delivery tries again', async () => {
    let refused = 0;
    world.ses(async () => {
      refused += 1;
      if (refused < 3) throw refusal('TooManyRequestsException');
      return { MessageId: 'm' };
    });
    await send(randomId('lev'));
    expect([count(), refused]).toEqual([1, 3]);
  });

  test('has no room at all: five tries, then the message comes again', async () => {
    let tries = 0;
    world.ses(async () => {
      tries += 1;
      throw refusal('TooManyRequestsException');
    });
    await expect(send(randomId('lev'))).rejects.toThrow('TooManyRequestsException');
    expect(tries).toBe(5);
  });

  test.for([
    ['no answer', Object.assign(new Error('socket hang up'), { name: 'TimeoutError' })],
    [
      'a server error',
      new SESv2ServiceException({ name: 'InternalFailure', $fault: 'server', $metadata: {}, message: 'no' }),
    ],
  ] as const)('gives %s: nobody knows, so it is called once and the lease stands', async ([, error]) => {
    const id = randomId('lev');
    let tries = 0;
    world.ses(async () => {
      tries += 1;
      throw error;
    });
    await expect(send(id, 'at_most_once')).rejects.toThrow(error);
    expect(tries).toBe(1);
    world.ses(async () => ({ MessageId: 'm' }));
    later(leaseSeconds + 1);
    await send(id, 'at_most_once');
    expect(count()).toBe(0);
  });
});
