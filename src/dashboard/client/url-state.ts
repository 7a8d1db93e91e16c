// What a person chose, kept in the address after '#': a reload or a sent link shows the same, and the browser's back undoes it.

export interface UrlState {
  get(name: string): string | null;
  /**
   * An empty value leaves the name out. `step`: whether back goes to before this change. Changes of one turn are one step; moves of a
   * slider, and what the page does by itself, are none.
   */
  set(name: string, value: string, step?: boolean): void;
  /** Called after the address has changed in another way than by `set`. */
  onRestore(listener: () => void): void;
}

export function createUrlState(): UrlState {
  let values = new URLSearchParams(location.hash.slice(1));
  let isStepOpen = false;
  const listeners: (() => void)[] = [];
  window.addEventListener('popstate', () => {
    values = new URLSearchParams(location.hash.slice(1));
    for (const listener of listeners) listener();
  });
  return {
    get: (name) => values.get(name),
    set(name, value, step = true) {
      if ((values.get(name) ?? '') === value) return;
      if (value === '') values.delete(name);
      else values.set(name, value);
      const hash = writeHash(values);
      const address = hash === '' ? location.pathname + location.search : `#${hash}`;
      if (step && !isStepOpen) {
        history.pushState(null, '', address);
        isStepOpen = true;
        queueMicrotask(() => {
          isStepOpen = false;
        });
      } else history.replaceState(null, '', address);
    },
    onRestore: (listener) => listeners.push(listener),
  };
}

/** Escapes no more than is needed. */
function writeHash(values: URLSearchParams): string {
  const encode = (text: string): string => encodeURIComponent(text).replace(/%(2C|3A|2F|40)/g, decodeURIComponent);
  return [...values].map(([name, value]) => `${encode(name)}=${encode(value)}`).join('&');
}
