// What a person chose, kept in the address after '#': a reload or a sent link shows the same.

export interface UrlState {
  get(name: string): string | null;
  /** An empty value leaves the name out. */
  set(name: string, value: string): void;
}

export function createUrlState(): UrlState {
  const values = new URLSearchParams(location.hash.slice(1));
  return {
    get: (name) => values.get(name),
    set(name, value) {
      if ((values.get(name) ?? '') === value) return;
      if (value === '') values.delete(name);
      else values.set(name, value);
      const hash = values.toString();
      history.replaceState(null, '', hash === '' ? location.pathname + location.search : `#${hash}`);
    },
  };
}
