import * as z from 'zod';
import { defineLifecycleEvent, type LifecycleEvent, lifecycleEvent } from '../../platform/lifecycle-event.ts';
import type { StreamChange } from '../../platform/relay.ts';
import { type Verification, verificationStatus } from './verification.ts';
import { type VerificationItem, verificationSort } from './verification-store.ts';

// @__NO_SIDE_EFFECTS__
const verificationEvent = <const Type extends string>(
  type: Type,
  description: string,
  status: Verification['status'],
) =>
  defineLifecycleEvent({
    type,
    version: 1,
    description,
    aggregate: 'verification',
    data: z.object({ truckId: z.string(), submissionId: z.string(), status: verificationStatus }),
    example: {
      truckId: 'trk_5zr1v9n6q0w8c4t2m7k3x1y9ab',
      submissionId: 'ver_5zr1v9n6q0w8c4t2m7k3x1y9ab',
      status,
    },
  });

const submitted = verificationEvent(
  'TRUCK-VERIFICATION-SUBMITTED',
  'Papers of a truck wait for an admin.',
  'submitted',
);
const verified = verificationEvent(
  'TRUCK-VERIFIED',
  'An admin found the papers of a truck right.',
  'verified',
);
const rejected = verificationEvent(
  'TRUCK-VERIFICATION-REJECTED',
  'An admin refused the papers of a truck.',
  'rejected',
);
export const verificationWithdrawn = verificationEvent(
  'TRUCK-VERIFICATION-WITHDRAWN',
  'An admin took back that a truck is verified.',
  'withdrawn',
);

export const verificationLifecycleEvents = [submitted, verified, rejected, verificationWithdrawn] as const;

const definitions = { submitted, verified, rejected, withdrawn: verificationWithdrawn };

/** What a write of papers means: that they wait, or what was decided. */
export const verificationLifecycle = ({ after }: StreamChange): readonly LifecycleEvent[] => {
  if (after?.sk !== verificationSort) return [];
  const { truckId, organizationId, submissionId, status, revision, change } = after as VerificationItem;
  return [
    lifecycleEvent(definitions[status], {
      aggregateId: truckId,
      sequence: revision,
      change,
      organizationId,
      data: { truckId, submissionId, status },
    }),
  ];
};
