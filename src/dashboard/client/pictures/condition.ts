// (pure) What a picture was asked to show, in words.

/** `asks`: attribute -> 1 or 0, of the picture's column. At most about 30 words: of many attributes those that are off are counted. */
export function describeCondition(asks: Record<string, 0 | 1>): string {
  const names = Object.keys(asks);
  const on = names.filter((name) => asks[name] === 1).map(words);
  const off = names.filter((name) => asks[name] !== 1).map(words);
  if (names.length === 0) return 'asks for nothing in particular';
  if (on.length === 0) return off.length <= FEW ? `asks for none of ${join(off, 'and')}` : `asks for none of the ${off.length} attributes`;
  const asked = `asks for ${join(on, 'and')}`;
  if (off.length === 0) return asked;
  return off.length <= FEW ? `${asked}; not ${join(off, 'or')}` : `${asked}; for none of the other ${off.length} attributes`;
}

const FEW = 6;

function words(name: string): string {
  return name.replaceAll('_', ' ');
}

function join(parts: readonly string[], last: string): string {
  return parts.length < 2 ? parts.join('') : `${parts.slice(0, -1).join(', ')} ${last} ${parts.at(-1)}`;
}
