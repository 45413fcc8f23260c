import { briefBody } from '../support/brief-body.ts';
import { completed, type LeadWorld } from './market-world.ts';
import type { ApiCall, Operation } from './platform.ts';
import { byApi, type UseCase } from './use-cases.ts';

/** Somebody reads what there is when a lead is through: nothing of it changes. */
const reading = (
  name: string,
  operation: Operation,
  calls: readonly string[],
  callOf: (world: LeadWorld) => ApiCall,
): UseCase => ({
  name,
  context: 'marketplace',
  calls,
  async prepare(platform) {
    const world = await completed(platform);
    return { marks: [world.leadId], run: byApi(platform, operation, callOf(world)) };
  },
});

const ofTruck = ({ truckOwner: as, truckId }: LeadWorld): ApiCall => ({ as, params: { truckId } });
const ofLead = ({ organizer: as, leadId }: LeadWorld): ApiCall => ({ as, params: { leadId } });
const ofBrief = ({ organizer: as, briefId }: LeadWorld): ApiCall => ({ as, params: { briefId } });
const window = { from: briefBody.startsAt, to: briefBody.endsAt };

export const marketReadUseCases: readonly UseCase[] = [
  reading(
    'a truck is read',
    'getTruck',
    ['GetItem truck', 'GetItem menu', 'BatchGetItem rating, lead facts'],
    ({ truckId }) => ({ params: { truckId } }),
  ),
  reading(
    'trucks are listed',
    'listTrucks',
    ['Query memberships', 'Query by truck'],
    ({ truckOwner: as, truckOrganizationId }) => ({
      as,
      query: { organizationId: truckOrganizationId },
    }),
  ),
  reading(
    'availability is read',
    'getAvailability',
    ['GetItem truck', 'BatchGetItem calendar'],
    ({ truckId }) => ({
      params: { truckId },
      query: window,
    }),
  ),
  reading(
    'blackouts are listed',
    'listBlackouts',
    ['GetItem truck', 'Query memberships', 'Query blackouts'],
    ofTruck,
  ),
  reading('photos are listed', 'listPhotos', ['GetItem truck', 'Query memberships'], ofTruck),
  reading(
    'papers are read',
    'getVerification',
    ['GetItem truck', 'Query memberships', 'GetItem verification', 'Query by verification decisions'],
    ofTruck,
  ),
  reading(
    'papers to be decided on are listed',
    'listVerifications',
    ['Query memberships', 'Query by verification'],
    () => ({
      as: 'admin',
      roles: ['admin'],
      query: { status: 'submitted' },
    }),
  ),
  reading(
    'imports are listed',
    'listCalendarImports',
    ['GetItem truck', 'Query memberships', 'GetItem calendar sources'],
    ofTruck,
  ),
  reading('reviews of a truck are listed', 'listTruckReviews', ['GetItem truck', 'Query reviews'], ofTruck),
  reading('a brief is read', 'getBrief', ['GetItem brief', 'Query memberships'], ofBrief),
  reading(
    'briefs are listed',
    'listBriefs',
    ['Query memberships', 'Query by brief'],
    ({ organizer: as, organizationId }) => ({
      as,
      query: { organizationId },
    }),
  ),
  reading(
    'quotes are compared',
    'compareQuotes',
    ['GetItem brief', 'Query memberships', 'Query leads', 'BatchGetItem lead', 'BatchGetItem truck'],
    ofBrief,
  ),
  reading(
    'a lead is read',
    'getLead',
    [
      'GetItem lead',
      'Query memberships',
      'Query by lead history',
      'Query quotes',
      'GetItem thread',
      'BatchGetItem review',
      'GetItem brief',
      'GetItem truck',
    ],
    ofLead,
  ),
  reading(
    'leads are listed',
    'listLeads',
    ['Query memberships', 'Query by lead', 'BatchGetItem thread'],
    ({ organizer: as, organizationId }) => ({
      as,
      query: { organizationId, role: 'organizer' },
    }),
  ),
  reading(
    'messages are listed',
    'listMessages',
    ['GetItem lead', 'Query memberships', 'Query messages', 'GetItem thread'],
    ofLead,
  ),
];
