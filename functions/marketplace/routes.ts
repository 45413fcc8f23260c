import {
  createBlackout,
  deleteBlackout,
  getAvailability,
  listBlackouts,
} from './calendar/calendar-routes.ts';
import {
  createCalendarFeed,
  createCalendarImport,
  deleteCalendarFeed,
  deleteCalendarImport,
  getCalendarFeed,
  getCalendarImport,
  listCalendarImports,
} from './feeds/feed-routes.ts';
import { arrangePhotos, createPhoto, deletePhoto, getPhoto, listPhotos } from './photos/photo-routes.ts';
import { listTruckReviews } from './reviews/review-routes.ts';
import { createTruck, getTruck, listTrucks, putMenu, updateTruck } from './truck-routes.ts';
import {
  decideVerification,
  getVerification,
  listVerifications,
  submitVerification,
} from './verification/verification-routes.ts';

export const marketplaceCommandRoutes = {
  createTruck,
  updateTruck,
  putMenu,
  createPhoto,
  arrangePhotos,
  deletePhoto,
  submitVerification,
  decideVerification,
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
  listPhotos,
  getVerification,
  listVerifications,
  getAvailability,
  listBlackouts,
  listTruckReviews,
  getCalendarFeed,
  getCalendarImport,
  listCalendarImports,
};
export const marketplacePhotoRoutes = { getPhoto };
