/**
 * What clients send as `Accept` when they ask for an image or a page: "List of default Accept values" of MDN,
 * and the clients’ own sources.
 */
export const acceptHeaders = {
  'an image in Chrome': 'image/avif,image/webp,image/apng,image/svg+xml,image/*,*/*;q=0.8',
  'an image in Firefox': 'image/avif,image/webp,image/png,image/svg+xml,image/*;q=0.8,*/*;q=0.5',
  'an image in Firefox before 128': 'image/avif,image/webp,*/*',
  'an image in Safari':
    'image/webp,image/avif,image/jxl,image/heic,image/heic-sequence,video/*;q=0.8,image/png,image/svg+xml,image/*;q=0.8,*/*;q=0.5',
  'a page in Chrome':
    'text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,image/apng,*/*;q=0.8,application/signed-exchange;v=b3;q=0.7',
  'a page in Firefox and Safari': 'text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8',
  'fetch, curl, and the PDF viewers of browsers': '*/*',
  'the type itself': 'image/png',
  'JSON, which it is not': 'application/json',
} as const;
