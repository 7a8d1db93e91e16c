// Which charts are shown: at first those of the metrics that tables show too. The address keeps the choice.

import { find, setText } from '../elements.ts';
import type { UrlState } from '../url-state.ts';

/** `onChange`: called when charts were shown or hidden. */
export function createChartChoice(urlState: UrlState, onChange: () => void): void {
  const boxes = [...find('chart-choice').querySelectorAll<HTMLInputElement>('input')];
  const usual = boxes.filter((box) => box.defaultChecked).map(({ value }) => value);
  const wanted = urlState.get('charts')?.split('\n');
  for (const box of boxes) {
    if (wanted) box.checked = wanted.includes(box.value);
    box.addEventListener('change', () => {
      const chosen = boxes.filter(({ checked }) => checked).map(({ value }) => value);
      urlState.set('charts', chosen.join('\n') === usual.join('\n') ? '' : chosen.join('\n') || 'none');
      show();
      onChange();
    });
  }
  show();

  function show(): void {
    for (const { value, checked } of boxes) find(`chart-${value}`).closest('figure')!.hidden = !checked;
    setText(find('chart-count'), `${boxes.filter(({ checked }) => checked).length} of ${boxes.length}`);
  }
}
