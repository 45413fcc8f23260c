interface UploadKind {
  readonly contentTypes: readonly [string, ...string[]];
  readonly maxBytes: number;
}

const megabyte = 1024 * 1024;

/** What can be uploaded by a presigned URL: of which types, and how large. */
export const uploadKinds = {
  'seating-plan': { contentTypes: ['application/json'], maxBytes: 5 * megabyte },
  truck_photo: { contentTypes: ['image/jpeg', 'image/png', 'image/webp'], maxBytes: 10 * megabyte },
  verification_document: {
    contentTypes: ['application/pdf', 'image/jpeg', 'image/png'],
    maxBytes: 10 * megabyte,
  },
  message_attachment: {
    contentTypes: ['application/pdf', 'image/jpeg', 'image/png'],
    maxBytes: 10 * megabyte,
  },
} as const satisfies Readonly<Record<string, UploadKind>>;

const fileEndings: Readonly<Record<string, string>> = {
  'application/pdf': 'pdf',
  'image/jpeg': 'jpg',
  'image/png': 'png',
};
/** How the name of a file of this type ends. */
export const fileEndingOf = (contentType: string): string => fileEndings[contentType] ?? 'bin';

export type UploadKindName = keyof typeof uploadKinds;
