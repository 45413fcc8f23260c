import { readFileSync } from 'node:fs';
import { schemaToJson, validate } from '@cedar-policy/cedar-wasm/nodejs';
import { describe, expect, test } from 'vitest';
import { authorize } from '../../functions/identity/authorization.ts';
import type { Membership, ProtectedResource } from '../../functions/platform/guard.ts';
import { routes } from '../../functions/routes.ts';

/** Those of promo codes join the table with the functions of orders. */

const own = 'org_own';
const other = 'org_other';
const now = new Date('2026-11-20T18:00:00Z');

const membership = (role: Membership['role'], more: Partial<Membership> = {}): Membership => ({
  organizationId: own,
  role,
  ...more,
});

/** Who asks, and what they belong to. */
const people = {
  owner: [membership('owner')],
  manager: [membership('manager')],
  staff: [membership('staff')],
  stranger: [membership('owner', { organizationId: other })],
  nobody: [],
} as const satisfies Record<string, readonly Membership[]>;
type Person = keyof typeof people | 'admin';

const ask = (
  person: Person,
  action: string,
  resource: ProtectedResource,
  memberships: readonly Membership[] = person === 'admin' ? [] : people[person],
) =>
  authorize({
    caller: { subject: person, roles: person === 'admin' ? ['admin'] : [] },
    memberships,
    action,
    resource,
    now,
  });

const thing = (kind: string, more: Partial<ProtectedResource> = {}): ProtectedResource =>
  kind === 'platform'
    ? { kind, id: 'platform' }
    : {
        kind,
        id: kind === 'organization' ? own : `${kind}_1`,
        organizationId: own,
        ...(kind === 'lead' && { side: 'organizer' }),
        ...more,
      };

/** A thing that the action is about: a lead for the side whose action it is. */
const thingOf = (action: string, kind: string, more: Partial<ProtectedResource> = {}): ProtectedResource =>
  thing(kind, { ...(action === 'ContactLead' && { side: 'truck' }), ...more });

const everybody: readonly Person[] = ['owner', 'manager', 'staff', 'stranger', 'nobody', 'admin'];
const members: readonly Person[] = ['owner', 'manager', 'staff', 'admin'];
const managers: readonly Person[] = ['owner', 'manager', 'admin'];
/** What binds a side, operators do not do in its name. */
const sideOnly: readonly Person[] = ['owner', 'manager'];
const ownersOnly: readonly Person[] = ['owner', 'admin'];
const adminsOnly: readonly Person[] = ['admin'];

/** Every action there is, on what, and who may do it in the organization that the thing belongs to. */
const decisions: readonly (readonly [action: string, kind: string, may: readonly Person[]])[] = [
  ['CreateOrganization', 'platform', everybody],
  ['ListOrganizations', 'platform', everybody],
  ['ReadMe', 'platform', everybody],
  ['ReadOrganization', 'organization', members],
  ['ListMembers', 'organization', members],
  ['UpdateOrganization', 'organization', ownersOnly],
  ['AddMember', 'organization', ownersOnly],
  ['UpdateMember', 'organization', ownersOnly],
  ['RemoveMember', 'organization', ownersOnly],
  ['ListVenues', 'organization', members],
  ['CreateVenue', 'organization', managers],
  ['ReadVenue', 'venue', members],
  ['UpdateVenue', 'venue', managers],
  ['DeleteVenue', 'venue', managers],
  ['ImportSeatingPlan', 'venue', managers],
  ['CreateUpload', 'organization', managers],
  ['ListPerformers', 'organization', members],
  ['CreatePerformer', 'organization', managers],
  ['ReadPerformer', 'performer', members],
  ['UpdatePerformer', 'performer', managers],
  ['DeletePerformer', 'performer', managers],
  ['ListEvents', 'organization', members],
  ['CreateEvent', 'organization', managers],
  ['ReadEvent', 'event', members],
  ['UpdateEvent', 'event', managers],
  ['DeleteEvent', 'event', managers],
  ['PublishEvent', 'event', managers],
  ['CancelEvent', 'event', managers],
  ['CreateSession', 'event', managers],
  ['CreatePromoCode', 'event', managers],
  ['ListPromoCodes', 'event', managers],
  ['UpdatePromoCode', 'event', managers],
  ['ReadSession', 'session', members],
  ['UpdateSession', 'session', managers],
  ['DeleteSession', 'session', managers],
  ['CancelSession', 'session', managers],
  ['CreateRefund', 'order', managers],
  ['UndoOrder', 'order', managers],
  ['ListOrders', 'session', managers],
  ['ExportOrders', 'session', managers],
  ['ReadCancellation', 'session', managers],
  ['ResendOrderMail', 'order', managers],
  ['ListRsvps', 'session', managers],
  ['ExportRsvps', 'session', managers],
  ['ConfirmRsvp', 'rsvp', managers],
  ['CancelRsvp', 'rsvp', managers],
  ['CheckIn', 'session', members],
  ['ReadCheckIns', 'session', members],
  ['CreateTruck', 'organization', managers],
  ['ListTrucks', 'organization', members],
  ['ReadTruck', 'truck', members],
  ['ReadCalendar', 'truck', members],
  ['UpdateTruck', 'truck', managers],
  ['ManageCalendar', 'truck', managers],
  ['CreateBrief', 'organization', managers],
  ['ListBriefs', 'organization', managers],
  ['ReadBrief', 'brief', managers],
  ['UpdateBrief', 'brief', managers],
  ['CreateLead', 'brief', managers],
  ['ListLeads', 'organization', managers],
  ['ReadLead', 'lead', managers],
  ['ExtendLeadHold', 'lead', sideOnly],
  ['ReadPhotos', 'truck', members],
  ['ManagePhotos', 'truck', managers],
  ['ManageVerification', 'truck', managers],
  ['DecideVerification', 'truck', adminsOnly],
  ['ListVerifications', 'platform', adminsOnly],
  ['ContactLead', 'lead', sideOnly],
  ['QuoteLead', 'lead', sideOnly],
  ['AcceptLead', 'lead', sideOnly],
  ['DeclineLead', 'lead', sideOnly],
  ['CancelLead', 'lead', sideOnly],
  ['CompleteLead', 'lead', sideOnly],
  ['SendMessage', 'lead', sideOnly],
  ['MarkMessagesRead', 'lead', sideOnly],
  ['ReviewLead', 'lead', sideOnly],
  ['PayDeposit', 'lead', sideOnly],
  ['RetryDepositRefund', 'lead', sideOnly],
];

describe('who may do what', () => {
  test.each(decisions)('%s on a %s', (action, kind, may) => {
    const allowed = everybody.filter((person) => ask(person, action, thingOf(action, kind)).allowed);
    expect(allowed).toEqual(everybody.filter((person) => may.includes(person)));
  });

  test.each(decisions)('%s: that a %s is public gives nobody a right', (action, kind, may) => {
    const allowed = everybody.filter(
      (person) => ask(person, action, thingOf(action, kind, { isPublic: true })).allowed,
    );
    expect(allowed).toEqual(everybody.filter((person) => may.includes(person)));
  });

  test('in another organization the same people are strangers', () => {
    const theirs: ProtectedResource = { kind: 'venue', id: 'ven_1', organizationId: other };
    for (const person of ['owner', 'manager', 'staff'] as const) {
      expect(ask(person, 'ReadVenue', theirs).allowed).toBe(false);
      expect(ask(person, 'UpdateVenue', theirs).allowed).toBe(false);
      expect(
        ask(person, 'AddMember', { kind: 'organization', id: other, organizationId: other }).allowed,
      ).toBe(false);
    }
  });

  test('a member of two organizations has in each the rights of that one', () => {
    const both = [membership('staff'), membership('owner', { organizationId: other })];
    const inOwn = thing('venue');
    const inOther = thing('venue', { organizationId: other });
    expect(ask('nobody', 'UpdateVenue', inOwn, both).allowed).toBe(false);
    expect(ask('nobody', 'ReadVenue', inOwn, both).allowed).toBe(true);
    expect(ask('nobody', 'UpdateVenue', inOther, both).allowed).toBe(true);
  });
});

describe('staff with limits', () => {
  const at = (seconds: number) => new Date(now.getTime() + seconds * 1_000).toISOString();
  test.each<[string, Partial<Membership>, boolean]>([
    ['no window', {}, true],
    ['from this second on', { from: at(0) }, true],
    ['from the next second on', { from: at(1) }, false],
    ['until the next second', { until: at(1) }, true],
    ['until this second', { until: at(0) }, false],
    ['within a window', { from: at(-10), until: at(10) }, true],
    ['after it', { from: at(-10), until: at(-5) }, false],
    ['before it', { from: at(5), until: at(10) }, false],
    ['their session', { sessionId: 'ses_1' }, true],
    ['another session', { sessionId: 'ses_2' }, false],
    ['their session, not their hour', { sessionId: 'ses_1', until: at(-1) }, false],
  ])('%s', (_, limits, expected) => {
    const session = thing('session', { sessionId: 'ses_1' });
    for (const action of ['ReadSession', 'CheckIn', 'ReadCheckIns'])
      expect(ask('nobody', action, session, [membership('staff', limits)]).allowed).toBe(expected);
    expect(ask('nobody', 'UpdateSession', session, [membership('staff', limits)]).allowed).toBe(false);
  });

  test('who is bound to a session sees nothing that belongs to none', () => {
    const bound = [membership('staff', { sessionId: 'ses_1' })];
    for (const kind of ['venue', 'event', 'organization']) {
      const action = `Read${kind.charAt(0).toUpperCase()}${kind.slice(1)}`;
      expect(ask('nobody', action, thing(kind), bound).allowed).toBe(false);
    }
  });

  test('limits of a staff membership elsewhere do not narrow an owner’s rights', () => {
    const both = [membership('owner'), membership('staff', { organizationId: other, until: at(-1) })];
    expect(ask('nobody', 'ReadVenue', thing('venue'), both).allowed).toBe(true);
  });
});

test.each([
  ['ReadLead', ['organizer', 'truck']],
  ['SendMessage', ['organizer', 'truck']],
  ['MarkMessagesRead', ['organizer', 'truck']],
  ['ReviewLead', ['organizer', 'truck']],
  ['ExtendLeadHold', ['organizer']],
  ['ContactLead', ['truck']],
  ['QuoteLead', ['organizer', 'truck']],
  ['AcceptLead', ['organizer', 'truck']],
  ['DeclineLead', ['organizer', 'truck']],
  ['CancelLead', ['organizer', 'truck']],
  ['CompleteLead', ['organizer', 'truck']],
  ['PayDeposit', ['organizer']],
  ['RetryDepositRefund', ['organizer', 'truck']],
])('%s of a lead is for its sides: %j', (action, sides) => {
  expect(
    ['organizer', 'truck'].filter((side) => ask('owner', action, thing('lead', { side })).allowed),
  ).toEqual(sides);
});

describe('default deny', () => {
  test('an action nobody declared is refused, to everybody but operators', () => {
    for (const person of everybody) {
      expect(ask(person, 'DropEverything', thing('venue')).allowed).toBe(person === 'admin');
    }
  });
  test('a thing that belongs to no organization is nobody’s', () => {
    expect(ask('owner', 'ReadVenue', { kind: 'venue', id: 'ven_1' }).allowed).toBe(false);
  });
  test('“admin” is a role of the token, not a subject and not a membership', () => {
    const answer = authorize({
      caller: { subject: 'admin', roles: ['Admin', 'administrator'] },
      memberships: [],
      action: 'ReadVenue',
      resource: thing('venue'),
      now,
    });
    expect(answer).toEqual({ allowed: false, reasons: [] });
  });
  test('ids that look like Cedar do not break out of their place', () => {
    const answer = authorize({
      caller: { subject: 'x" || true || principal == User::"y', roles: [] },
      memberships: [],
      action: 'ReadVenue',
      resource: thing('venue', { id: 'v"; permit(principal,action,resource);' }),
      now,
    });
    expect(answer.allowed).toBe(false);
  });
});

describe('schema, policies and routes agree', () => {
  const read = (file: string) =>
    readFileSync(new URL(`../../functions/identity/${file}`, import.meta.url), 'utf8');
  const schema = read('schema.cedarschema');
  const policies = read('policies.cedar');
  const json = schemaToJson(schema);
  if (json.type === 'failure') throw new Error(JSON.stringify(json.errors));
  const declared = json.json['']?.actions ?? {};
  const concrete = Object.entries(declared).filter(([, { memberOf }]) => (memberOf?.length ?? 0) > 0);

  test('the policies are valid under the schema, without a warning', () => {
    const answer = validate({ schema, policies: { staticPolicies: policies } });
    expect(answer).toEqual({
      type: 'success',
      validationErrors: [],
      validationWarnings: [],
      otherWarnings: [],
    });
  });

  test('every action that a route asks for is declared, on the kind of thing that the route is about', () => {
    for (const { operationId, access } of Object.values(routes)) {
      if (access.kind === 'public' || access.kind === 'optionalCaller') continue;
      const kind = access.kind === 'signedIn' ? 'platform' : access.resource.kind;
      const types = declared[access.action]?.appliesTo?.resourceTypes;
      expect([operationId, types]).toEqual([operationId, [kind.charAt(0).toUpperCase() + kind.slice(1)]]);
    }
  });

  test('every declared action is asked for by some route, and decided in the table above', () => {
    const asked = Object.values(routes).flatMap(({ access }) => ('action' in access ? [access.action] : []));
    const names = concrete.map(([name]) => name).toSorted();
    expect([...new Set(asked)].toSorted()).toEqual(names);
    expect(decisions.map(([action]) => action).toSorted()).toEqual(names);
  });

  test('every policy is named and decides something', () => {
    const names = [...policies.matchAll(/^@id\("([\w-]+)"\)$/gm)].map(([, name]) => name);
    expect(names).toHaveLength([...policies.matchAll(/^(permit|forbid)/gm)].length);
    const deciding = decisions.flatMap(([action, kind]) =>
      everybody.flatMap((person) => ask(person, action, thing(kind)).reasons),
    );
    expect([...new Set(deciding)].toSorted()).toEqual(names.toSorted());
  });
});
