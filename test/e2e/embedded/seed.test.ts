import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { promisify } from 'node:util';
import { expect, inject, test } from 'vitest';
import { ownerOf } from '../../../local/demo/add-trucks.ts';
import { keyOf } from '../../../local/demo/api.ts';
import { type Seeded, seed } from '../../../local/demo/seed.ts';
import { readTrucks } from '../../../local/demo/trucks.ts';
import { anybody, signIn } from '../client.ts';

const run = promisify(execFile);

test('the demo lists its trucks, also after a start that ended in between; printed commands show them', async () => {
  const { url, tokenUrl } = inject('target');
  const { firms, trucks } = readTrucks();
  // The first start got no further than one draft without a menu.
  const [first] = trucks;
  const { id: firm, name } = firms.find(({ id }) => id === first?.firm) ?? { id: '', name: '' };
  const owner = await signIn(ownerOf(firm));
  const organization = { name, kind: 'truck' } as const;
  const { body: own } = await owner.ok(201, 'createOrganization', {
    body: organization,
    idempotencyKey: keyOf('organization', organization),
  });
  const body = { ...first!.truck, organizationId: own.id };
  const draft = await owner.ok(201, 'createTruck', { body, idempotencyKey: keyOf('truck', body) });
  expect(draft.body.status).toBe('draft');

  const { truckIds, truckCurl } = await seed({ url, tokenUrl });
  expect(truckIds).toHaveLength(44);
  expect(truckIds[0]).toBe(draft.body.id);
  const listed = await Promise.all(
    firms.map(async ({ id }) => {
      const client = await signIn(ownerOf(id));
      const { body: page } = await client.ok(200, 'listTrucks', { query: { limit: 100 } });
      return page.items.map(({ name, status }) => `${name} ${status}`);
    }),
  );
  expect(listed.flat().toSorted()).toEqual(trucks.map(({ truck }) => `${truck.name} listed`).toSorted());

  const [page = '', free = ''] = (await run('sh', ['-c', truckCurl])).stdout.split('\n');
  expect(JSON.parse(page)).toMatchObject({ name: first?.truck.name, menu: first?.menu.items });
  expect(JSON.parse(free)).toMatchObject({ busy: [] });
  expect((JSON.parse(free) as { free: unknown[] }).free.length).toBeGreaterThan(0);

  const guide = readFileSync(path.join(import.meta.dirname, '../../../docs/guides/trucks.md'), 'utf8');
  const [, shown = ''] = /## Trucks of the demo[\s\S]*?```\n([\s\S]*?)```/.exec(guide) ?? [];
  const command = shown.replaceAll('http://127.0.0.1:3000', new URL(url).origin);
  const northWest = JSON.parse((await run('sh', ['-c', command])).stdout) as { items: unknown[] };
  expect(northWest.items).toHaveLength(trucks.filter((truck) => truck.firm === 'north-west').length);
});

test('the demo data is on sale, is found again, and its first command holds two seats', async () => {
  const { url, tokenUrl } = inject('target');
  const said: string[] = [];
  const first = await seed({ url, tokenUrl, log: (line) => said.push(line) });
  expect(said[0]).toBe('demo: venue Paraninfo with its plan of 603 seats');
  const again = await seed({ url, tokenUrl });
  const ids = ({ curl: _, truckCurl: __, ...rest }: Seeded) => rest;
  expect(ids(again)).toEqual(ids(first));

  expect(first.eventIds).toHaveLength(19);
  const pages = await Promise.all(
    first.eventIds.map((eventId) => anybody().ok(200, 'getEvent', { params: { eventId } })),
  );
  expect(new Set(pages.map(({ body }) => body.status))).toEqual(new Set(['published']));
  const instants = pages.map(({ body }) => Date.parse(body.sessions[0]?.startsAt ?? ''));
  expect(instants).toEqual(instants.toSorted((a, b) => a - b));
  const daysAway = ((instants[0] ?? 0) - Date.now()) / 86_400_000;
  expect(daysAway).toBeGreaterThan(6);
  expect(daysAway).toBeLessThan(15);
  expect(pages[0]?.body).toMatchObject({
    name: 'New York Philharmonic: Wolfe, Strauss, and Sibelius',
    venue: { name: 'Paraninfo' },
  });
  expect(pages.at(-1)?.body.sessions[0]?.ticketTypes).toMatchObject([
    { name: 'Day ticket', available: 10_000 },
  ]);

  const pasted = JSON.parse((await run('sh', ['-c', again.curl])).stdout) as Record<string, unknown>;
  expect(pasted).toMatchObject({ status: 'active', sessionId: first.sessionId });
  expect(pasted['places']).toHaveLength(2);
  const pastedAgain = JSON.parse((await run('sh', ['-c', again.curl])).stdout) as Record<string, unknown>;
  expect(pastedAgain['id']).toBe(pasted['id']);
  const other = JSON.parse((await run('sh', ['-c', first.curl])).stdout) as Record<string, unknown>;
  expect(other['id']).not.toBe(pasted['id']);
});
