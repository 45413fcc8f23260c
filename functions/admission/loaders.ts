import type { SessionFactsOf } from '../catalog/contracts.ts';

/** The session that a policy is about, from the memory of the process: whose it is never changes. */
export const admissionLoaders = (factsOf: SessionFactsOf) => ({
  async session(id: string) {
    const entity = await factsOf(id);
    return (
      entity && {
        entity,
        organizationId: entity.organizationId,
        sessionId: entity.sessionId,
        isPublic: entity.isPublic,
      }
    );
  },
});

export type AdmissionLoaders = ReturnType<typeof admissionLoaders>;
