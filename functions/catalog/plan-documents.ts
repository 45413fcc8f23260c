import { getText, putObject } from '../platform/objects.ts';
import { uploadKey } from '../platform/uploads.ts';
import type { Layout } from './layout.ts';

/**
 * Plan documents in the bucket, under keys that follow from their content: writing one twice is writing
 * the same.
 */
const layoutKey = (venueId: string, planVersion: string): string =>
  `plans/${venueId}/${planVersion}/layout.json`;
const planKey = (venueId: string, planVersion: string): string => `plans/${venueId}/${planVersion}/plan.json`;

const json = { contentType: 'application/json' };

/** Stores a plan as it was imported and its layout. */
export const writePlan = async (bucket: string, layout: Layout, plan: unknown): Promise<void> => {
  const { venueId, planVersion } = layout;
  await putObject(bucket, planKey(venueId, planVersion), JSON.stringify(plan), json);
  await putObject(bucket, layoutKey(venueId, planVersion), JSON.stringify(layout), json);
};

/** The layout of a plan version that a session is pinned to. */
export const readLayout = async (bucket: string, venueId: string, planVersion: string): Promise<Layout> => {
  const text = await getText(bucket, layoutKey(venueId, planVersion));
  if (text === undefined) throw new Error(`The layout of ${planVersion} is gone`);
  return JSON.parse(text) as Layout;
};

/** The plan that was uploaded under an id of this organization; undefined when none was. */
export const readUploadedPlan = (
  bucket: string,
  organizationId: string,
  uploadId: string,
): Promise<string | undefined> => getText(bucket, uploadKey(organizationId, 'seating-plan', uploadId));
