// Buttons that go through a long list page by page.

import { formatCount } from '../../../experiment/units.ts';
import { make } from '../elements.ts';

export interface Pager {
  /** The page that is open; all, where they fit on one. */
  cut<Item>(items: readonly Item[]): Item[];
}

const PAGE = 100;

export function createPager(container: HTMLElement, onTurn: () => void): Pager {
  const back = make('button', { type: 'button' }, 'Back');
  const next = make('button', { type: 'button' }, 'Next');
  const label = make('span', { role: 'status' });
  container.append(back, label, next);
  let page = 0;
  const turn = (by: number): void => {
    page += by;
    onTurn();
  };
  back.addEventListener('click', () => turn(-1));
  next.addEventListener('click', () => turn(1));
  return {
    cut(items) {
      const last = Math.max(0, Math.ceil(items.length / PAGE) - 1);
      page = Math.min(Math.max(0, page), last);
      const cut = items.slice(page * PAGE, (page + 1) * PAGE);
      container.hidden = last === 0;
      back.disabled = page === 0;
      next.disabled = page === last;
      label.textContent = `${page * PAGE + 1} to ${page * PAGE + cut.length} of ${formatCount(items.length)}`;
      return cut;
    },
  };
}
