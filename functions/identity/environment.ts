import { commonEnvironment, guardEnvironment, idEnvironment } from '../platform/environment.ts';

export const identityQueriesEnvironment = commonEnvironment.extend(guardEnvironment.shape);
export const identityCommandsEnvironment = identityQueriesEnvironment.extend(idEnvironment.shape);
