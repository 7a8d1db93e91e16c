// The legend: one row for each colour, one button for each run. A click shows or hides the run, a double click shows it alone.

import { dropCommonParts } from '../../labels.ts';
import { make } from '../elements.ts';
import type { GroupChoice, RunGroup } from './grouping.ts';

interface LegendView {
  groups: RunGroup[];
  hidden: ReadonlySet<string>;
  choices: GroupChoice[];
  chosen: string;
}

export interface LegendOptions {
  container: HTMLElement;
  /** Shows or hides all of these runs. */
  onToggle: (ids: string[], isShown: boolean) => void;
  /** Shows these alone; all runs, where these are the only ones shown. */
  onOnly: (ids: string[]) => void;
  onChoose: (key: string) => void;
  onHover: (id: string | null) => void;
}

export interface Legend {
  update(view: LegendView): void;
  highlight(id: string | null): void;
}

export function createLegend({ container, onToggle, onOnly, onChoose, onHover }: LegendOptions): Legend {
  const select = make('select', { id: 'color-by' });
  const rows = make('div', { class: 'legend-rows' });
  container.append(make('label', { class: 'legend-by' }, 'Coloured by ', select), rows);
  let shape = '';

  select.addEventListener('change', () => onChoose(select.value));
  rows.addEventListener('pointerover', (event) => onHover(idsOf(event.target).length === 1 ? idsOf(event.target)[0]! : null));
  rows.addEventListener('pointerleave', () => onHover(null));
  rows.addEventListener('click', (event) => {
    const ids = idsOf(event.target);
    const button = (event.target as Element).closest('button');
    if (!button || ids.length === 0) return;
    if (event.shiftKey || event.altKey || event.detail > 1) onOnly(ids);
    else onToggle(ids, button.getAttribute('aria-pressed') !== 'true');
  });

  return {
    update({ groups, hidden, choices, chosen }) {
      const wanted = JSON.stringify([
        groups.map(({ label, color, runs }) => [label, color, runs.map(({ id, label }) => [id, label])]),
        choices,
      ]);
      if (wanted !== shape) {
        shape = wanted;
        select.replaceChildren(...choices.map(({ key, label }) => make('option', { value: key }, label)));
        rows.replaceChildren(...groups.map(makeRow));
      }
      select.value = chosen;
      for (const button of rows.querySelectorAll('button')) {
        const ids = idsOf(button);
        button.setAttribute('aria-pressed', String(ids.some((id) => !hidden.has(id))));
      }
    },
    highlight(id) {
      for (const button of rows.querySelectorAll<HTMLElement>('.chip'))
        button.classList.toggle('is-highlighted', button.dataset.runs === id);
    },
  };
}

function makeRow({ label, color, runs }: RunGroup): HTMLElement {
  const name = make(
    'button',
    {
      type: 'button',
      class: 'group-name',
      'data-runs': runs.map(({ id }) => id).join(' '),
      title: 'Show or hide all of them; double click: only them',
    },
    make('span', { class: 'swatch', 'aria-hidden': 'true' }),
    label,
  );
  const shortLabels = dropCommonParts(runs.map((run) => run.label));
  const chips = runs.map((run, i) => {
    const title = `${run.label}. Double click: only this one`;
    return make('button', { type: 'button', class: 'chip', 'data-runs': run.id, 'aria-label': run.label, title }, shortLabels[i]!);
  });
  const isOnlyItself = runs.length === 1 && runs[0]!.label === label;
  const row = make('div', { class: 'legend-row' }, name, ...(isOnlyItself ? [] : chips));
  row.style.setProperty('--run-color', color);
  return row;
}

function idsOf(target: EventTarget | null): string[] {
  const ids = (target as Element | null)?.closest<HTMLElement>('[data-runs]')?.dataset.runs ?? '';
  return ids === '' ? [] : ids.split(' ');
}
