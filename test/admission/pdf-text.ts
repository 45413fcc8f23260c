import { inflateSync } from 'node:zlib';

/** Streams of a PDF document, inflated. */
const streamsOf = (pdf: Buffer): readonly string[] => {
  const text = pdf.toString('latin1');
  return [...text.matchAll(/stream\r?\n([\s\S]*?)\r?\nendstream/g)].map(([, body = '']) => {
    const bytes = Buffer.from(body, 'latin1');
    try {
      return inflateSync(bytes).toString('latin1');
    } catch {
      return body;
    }
  });
};

export interface PdfText {
  readonly pages: number;
  readonly text: string;
}

/**
 * The text of a document whose fonts are embedded as subsets: glyphs of each font through its ToUnicode map
 * (ISO 32000-1 §9.10.3), in the order drawn. Fonts are told apart by the object they are.
 */
export const pdfText = (pdf: Buffer): PdfText => {
  const source = pdf.toString('latin1');
  const objects = new Map(
    [...source.matchAll(/(\d+) 0 obj\n([\s\S]*?)\nendobj/g)].map(([, id = '', body = '']) => [id, body]),
  );
  const inflate = (id: string | undefined): string => {
    const body = objects.get(id ?? '') ?? '';
    return streamsOf(Buffer.from(body, 'latin1'))[0] ?? '';
  };
  const fonts = new Map<string, ReadonlyMap<string, string>>();
  for (const [, name = '', id = ''] of source.matchAll(/\/(F\d+) (\d+) 0 R/g)) {
    const map = inflate(/\/ToUnicode (\d+) 0 R/.exec(objects.get(id) ?? '')?.[1]);
    const glyphs = new Map<string, string>();
    for (const [, from = '', , list = ''] of map.matchAll(/<(\w{4})> <(\w{4})> \[([^\]]*)\]/g)) {
      for (const [index, [, code = '']] of [...list.matchAll(/<([\w ]+)>/g)].entries()) {
        const glyph = (Number.parseInt(from, 16) + index).toString(16).padStart(4, '0');
        glyphs.set(glyph, Buffer.from(code.replaceAll(' ', ''), 'hex').swap16().toString('utf16le'));
      }
    }
    fonts.set(name, glyphs);
  }
  const lines: string[] = [];
  for (const stream of streamsOf(pdf)) {
    if (!stream.includes(' Tf')) continue;
    let font: ReadonlyMap<string, string> = new Map();
    for (const [, name, shown] of stream.matchAll(/\/(F\d+) [\d.]+ Tf|\[([^\]]*)\] TJ/g)) {
      if (name !== undefined) font = fonts.get(name) ?? new Map();
      if (shown === undefined) continue;
      const glyphs = [...shown.matchAll(/<(\w+)>/g)].flatMap(([, hex = '']) => hex.match(/.{4}/g) ?? []);
      lines.push(glyphs.map((glyph) => font.get(glyph) ?? '\uFFFD').join(''));
    }
  }
  return { pages: [...source.matchAll(/\/Type \/Page\b/g)].length, text: lines.join('\n') };
};
