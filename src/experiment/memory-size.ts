// Room: experiment (pure). Amounts of memory as people write them.

const BYTES = { MB: 1e6, GB: 1e9, MiB: 1024 ** 2, GiB: 1024 ** 3 } as const;

/** Bytes of `6GB`, `900MB`, `5.5 GiB`; undefined for anything else, and for nothing at all. */
export function parseMemorySize(text: string): number | undefined {
  const match = /^(\d+(?:\.\d+)?)\s*(MB|GB|MiB|GiB)$/.exec(text);
  const bytes = match === null ? 0 : Number(match[1]) * BYTES[match[2] as keyof typeof BYTES];
  return bytes > 0 ? bytes : undefined;
}
