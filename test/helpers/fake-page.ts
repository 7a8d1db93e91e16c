// As much of a browser's page as the client's controls touch: elements found by id, with text, attributes and events. For tests of
// what the controls decide; how they look is tested in a real browser.

import { vi } from 'vitest';

class FakeElement extends EventTarget {
  textContent = '';
  value = '';
  max = '';
  hidden = false;
  readonly dataset: Record<string, string> = {};
  readonly #attributes = new Map<string, string>();
  readonly #parts = new Map<string, FakeElement>();

  setAttribute(name: string, value: string): void {
    this.#attributes.set(name, value);
  }

  getAttribute(name: string): string | null {
    return this.#attributes.get(name) ?? null;
  }

  querySelector(selector: string): FakeElement {
    const part = this.#parts.get(selector) ?? new FakeElement();
    this.#parts.set(selector, part);
    return part;
  }

  click(): void {
    this.dispatchEvent(new Event('click'));
  }
}

export interface FakePage {
  document: EventTarget & { hidden: boolean };
  find(id: string): FakeElement;
}

/** Puts `document` and `window` in place until `vi.unstubAllGlobals`. An element is made when it is first looked for. */
export function openFakePage(): FakePage {
  const elements = new Map<string, FakeElement>();
  const find = (id: string): FakeElement => {
    const element = elements.get(id) ?? new FakeElement();
    elements.set(id, element);
    return element;
  };
  const document = Object.assign(new EventTarget(), { hidden: false, getElementById: find });
  vi.stubGlobal('document', document);
  vi.stubGlobal('window', globalThis);
  return { document, find };
}
