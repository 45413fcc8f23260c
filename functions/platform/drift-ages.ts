/**
 * How long those who do things by themselves may still be at it, in seconds. What has waited longer is drift: younger than
 * this, somebody is still at work on it.
 */

/** Three deliveries of a settlement’s queue, six minutes apart, and a little. */
export const settlementSeconds = 20 * 60;
/** A machine tries again for some ten minutes (states-language.ts). */
export const machineSeconds = 15 * 60;
/** News of a payment come in seconds; three deliveries of their queue take nine minutes. */
export const newsSeconds = 10 * 60;
/** The timer of a hold: three deliveries three minutes apart, and a little. */
export const expirySeconds = 10 * 60;
