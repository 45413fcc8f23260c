import { openOwned } from '../platform/owned-item.ts';
import type { Table } from '../platform/table.ts';
import type { BriefItem } from './briefs/brief.ts';
import { openLeads } from './leads/lead-store.ts';
import type { TruckItem } from './truck.ts';

/** Readers of the things that policies of the marketplace are about. */
export const marketplaceLoaders = (table: Table) => {
  const trucks = openOwned<TruckItem>(table, 'TRUCK');
  const briefs = openOwned<BriefItem>(table, 'BRIEF');
  const leads = openLeads(table);
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

    async brief(id: string) {
      const entity = await briefs.get(id);
      return entity && { entity, organizationId: entity.organizationId };
    },

    async lead(id: string) {
      const entity = await leads.get(id);
      return (
        entity && { entity, sides: { organizer: entity.organizationId, truck: entity.truckOrganizationId } }
      );
    },
  };
};

export type MarketplaceLoaders = ReturnType<typeof marketplaceLoaders>;
