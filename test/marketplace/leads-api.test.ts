import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { briefBody } from '../support/brief-body.ts';
import {
  type Marketplace,
  newBrief,
  newTruck,
  organizationId,
  otherOrganizationId,
  startMarketplace,
} from './harness.ts';

let world: Marketplace;
beforeAll(async () => {
  world = await startMarketplace();
});
afterAll(() => world.stop());

describe('a truck that is asked', () => {
  test('holds its time softly, and both sides read the lead', async () => {
    const truckId = await newTruck(world);
    const briefId = await newBrief(world);
    const asked = await world.call('createLead', { as: 'dan', body: { briefId, truckId } });
    expect(asked.status).toBe(201);
    const { startsAt: from, endsAt: to } = briefBody;
    expect(asked.body).toMatchObject({
      status: 'new',
      briefId,
      truckId,
      organizationId: otherOrganizationId,
      truckOrganizationId: organizationId,
      window: { from, to },
      hold: { kind: 'soft', from, to, isLive: true },
    });
    const leadId = asked.body.id;
    const read = async (as: string | null) =>
      (await world.call('getLead', { as, params: { leadId } })).status;
    expect(await Promise.all(['dan', 'ann', 'cat', 'bob', 'admin', null].map(read))).toEqual([
      200, 200, 403, 404, 200, 401,
    ]);
    const { history, quotes } = (await world.call('getLead', { params: { leadId } })).body;
    expect(history).toEqual([
      { command: 'create', to: 'new', actor: 'dan', party: 'organizer', at: asked.body.since },
    ]);
    expect(quotes).toEqual([]);
  });
});
