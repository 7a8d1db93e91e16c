// Makes, finds and fills elements.

type Attributes = Record<string, string>;

/** A new element; text children are text, never markup. */
export function make<Tag extends keyof HTMLElementTagNameMap>(
  tag: Tag,
  attributes: Attributes = {},
  ...children: (Node | string)[]
): HTMLElementTagNameMap[Tag] {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  element.append(...children);
  return element;
}

/** The same of SVG. */
export function svgElement(tag: string, attributes: Record<string, string | number> = {}, ...children: (Node | string)[]): SVGElement {
  const element = document.createElementNS('http://www.w3.org/2000/svg', tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, String(value));
  element.append(...children);
  return element;
}

/** The element with this id, which the server's page has. */
export function find<Type extends HTMLElement>(id: string): Type {
  const element = document.getElementById(id);
  if (!element) throw new Error(`the page has no element "${id}"`);
  return element as Type;
}

/** Sets text only where it differs, so that nothing is drawn or read out again without need. */
export function setText(element: Element, text: string): void {
  if (element.textContent !== text) element.textContent = text;
}

/** Replaces server-rendered HTML where it differs. What a person has unfolded in it stays so, by its id. */
export function createHtmlSlot(element: HTMLElement): (html: string) => void {
  let shown: string | null = null;
  return (html) => {
    if (html === shown) return;
    const open = [...element.querySelectorAll('details[open]')].map(({ id }) => id);
    if (shown !== null || element.innerHTML !== html) element.innerHTML = html;
    for (const details of element.querySelectorAll('details')) if (details.id !== '' && open.includes(details.id)) details.open = true;
    shown = html;
  };
}
