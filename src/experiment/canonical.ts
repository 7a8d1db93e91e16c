// (pure) One text for equal data, whatever the order of its keys.

/** JSON with sorted keys; undefined fields are left out (undefined itself gives undefined), lists keep their order. */
export function canonicalJson(value: unknown): string | undefined {
  if (value === null || typeof value !== 'object') return JSON.stringify(value);
  if (Array.isArray(value)) return `[${value.map((part) => canonicalJson(part) ?? 'null').join(',')}]`;
  let text = '';
  for (const key of sortedKeys(value)) {
    const part = canonicalJson((value as Record<string, unknown>)[key]);
    if (part !== undefined) text += `${text === '' ? '' : ','}${JSON.stringify(key)}:${part}`;
  }
  return `{${text}}`;
}

/** In the order of an object with sorted keys: those that look like an index come first, by number. */
function sortedKeys(value: object): string[] {
  const keys = Object.keys(value).sort();
  return keys.some((key) => DIGITS.test(key)) ? Object.keys(Object.fromEntries(keys.map((key) => [key, null]))) : keys;
}

const DIGITS = /^\d+$/;
