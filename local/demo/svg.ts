/** To a tenth: finer than any screen. */
export const round = (value: number): number => Math.round(value * 10) / 10;

/** Text that stays text. */
export const escapeXml = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');
