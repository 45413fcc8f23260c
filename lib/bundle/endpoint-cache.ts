/**
 * Stands in for `@aws-sdk/endpoint-cache` in bundles. The client of DynamoDB makes one, and uses it only where
 * endpoint discovery is asked for, which nothing here does: the real one brings 8 KB to every cold start.
 */
export class EndpointCache {}
