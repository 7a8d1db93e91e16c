// (pure) Text of the user inside a message: short, and harmless to a terminal.

const MAX_QUOTED = 60;

/** In double quotes, cut after 60 characters. */
export function quote(text: string): string {
  return `"${shorten(text).replaceAll('"', '\\"')}"`;
}

/** Cut after 60 characters; control, bidirectional and other invisible characters as \u{…}. */
export function shorten(text: string, max = MAX_QUOTED): string {
  const characters = [...text.slice(0, 2 * max + 2)];
  const cut = characters.length > max || text.length > 2 * max + 2;
  const shown = (cut ? characters.slice(0, max) : characters).join('').replace(/[\p{C}\p{Zl}\p{Zp}]/gu, escapeCharacter);
  return cut ? `${shown}…` : shown;
}

/** `a, b or c`. */
export function joinWithOr(words: readonly string[]): string {
  return words.length < 2 ? words.join('') : `${words.slice(0, -1).join(', ')} or ${words.at(-1)}`;
}

/** `training.seed`, `attributes.ten[2]`: numbers are places in a list. */
export function formatPath(path: readonly PropertyKey[]): string {
  return path.reduce<string>((text, part) => {
    if (typeof part === 'number') return `${text}[${part}]`;
    return text === '' ? shorten(String(part)) : `${text}.${shorten(String(part))}`;
  }, '');
}

function escapeCharacter(character: string): string {
  return `\\u{${character.codePointAt(0)!.toString(16)}}`;
}
