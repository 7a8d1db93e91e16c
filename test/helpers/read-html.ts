// What a person reads in a page: its text, and its table as rows of named cells.

/** The text without markup, as a browser shows it. */
export function textOf(html: string): string {
  const text = html.replace(/<[^>]*>/g, ' ');
  const decoded = text.replace(/&(lt|gt|quot|#39|amp);/g, (_match, name: string) => ENTITIES[name]!);
  return decoded.replace(/\s+/g, ' ').trim();
}

const ENTITIES: Record<string, string> = { lt: '<', gt: '>', quot: '"', '#39': "'", amp: '&' };

/** The elements of one kind, as markup: each with what is in it. Elements of the kind must not lie in one another. */
export function elementsOf(html: string, tag: string): string[] {
  return html.match(new RegExp(`<${tag}[\\s>].*?</${tag}>`, 'gs')) ?? [];
}

/** A table of the page: a row has the text of its cells by the text of their headings. */
export function readTable(html: string, id = 'runs'): Record<string, string>[] {
  const table = elementsOf(html, 'table').find((each) => each.includes(`id="${id}"`));
  const [head, ...rows] = elementsOf(table!, 'tr').map((row) => (row.match(/<(t[dh])[\s>].*?<\/\1>/gs) ?? []).map(textOf));
  return rows.map((cells) => Object.fromEntries(cells.map((cell, i) => [head![i]!, cell])));
}
