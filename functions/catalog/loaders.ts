import { openOwned } from '../platform/owned-item.ts';
import type { Table } from '../platform/table.ts';
import type { EventPages } from './event-page.ts';
import { type EventItem, isVisible, type PerformerItem, type SessionItem, type VenueItem } from './items.ts';

/** Readers of the things that policies of the catalog are about. */
export const catalogLoaders = (table: Table) => {
  const venues = openOwned<VenueItem>(table, 'VENUE');
  const performers = openOwned<PerformerItem>(table, 'PERFORMER');
  const events = openOwned<EventItem>(table, 'EVENT');
  const sessions = openOwned<SessionItem>(table, 'SESSION');
  return {
    async venue(id: string) {
      const entity = await venues.get(id);
      return entity && { entity, organizationId: entity.organizationId };
    },
    async performer(id: string) {
      const entity = await performers.get(id);
      return entity && { entity, organizationId: entity.organizationId };
    },
    async event(id: string) {
      const entity = await events.get(id);
      return entity && { entity, organizationId: entity.organizationId, isPublic: isVisible(entity) };
    },
    async session(id: string) {
      const entity = await sessions.get(id);
      return (
        entity && {
          entity,
          organizationId: entity.organizationId,
          sessionId: entity.sessionId,
          isPublic: isVisible(entity),
        }
      );
    },
  };
};

export type CatalogLoaders = ReturnType<typeof catalogLoaders>;

/** For queries: an event is read through the cached read path, page and all. */
export const catalogQueryLoaders = (table: Table, pages: EventPages) => ({
  ...catalogLoaders(table),
  async event(id: string) {
    const entity = await pages.read(id);
    return (
      entity && {
        entity,
        organizationId: entity.event.organizationId,
        isPublic: isVisible(entity.event),
      }
    );
  },
});

export type CatalogQueryLoaders = ReturnType<typeof catalogQueryLoaders>;
