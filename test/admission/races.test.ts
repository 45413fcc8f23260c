import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Ticket } from '../../functions/admission/contracts.ts';
import { type Admission, freshKey, startAdmission } from './harness.ts';

let admission: Admission;
beforeAll(async () => {
  admission = await startAdmission();
});
afterAll(() => admission.stop());

const issued = async () => {
  const sessionId = await admission.session();
  const [ticket] = (await admission.issue(sessionId)) as [Ticket];
  return { sessionId, ticket, code: await admission.codeOf(ticket) };
};

test.for([2, 50])('%i scanners and one ticket: one lets in, all others name it', async (scanners) => {
  const { sessionId, ticket, code } = await issued();
  const answers = await Promise.all(
    Array.from({ length: scanners }, (_, index) =>
      admission.call('checkIn', {
        params: { sessionId },
        body: { code, nonce: freshKey(), device: `scanner-${index}` },
      }),
    ),
  );
  const admitted = answers.filter(({ status }) => status === 201);
  expect(admitted).toHaveLength(1);
  const { admission: kept, revision } = await admission.read(ticket);
  expect(revision).toBe(2);
  const refused = answers.filter(({ status }) => status === 200).map(({ body }) => body);
  expect(refused).toHaveLength(scanners - 1);
  expect(new Set(refused.map((body) => JSON.stringify(body)))).toEqual(
    new Set([
      JSON.stringify({
        result: 'refused',
        reason: 'already_used',
        firstAdmittedAt: kept?.at,
        firstDevice: kept?.device,
      }),
    ]),
  );
});

test('one scan sent fifty times at once is one admission, and each answer says so', async () => {
  const { sessionId, ticket, code } = await issued();
  const nonce = freshKey();
  const answers = await Promise.all(
    Array.from({ length: 50 }, () =>
      admission.call('checkIn', { params: { sessionId }, body: { code, nonce } }),
    ),
  );
  expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([201]));
  expect(new Set(answers.map(({ body }) => body.admittedAt)).size).toBe(1);
  expect((await admission.read(ticket)).revision).toBe(2);
});

test('a refund and a scan at once: who is in stays in, and who is refunded first is not let in', async () => {
  for (let round = 0; round < 10; round += 1) {
    const { sessionId, ticket, code } = await issued();
    const [scanned] = await Promise.all([
      admission.call('checkIn', { params: { sessionId }, body: { code, nonce: freshKey() } }),
      admission.end(ticket, 'refunded'),
    ]);
    const kept = await admission.read(ticket);
    expect(kept.status).toBe('refunded');
    expect([scanned.body.result, scanned.body.reason, kept.admission !== undefined]).toEqual(
      scanned.status === 201 ? ['admitted', undefined, true] : ['refused', 'refunded', false],
    );
  }
});
