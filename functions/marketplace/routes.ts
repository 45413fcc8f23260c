import { createBlackout, deleteBlackout, getAvailability, listBlackouts } from './calendar-routes.ts';
import {
  createCalendarFeed,
  createCalendarImport,
  deleteCalendarFeed,
  deleteCalendarImport,
  getCalendarFeed,
  getCalendarImport,
  listCalendarImports,
} from './feeds/feed-routes.ts';
import { listTruckReviews } from './leads/review-routes.ts';
import { createTruck, getTruck, listTrucks, putMenu, updateTruck } from './truck-routes.ts';

export const marketplaceCommandRoutes = {
  createTruck,
  updateTruck,
  putMenu,
  createBlackout,
  deleteBlackout,
  createCalendarFeed,
  deleteCalendarFeed,
  createCalendarImport,
  deleteCalendarImport,
};
export const marketplaceQueryRoutes = {
  getTruck,
  listTrucks,
  getAvailability,
  listBlackouts,
  listTruckReviews,
  getCalendarFeed,
  getCalendarImport,
  listCalendarImports,
};
