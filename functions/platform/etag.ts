/**
 * Entity tags. A thing’s tag begins with its revision: `"r3"`, or `"r3.k2j…"` where the answer also holds
 * parts that change without it (counts). If-Match looks at the revision only.
 */
export const etagOf = (revision: number, detail?: string): string =>
  detail === undefined ? `"r${revision}"` : `"r${revision}.${detail}"`;

/** Revision that an If-Match header asks for; undefined when it is not one of our tags. */
export const revisionOf = (ifMatch: string): number | undefined => {
  const match = /^(?:W\/)?"r(\d{1,15})(?:\.[^"]*)?"$/.exec(ifMatch.trim());
  return match?.[1] === undefined ? undefined : Number(match[1]);
};

/** Whether an If-None-Match header names the tag (weak comparison, RFC 9110 §13.1.2). */
export const matchesAny = (ifNoneMatch: string, etag: string): boolean =>
  ifNoneMatch.split(',').some((candidate) => {
    const tag = candidate.trim();
    return tag === '*' || tag.replace(/^W\//, '') === etag.replace(/^W\//, '');
  });
