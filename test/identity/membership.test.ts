import { expect, test } from 'vitest';
import { type MemberTerms, subject, termsFault } from '../../functions/identity/membership.ts';

test.each<[string, MemberTerms, string | undefined]>([
  ['an owner', { role: 'owner' }, undefined],
  ['staff for everything', { role: 'staff' }, undefined],
  ['staff of a session', { role: 'staff', sessionId: 'ses_1' }, undefined],
  [
    'staff for an hour',
    { role: 'staff', from: '2026-11-20T18:00:00Z', until: '2026-11-20T19:00:00Z' },
    undefined,
  ],
  [
    'from the middle of a second',
    { role: 'staff', from: '2026-11-20T18:00:00Z', until: '2026-11-20T18:00:00.500Z' },
    undefined,
  ],
  ['an open window', { role: 'staff', until: '2026-11-20T19:00:00Z' }, undefined],
  [
    'a window of nothing',
    { role: 'staff', from: '2026-11-20T18:00:00Z', until: '2026-11-20T18:00:00.000Z' },
    '/until',
  ],
  [
    'a window that ends first',
    { role: 'staff', from: '2026-11-20T19:00:00Z', until: '2026-11-20T18:00:00Z' },
    '/until',
  ],
  ['a manager of a session', { role: 'manager', sessionId: 'ses_1' }, '/sessionId'],
  ['an owner for an hour', { role: 'owner', from: '2026-11-20T18:00:00Z' }, '/from'],
  ['an owner until then', { role: 'owner', until: '2026-11-20T18:00:00Z' }, '/until'],
])('terms: %s', (_, terms, pointer) => {
  expect(termsFault(terms)?.pointer).toBe(pointer);
});

test.each([
  ['auth0|42', true],
  ['3c2f…', false],
  ['ann@example.com', true],
  ['a#b', false],
  ['', false],
  ['a'.repeat(129), false],
])('subject %s', (text, isTaken) => {
  expect(subject.safeParse(text).success).toBe(isTaken);
});
