/** What can be paid, by the prefix of its id. */
const payableKinds = { ord: 'order', lead: 'lead' } as const;

export type PayableKind = (typeof payableKinds)[keyof typeof payableKinds];

/** What an id names: `payableKindOf('ord_5zr…')` is `order`; undefined when it is nothing that can be paid. */
export const payableKindOf = (payableId: string): PayableKind | undefined =>
  Object.entries(payableKinds).find(([prefix]) => payableId.startsWith(`${prefix}_`))?.[1];
