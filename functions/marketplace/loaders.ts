import { openOwned } from '../platform/owned-item.ts';
import type { Table } from '../platform/table.ts';
import type { TruckItem } from './truck.ts';

/** Readers of the things that policies of the marketplace are about. */
export const marketplaceLoaders = (table: Table) => {
  const trucks = openOwned<TruckItem>(table, 'TRUCK');
  return {
    async truck(id: string) {
      const entity = await trucks.get(id);
      return (
        entity && {
          entity,
          organizationId: entity.organizationId,
          isPublic: entity.status === 'listed',
        }
      );
    },
  };
};

export type MarketplaceLoaders = ReturnType<typeof marketplaceLoaders>;
