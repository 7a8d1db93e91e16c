// Room: experiment (pure). One text for equal data, whatever the order of its keys.

/** JSON with sorted keys; undefined fields are left out (undefined itself gives undefined), lists keep their order. */
export function canonicalJson(value: unknown): string | undefined {
  return JSON.stringify(value, (_key, part: unknown) => {
    if (part === null || typeof part !== 'object' || Array.isArray(part)) return part;
    return Object.fromEntries(Object.entries(part).sort(([a], [b]) => (a < b ? -1 : 1)));
  });
}
