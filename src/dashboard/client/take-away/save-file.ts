// Gives a person a file that the page has made.

import { make } from '../elements.ts';

/** What the page is about, as files of it are called: not its title, which tells how far a sweep is. */
export function pageName(): string {
  return document.querySelector('h1')?.textContent ?? 'facet';
}

/** `name`: with what a file system may not like replaced. */
export function saveFile(name: string, content: string | Blob, type = ''): void {
  const address = URL.createObjectURL(typeof content === 'string' ? new Blob([content], { type }) : content);
  const link = make('a', { href: address, download: name.replace(/[^\w.-]+/g, '-') });
  link.click();
  window.setTimeout(() => URL.revokeObjectURL(address), 60_000);
}

/** Small buttons in a row. `about`: what they save, for those who only hear the page. */
export function makeSaveButtons(about: string, files: readonly [label: string, save: () => void | Promise<void>][]): HTMLElement {
  const buttons = files.map(([label, save]) => {
    const button = make('button', { type: 'button', 'aria-label': `Save ${about} as ${label}`, title: `Save as ${label}` }, label);
    button.addEventListener('click', () => void save());
    return button;
  });
  return make('span', { class: 'save-buttons' }, ...buttons);
}

/** The canvas as a PNG. */
export function savePicture(name: string, canvas: HTMLCanvasElement): Promise<void> {
  return new Promise((done) => {
    canvas.toBlob((blob) => {
      if (blob !== null) saveFile(name, blob);
      done();
    }, 'image/png');
  });
}
