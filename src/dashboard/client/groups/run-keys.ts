// (pure) Lists of runs in few characters of an address: the ends of their ids. Of hidden ones, or of those that are not, as is shorter.

const KEY_LENGTH = 6;

export interface Visibility {
  hidden: ReadonlySet<string>;
  /** Hidden unless a person has chosen: those that the file no longer asks for. */
  usual: ReadonlySet<string>;
}

/** What to write as `off` and as `only`; empty: nothing. */
export function writeHidden(ids: readonly string[], { hidden, usual }: Visibility): { off: string; only: string } {
  const off = ids.filter((id) => hidden.has(id));
  if (off.length === usual.size && off.every((id) => usual.has(id))) return { off: '', only: '' };
  const shown = ids.filter((id) => !hidden.has(id));
  const write = (list: readonly string[]): string => writeRuns(list, ids) || NONE;
  return shown.length < off.length ? { off: '', only: write(shown) } : { off: write(off), only: '' };
}

/** Whether the address hides a run; null where it says nothing of any. */
export function readHidden(id: string, { off, only }: { off: string | null; only: string | null }): boolean | null {
  if (only !== null) return !isListed(id, only);
  return off === null ? null : isListed(id, off);
}

const NONE = 'none';

/** Some of `all` runs, in this order. */
export function writeRuns(ids: readonly string[], all: readonly string[]): string {
  const keys = shorten(all);
  return ids.map((id) => keys.get(id) ?? id).join(',');
}

/** Those of `all` runs that a list of the address names, in its order. */
export function readRuns(list: string | null, all: readonly string[]): string[] {
  return (list ?? '').split(',').flatMap((key) => all.find((id) => key !== '' && isListed(id, key)) ?? []);
}

function isListed(id: string, list: string): boolean {
  return list.split(',').some((key) => key === id || (key.length === KEY_LENGTH && id.endsWith(key)));
}

/** The last characters of an id where they are its own and can stand in a list. */
function shorten(ids: readonly string[]): Map<string, string> {
  const counts = new Map<string, number>();
  for (const id of ids) counts.set(id.slice(-KEY_LENGTH), (counts.get(id.slice(-KEY_LENGTH)) ?? 0) + 1);
  return new Map(
    ids.map((id) => {
      const key = id.slice(-KEY_LENGTH);
      return [id, counts.get(key) === 1 && /^\w+$/.test(key) ? key : id];
    }),
  );
}
