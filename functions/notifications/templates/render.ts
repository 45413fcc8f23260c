import type { Locale } from './facts.ts';

/** A mail without its envelope: the same words as plain text and as HTML. */
export interface MailText {
  readonly subject: string;
  readonly text: string;
  readonly html: string;
}

/** A paragraph, or rows of what something is and its value. */
export type Block = string | { readonly rows: readonly (readonly [label: string, value: string])[] };

/** Control characters, line separators, and marks that turn the direction of what follows. */
const unprintable = /[\p{Cc}\p{Zl}\p{Zp}\u202a-\u202e\u2066-\u2069]+/gu;

/** Text that others wrote (names, labels) on one line: it can neither end a header nor begin a paragraph. */
export const oneLine = (text: string): string => text.replaceAll(unprintable, ' ').trim();

const escapes: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

const escapeHtml = (text: string): string => text.replaceAll(/[&<>"']/g, (found) => escapes[found] ?? found);

const toText = (block: Block): string =>
  typeof block === 'string'
    ? oneLine(block)
    : block.rows.map(([label, value]) => `${oneLine(label)}: ${oneLine(value)}`).join('\n');

const toHtml = (block: Block): string => {
  const shown = (text: string): string => escapeHtml(oneLine(text));
  if (typeof block === 'string') return `<p>${shown(block)}</p>`;
  const rows = block.rows.map(
    ([label, value]) =>
      `<tr><th align="left" valign="top" style="font-weight:normal;color:#555;padding:2px 16px 2px 0">${shown(label)}</th><td>${shown(value)}</td></tr>`,
  );
  return `<table role="presentation" style="border-collapse:collapse;margin:16px 0">${rows.join('')}</table>`;
};

/** Renders blocks as plain text and as HTML without images, scripts or anything fetched; all text escaped. */
export const renderMail = (locale: Locale, subject: string, blocks: readonly Block[]): MailText => ({
  subject: oneLine(subject),
  text: `${blocks.map(toText).join('\n\n')}\n`,
  html: [
    `<!DOCTYPE html><html lang="${locale}"><head><meta charset="utf-8"/><title>${escapeHtml(oneLine(subject))}</title></head>`,
    '<body style="font-family:sans-serif;font-size:16px;line-height:1.5;color:#111;max-width:36em;margin:0 auto;padding:16px">',
    ...blocks.map(toHtml),
    '</body></html>',
    '',
  ].join('\n'),
});
