const suffixOf = (truckId: string): string => `.${truckId}@fairground`;

/** The UID of something in a truck’s feed: the same in every version of it. */
export const ownUid = (truckId: string, id: string): string => `${id}${suffixOf(truckId)}`;

/** Whether a UID is of this truck’s own feed: what comes back from there is no blackout. */
export const isOwnUid = (truckId: string, uid: string): boolean => uid.endsWith(suffixOf(truckId));
