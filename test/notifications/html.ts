const voidTags = new Set(['meta']);

/**
 * Text of an HTML document whose tags are all closed in order. Throws where one is not, where an attribute is
 * not quoted, or where a character that means markup stands in the text.
 */
export const textOfHtml = (html: string): string => {
  const open: string[] = [];
  let text = '';
  const rest = html.replace(/^<!DOCTYPE html>/, '');
  for (const [token] of rest.matchAll(/<[^>]*>|[^<]+/g)) {
    if (!token.startsWith('<')) {
      if (/>|&(?!(amp|lt|gt|quot|#39);)/.test(token)) throw new Error(`Markup in the text: ${token}`);
      text += token;
      continue;
    }
    const tag = /^<(\/?)([a-z0-9]+)((?:\s+[a-z-]+="[^"<]*")*)(\/?)>$/.exec(token);
    if (tag === null) throw new Error(`Not a tag: ${token}`);
    const [, closing, name = '', , empty] = tag;
    if (closing === '/') {
      const expected = open.pop();
      if (expected !== name) throw new Error(`</${name}> closes <${expected}>`);
    } else if (empty === '/' || voidTags.has(name)) {
      if (!voidTags.has(name)) throw new Error(`<${name}/> is empty`);
    } else {
      open.push(name);
    }
  }
  if (open.length > 0) throw new Error(`Never closed: ${open.join(', ')}`);
  const entities: Record<string, string> = { amp: '&', lt: '<', gt: '>', quot: '"', '#39': "'" };
  return text.replaceAll(/&([a-z#0-9]+);/g, (_, name: string) => entities[name] ?? '');
};
