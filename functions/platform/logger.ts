import { Logger } from '@aws-lambda-powertools/logger';

/**
 * Structured JSON logs. What is logged is named by the caller, line by line: ids, codes, counts and
 * durations; never bodies, tokens, names or addresses.
 */
export const logger = new Logger();
