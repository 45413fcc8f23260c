import type { App } from 'aws-cdk-lib';
import { routes } from '../functions/routes.ts';
import { ApiStack } from './api-stack.ts';
import type { Bundle } from './bundle.ts';
import { addAdmission } from './contexts/admission.ts';
import { addCatalog } from './contexts/catalog.ts';
import { addIdentity } from './contexts/identity.ts';
import { addLeads } from './contexts/leads.ts';
import { addNotifications } from './contexts/notifications.ts';
import { addOrders } from './contexts/orders.ts';
import { addTicketing } from './contexts/ticketing.ts';
import { addTrucks } from './contexts/trucks.ts';
import { addDashboard } from './dashboard.ts';
import { DataStack } from './data-stack.ts';
import { FunctionStack } from './function-stack.ts';
import type { FunctionName } from './function-table.ts';
import { IdentityStack, type IssuerSettings } from './identity-stack.ts';
import type { Settings } from './settings.ts';

/**
 * The stacks `Fairground-<stage>-…`, each from those above it, and what is in them: `Data`; `Identity` where the
 * settings name no issuer; `Marketplace`; `Notifications` where they name who mails come from; `App`; `Api`.
 */
export const addStacks = (
  app: App,
  settings: Settings,
  bundles: Readonly<Record<FunctionName, Bundle>>,
): void => {
  const stackName = (name: string): string => `Fairground-${settings.stage}-${name}`;

  const data = new DataStack(app, stackName('Data'), settings, {
    description: 'Fairground: tables, plans, bus',
  });
  const issuer =
    givenIssuer(settings) ??
    new IdentityStack(app, stackName('Identity'), settings, {
      description: 'Fairground: users and sign-in',
    }).settings;
  const functionStack = (name: string, description: string): FunctionStack =>
    new FunctionStack(app, stackName(name), { settings, data, issuer, bundles, description });

  const marketplace = functionStack('Marketplace', 'Fairground: food trucks');
  addTrucks(marketplace);
  const { depositNews } = addLeads(marketplace);
  if (settings.dashboard) addDashboard(marketplace);

  if (data.mailSender !== undefined) {
    const notifications = functionStack('Notifications', 'Fairground: mails');
    addNotifications(notifications, data.mailSender);
    if (settings.dashboard) addDashboard(notifications);
  }

  const tickets = functionStack('App', 'Fairground: events, tickets, alarms of the API');
  tickets.addFunction('platform-queries', tickets.variables.common, []);
  addIdentity(tickets);
  addCatalog(tickets);
  const { sales } = addTicketing(tickets);
  addOrders(tickets, depositNews);
  addAdmission(tickets);

  const { restApi } = new ApiStack(app, stackName('Api'), {
    settings,
    routes: Object.values(routes),
    functions: { ...tickets.functions, ...marketplace.functions },
    alarms: tickets.alarms,
    description: 'Fairground: API',
  });
  if (settings.dashboard) addDashboard(tickets, { sales, api: restApi });
};

const givenIssuer = ({ issuer, jwksUri, audience }: Settings): IssuerSettings | undefined =>
  issuer === undefined
    ? undefined
    : { issuer, jwksUri: jwksUri ?? `${issuer.replace(/\/$/, '')}/.well-known/jwks.json`, audience };
