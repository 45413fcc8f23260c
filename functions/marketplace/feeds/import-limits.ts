/** Most times that one calendar brings. */
export const maxImportedTimes = 500;

/** The largest file that is read, in characters. */
export const maxCalendarLength = 1_000_000;

/** How far ahead times are taken. */
export const importedDays = 365;
