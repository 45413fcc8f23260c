import { createBlackout, deleteBlackout, getAvailability, listBlackouts } from './calendar-routes.ts';
import { createTruck, getTruck, listTrucks, putMenu, updateTruck } from './truck-routes.ts';

export const marketplaceCommandRoutes = {
  createTruck,
  updateTruck,
  putMenu,
  createBlackout,
  deleteBlackout,
};
export const marketplaceQueryRoutes = { getTruck, listTrucks, getAvailability, listBlackouts };
