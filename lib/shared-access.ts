import type { DataStack } from './data-stack.ts';
import { readTable, useSecret } from './grants.ts';
import type { IssuerSettings } from './identity-stack.ts';
import type { Settings } from './settings.ts';

/** Seconds that a `card_slow` of the test provider takes. */
const slowPaymentSeconds = 3;

/** Environment variables that functions of several contexts have, by what they are for. */
export const sharedVariables = (settings: Settings, data: DataStack, issuer: IssuerSettings) => {
  const common = { STAGE: settings.stage };
  return {
    common,
    /** Who asks, and what they may. */
    guard: {
      IDENTITY_TABLE: data.identityTable.tableName,
      ISSUER: issuer.issuer,
      JWKS_URI: issuer.jwksUri,
      AUDIENCE: issuer.audience,
    },
    ids: { ID_SECRET_ARN: data.idSecret.secretArn },
    relay: { ...common, BUS_NAME: data.bus.eventBusName },
    /** Facts of events and sessions. */
    events: { CATALOG_TABLE: data.catalogTable.tableName },
    ticketing: {
      TICKETING_TABLE: data.ticketingTable.tableName,
      PLANS_BUCKET: data.plansBucket.bucketName,
    },
    payments: {
      PAYMENT_PROVIDERS: settings.paymentProviders.join(),
      STRIPE_SECRET_ARN: data.stripeSecret?.secretArn ?? '',
      STRIPE_API_ORIGIN: settings.stripeApiOrigin,
    },
    slowPayments: { SLOW_PAYMENT_SECONDS: String(slowPaymentSeconds) },
    ticketKeys: { TICKET_KEYS: data.ticketKeys.map(({ keyArn }) => keyArn).join(',') },
  };
};

/** The rights to what `sharedVariables` name, for functions that only use it. */
export const sharedRights = (data: DataStack) => ({
  guard: readTable({ table: data.identityTable }),
  ids: useSecret(data.idSecret),
  events: readTable({ table: data.catalogTable }),
  payments: data.stripeSecret === undefined ? [] : [useSecret(data.stripeSecret)],
});
