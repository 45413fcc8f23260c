import { type Fault, noContent, ok, type Problem, problem } from '../platform/answer.ts';
import { etagOf } from '../platform/etag.ts';
import { stamp } from '../platform/lifecycle-event.ts';
import { answerChanged, answerCreated } from '../platform/owned-answers.ts';
import { changeAt, keyOf, newItem, openOwned } from '../platform/owned-item.ts';
import { isCarriedText, pointerOf, validationProblem } from '../platform/request.ts';
import type { Handlers } from '../platform/route.ts';
import { isReplay } from '../platform/serve.ts';
import { absent, type Table } from '../platform/table.ts';
import { presignUpload, uploadKeptSeconds, uploadKey, uploadSeconds } from '../platform/uploads.ts';
import type { VenueItem, VenuePlan } from './items.ts';
import { categoryPlaces, type Layout, layoutOf, seatCount } from './layout.ts';
import type { CatalogLoaders } from './loaders.ts';
import { readUploadedPlan, writePlan } from './plan-documents.ts';
import type { catalogCommandRoutes } from './routes.ts';
import { checkPlan, maxPlanBytes } from './seating-plan.ts';
import { unusedAt } from './uses.ts';
import { venueView } from './views.ts';

type Checked =
  | { readonly ok: true; readonly layout: Layout; readonly plan: VenuePlan; readonly document: unknown }
  | { readonly ok: false; readonly problem: Problem };

/** Checks a plan and makes its layout; `prefix` says where in the request the plan stood. */
const toLayout = (document: unknown, venueId: string, prefix = ''): Checked => {
  const checked = checkPlan(document);
  if (!checked.ok) return { ok: false, problem: refusedPlan(checked.faults, prefix) };
  const bytes = Buffer.byteLength(JSON.stringify(checked.plan));
  if (bytes > maxPlanBytes) return { ok: false, problem: tooLarge(bytes, prefix) };
  const layout = layoutOf(checked.plan, venueId);
  const categories = categoryPlaces(layout);
  return {
    ok: true,
    document: checked.plan,
    layout,
    plan: {
      planVersion: layout.planVersion,
      name: layout.name,
      zones: layout.zones.length,
      seats: seatCount(layout),
      generalAdmission: categories.reduce((sum, category) => sum + category.capacity, 0),
      categories,
    },
  };
};

const refusedPlan = (faults: readonly Fault[], prefix = ''): Problem => ({
  ...validationProblem(faults.map((fault) => ({ ...fault, pointer: `${prefix}${fault.pointer}` }))),
  code: 'PLAN_REFUSED',
});

const tooLarge = (bytes: number, prefix = ''): Problem =>
  refusedPlan(
    [
      {
        in: 'body',
        pointer: '',
        code: 'PLAN_TOO_LARGE',
        detail: `${bytes} bytes; a plan may have ${maxPlanBytes}.`,
      },
    ],
    prefix,
  );

type Commands = Handlers<typeof catalogCommandRoutes, CatalogLoaders>;

export const venueCommands = (
  table: Table,
  bucket: string,
): Pick<Commands, 'createVenue' | 'updateVenue' | 'deleteVenue' | 'importSeatingPlan' | 'createUpload'> => {
  const venues = openOwned<VenueItem>(table, 'VENUE');

  return {
    async createVenue(request) {
      const { organizationId = '', seatingPlan, ...fields } = request.body;
      const venueId = request.newId('ven');
      const plan = seatingPlan === undefined ? undefined : toLayout(seatingPlan, venueId, '/seatingPlan');
      if (plan !== undefined && !plan.ok) return plan.problem;
      // The documents first, under keys of their content: a crash before the venue leaves nothing visible.
      if (plan !== undefined) await writePlan(bucket, plan.layout, plan.document);
      const item: VenueItem = newItem(
        'VENUE',
        venueId,
        organizationId,
        { venueId, ...fields, uses: 0, ...(plan !== undefined && { plan: plan.plan }) },
        request,
      );
      return answerCreated(item, await venues.create(item), venueView, request);
    },

    async updateVenue(request) {
      const changed = await venues.change(
        request.params.venueId,
        changeAt(request.ifMatchRevision, request.body, 'venue.updated', request),
      );
      return answerChanged(changed, venueView);
    },

    async deleteVenue(request) {
      const { entity } = request.resource;
      const deleted = await table.delete(keyOf('VENUE', entity.venueId), unusedAt(entity.revision));
      if (deleted.written || deleted.old === undefined) return noContent();
      return (deleted.old as VenueItem).uses > 0
        ? problem('IN_USE', { detail: 'Events take place at this venue.' })
        : problem('PRECONDITION_FAILED');
    },

    async importSeatingPlan(request) {
      const { entity: venue } = request.resource;
      const { uploadId, ...others } = request.body;
      let document: unknown = others;
      if (uploadId !== undefined) {
        const unknown = Object.keys(others).map((name) => ({
          in: 'body' as const,
          pointer: pointerOf([name]),
          code: 'UNKNOWN_FIELD',
          detail: 'Send a plan or an uploadId, not both.',
        }));
        if (unknown.length > 0) return validationProblem(unknown);
        const text = await readUploadedPlan(bucket, venue.organizationId, uploadId);
        if (text === undefined) return problem('UPLOAD_NOT_FOUND');
        const bytes = Buffer.byteLength(text);
        if (bytes > maxPlanBytes) return tooLarge(bytes);
        try {
          document = JSON.parse(text);
        } catch (error) {
          return refusedPlan([
            { in: 'body', pointer: '', code: 'NOT_JSON', detail: (error as Error).message.slice(0, 160) },
          ]);
        }
        if (!isCarriedText(text, document)) {
          const detail = 'It has half of a surrogate pair, U+FFFE or U+FFFF.';
          return refusedPlan([{ in: 'body', pointer: '', code: 'NOT_UNICODE', detail }]);
        }
      }
      const checked = toLayout(document, venue.venueId);
      if (!checked.ok) return checked.problem;
      await writePlan(bucket, checked.layout, checked.document);
      const { planVersion, zones, seats, generalAdmission } = checked.plan;
      const summary = { planVersion, zones, seats, generalAdmission };
      // The newest import wins whatever else changed meanwhile; sessions on sale keep the version they pinned.
      // What is imported already is no change: a repeat after a lost answer counts and tells nothing.
      const changed = await table.update<VenueItem>(keyOf('VENUE', venue.venueId), {
        update: 'SET #plan = :plan, #revision = #revision + :one, #updatedAt = :at, #change = :change',
        condition:
          'attribute_exists(pk) AND (attribute_not_exists(#plan) OR #plan.#planVersion <> :planVersion)',
        names: {
          '#plan': 'plan',
          '#planVersion': 'planVersion',
          '#revision': 'revision',
          '#updatedAt': 'updatedAt',
          '#change': 'change',
        },
        values: {
          ':plan': checked.plan,
          ':planVersion': planVersion,
          ':one': 1,
          ':at': request.now.toISOString(),
          ':change': stamp('venue.plan_imported', request),
        },
      });
      const item = changed.written ? changed.item : (changed.old as VenueItem | undefined);
      return item === undefined ? problem('NOT_FOUND') : ok(200, summary, { etag: etagOf(item.revision) });
    },

    async createUpload(request) {
      const { organizationId = '', kind, contentType, bytes } = request.body;
      const uploadId = request.newId('upl');
      const nowSeconds = Math.floor(request.now.getTime() / 1_000);
      const created = await table.put(
        {
          pk: `UPLOAD#${uploadId}`,
          sk: 'UPLOAD',
          organizationId,
          kind,
          contentType,
          bytes,
          requestHash: request.idempotency.requestHash,
          ttl: nowSeconds + uploadKeptSeconds,
          change: stamp('upload.created', request),
        },
        absent,
      );
      if (!created.written && !isReplay(created.old, request)) return problem('IDEMPOTENCY_KEY_REUSED');
      return ok(
        201,
        {
          id: uploadId,
          method: 'PUT',
          url: await presignUpload(bucket, uploadKey(organizationId, kind, uploadId), { contentType, bytes }),
          headers: { 'Content-Type': contentType },
          expiresAt: new Date((nowSeconds + uploadSeconds) * 1_000).toISOString(),
        },
        { replayed: !created.written },
      );
    },
  };
};
