import { describe, expect, test } from 'vitest';
import { marketplaceLifecycle, marketplaceLifecycleEvents } from '../../functions/marketplace/lifecycle.ts';
import { envelopeOf, type LifecycleEventDefinition } from '../../functions/platform/lifecycle-event.ts';
import type { Item } from '../../functions/platform/table.ts';
import { truckBody } from '../support/truck-body.ts';

const change = { what: 'test', by: 'ann', requestId: 'request-1', at: '2026-11-20T18:00:00.000Z' };
const base = { pk: 'TRUCK#trk_1', organizationId: 'org_1', truckId: 'trk_1', revision: 1, change };
const truck: Item = { ...base, ...truckBody, sk: 'TRUCK', status: 'draft' };
const photo = (photoId: string) => ({ photoId, alt: 'Ana at dusk', status: 'processing' });
const papers: Item = {
  ...base,
  sk: 'VERIFICATION',
  status: 'submitted',
  submissionId: 'ver_1',
  documents: [{ id: 'upl_1', kind: 'insurance' }],
  submittedBy: 'ann',
};
const decided = (outcome: string): Item => ({
  ...papers,
  revision: 2,
  status: outcome,
  decision: { outcome, reason: 'The passport of Ana Pop has expired', by: 'eve', at: change.at },
});

const told = (before: Item | undefined, after: Item) =>
  marketplaceLifecycle({
    kind: before === undefined ? 'INSERT' : 'MODIFY',
    before,
    after,
    expired: false,
    seenAt: new Date(0),
  });

describe('a change of the marketplace means', () => {
  test.for<[string, Item | undefined, Item, string[]]>([
    ['a new truck', undefined, truck, ['TRUCK-CREATED']],
    ['a truck that is listed', truck, { ...truck, status: 'listed' }, ['TRUCK-LISTED']],
    ['another name', truck, { ...truck, name: 'El Burro' }, ['TRUCK-UPDATED']],
    ['a first photo', truck, { ...truck, photos: [photo('a')] }, ['TRUCK-PHOTO-ADDED']],
    [
      'a photo that is ready',
      { ...truck, photos: [photo('a')] },
      { ...truck, photos: [{ ...photo('a'), status: 'ready' }] },
      ['TRUCK-UPDATED'],
    ],
    [
      'a photo less',
      { ...truck, photos: [photo('a'), photo('b')] },
      { ...truck, photos: [photo('b')] },
      ['TRUCK-PHOTO-DELETED'],
    ],
    [
      'another order of photos',
      { ...truck, photos: [photo('a'), photo('b')] },
      { ...truck, photos: [photo('b'), photo('a')] },
      ['TRUCK-UPDATED'],
    ],
    ['papers', undefined, papers, ['TRUCK-VERIFICATION-SUBMITTED']],
    ['papers that are right', papers, decided('verified'), ['TRUCK-VERIFIED']],
    ['papers that are not', papers, decided('rejected'), ['TRUCK-VERIFICATION-REJECTED']],
    [
      'papers that are not any more',
      decided('verified'),
      decided('withdrawn'),
      ['TRUCK-VERIFICATION-WITHDRAWN'],
    ],
    ['a menu', undefined, { ...base, sk: 'MENU', items: [] }, []],
  ])('%s', ([, before, after, types]) => {
    const events = told(before, after);
    expect(events.map(({ type }) => type)).toEqual(types);
    const definitions: readonly LifecycleEventDefinition[] = marketplaceLifecycleEvents;
    for (const event of events) {
      const definition = definitions.find(({ type }) => type === event.type) as LifecycleEventDefinition;
      expect(() => envelopeOf(definition).parse(event)).not.toThrow();
    }
  });

  test('which photo, and nothing of what it shows', () => {
    const [event] = told({ ...truck, photos: [photo('a')] }, { ...truck, photos: [photo('a'), photo('b')] });
    expect(event?.data).toEqual({ truckId: 'trk_1', photoId: 'b' });
  });

  test('which papers, and nothing of what is in them or was said of them', () => {
    const [event] = told(papers, decided('rejected'));
    expect([event?.aggregate, event?.data]).toEqual([
      { kind: 'verification', id: 'trk_1', sequence: 2 },
      { truckId: 'trk_1', submissionId: 'ver_1', status: 'rejected' },
    ]);
  });
});
