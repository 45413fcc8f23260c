/**
 * Media types that API Gateway hands over as bytes: an answer is decoded from base64 when the first type of
 * the request’s `Accept` is one of these, and a request’s body of such a type reaches the function as base64
 * (developer guide, "Binary media types for REST APIs"; `*` covers many). The wildcard of all types would turn
 * every JSON request into base64, and a seating plan of 5 MB into more than a function takes: so these are our
 * own documents, and what browsers name first for an image and for a page.
 */
export const binaryMediaTypes = ['application/pdf', 'image/png', 'image/*', 'text/html'] as const;

/** Whether the gateway will answer a request of this `Accept` header with bytes. */
export const takesBytes = (accept: string | undefined): boolean => {
  const mediaType = accept?.split(',')[0]?.split(';')[0]?.trim().toLowerCase() ?? '';
  return binaryMediaTypes.some(
    (known) => known === mediaType || (known.endsWith('/*') && mediaType.startsWith(known.slice(0, -1))),
  );
};
