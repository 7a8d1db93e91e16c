// Which charts are shown: at first those of the metrics that tables show too. The address keeps what differs from that.

import { find, setText } from '../elements.ts';
import type { UrlState } from '../url-state.ts';

export interface ChartChoice {
  /** The names of the metrics whose charts are shown. */
  shown(): string[];
}

/** `onChange`: called when charts were shown or hidden. */
export function createChartChoice(urlState: UrlState, onChange: () => void): ChartChoice {
  const boxes = [...find('chart-choice').querySelectorAll<HTMLInputElement>('input')];
  for (const box of boxes) {
    box.addEventListener('change', () => {
      const other = boxes.filter(({ checked, defaultChecked }) => checked !== defaultChecked);
      urlState.set('charts', other.map(({ checked, value }) => `${checked ? '' : '!'}${encodeURIComponent(value)}`).join(','));
      show();
      onChange();
    });
  }
  restore();
  urlState.onRestore(restore);

  function restore(): void {
    const other = urlState.get('charts')?.split(',') ?? [];
    for (const box of boxes) {
      const name = encodeURIComponent(box.value);
      box.checked = other.includes(name) || (box.defaultChecked && !other.includes(`!${name}`));
    }
    show();
  }

  function show(): void {
    for (const { value, checked } of boxes) find(`chart-${value}`).closest('figure')!.hidden = !checked;
    setText(find('chart-count'), `${boxes.filter(({ checked }) => checked).length} of ${boxes.length}`);
  }

  return { shown: () => boxes.filter(({ checked }) => checked).map(({ value }) => value) };
}
