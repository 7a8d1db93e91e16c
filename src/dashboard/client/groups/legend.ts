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
  rows.addEventListener('pointerover', (event) => onHover(idsOf(event.target)[0] ?? null));
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
        groups.map(({ label, color, dashName, runs }) => [label, color, dashName, runs.map(({ id, label }) => [id, label])]),
        choices,
      ]);
      if (wanted !== shape) {
        shape = wanted;
        select.replaceChildren(...choices.map(({ key, label }) => make('option', { value: key }, label)));
        const count = groups.reduce((sum, group) => sum + group.runs.length, 0);
        rows.replaceChildren(...groups.map((group) => makeRow(group, count > MOST_CHIPS)));
      }
      select.value = chosen;
      for (const button of rows.querySelectorAll('button')) {
        const ids = idsOf(button);
        button.setAttribute('aria-pressed', String(ids.some((id) => !hidden.has(id))));
      }
    },
    highlight(id) {
      for (const button of rows.querySelectorAll<HTMLElement>('.chip')) button.classList.toggle('is-highlighted', idsOf(button)[0] === id);
    },
  };
}

/** With more runs than this each group's are behind its name. */
const MOST_CHIPS = 24;

function makeRow({ label, color, dashName, runs }: RunGroup, hasMany: boolean): HTMLElement {
  const name = make(
    'button',
    {
      type: 'button',
      class: 'group-name',
      'data-runs': JSON.stringify(runs.map(({ id }) => id)),
      title: 'Show or hide all of them; double click, or with shift: only them',
    },
    make('span', { class: `swatch ${dashName}`, 'aria-hidden': 'true' }),
    label,
  );
  const shortLabels = dropCommonParts(runs.map((run) => run.label));
  const makeChips = (): HTMLElement[] =>
    runs.map((run, i) => {
      const title = `${run.label}. Double click, or with shift: only this one`;
      const attributes = { type: 'button', class: 'chip', 'data-runs': JSON.stringify([run.id]), 'aria-label': run.label, title };
      return make('button', attributes, shortLabels[i]!);
    });
  const isOnlyItself = runs.length === 1 && runs[0]!.label === label;
  const row = make('div', { class: 'legend-row' }, name);
  if (hasMany && runs.length > 1) row.append(make('details', {}, make('summary', {}, `${runs.length} runs`), ...makeChips()));
  else if (!isOnlyItself) row.append(...makeChips());
  row.style.setProperty('--run-color', color);
  return row;
}

function idsOf(target: EventTarget | null): string[] {
  const ids = (target as Element | null)?.closest<HTMLElement>('[data-runs]')?.dataset.runs;
  return ids === undefined ? [] : JSON.parse(ids);
}
