// Chosen runs side by side: only the parameters that differ, their metrics with the best marked, their grids at one epoch.

import { chooseShown } from '../../../experiment/metrics.ts';
import { plural } from '../../../experiment/units.ts';
import type { RunView } from '../../wire.ts';
import { make, setText } from '../elements.ts';
import { createGridCard, type GridCard } from '../grids/grid-card.ts';
import type { UrlState } from '../url-state.ts';
import { type DifferenceRow, findDifferences } from './differences.ts';
import type { RunFacts } from './fields.ts';

export interface SideBySide {
  /** `views`: the chosen runs; fewer than two close it. */
  update(look: { views: readonly RunView[]; facts: RunFacts | null; colors: ReadonlyMap<string, string> }): void;
}

export interface SideBySideOptions {
  container: HTMLElement;
  /** Keeps the epoch. */
  urlState: UrlState;
  samplesUrl: string;
  onRemove: (id: string) => void;
  onClose: () => void;
}

export function createSideBySide({ container, urlState, samplesUrl, onRemove, onClose }: SideBySideOptions): SideBySide {
  const title = make('h2', { id: 'side-by-side-title', tabindex: '-1' }, 'Side by side');
  const close = make('button', { type: 'button' }, 'Close');
  const table = make('table', { class: 'plain differences' });
  const scroll = make('div', { class: 'table-scroll fitting', tabindex: '0', role: 'region', 'aria-label': 'Differences' }, table);
  const notes = make('div');
  const slider = make('input', { type: 'range', min: '0', step: '1', id: 'side-epoch', 'aria-label': 'Epoch of the grids side by side' });
  const label = make('output', { for: 'side-epoch' });
  const bar = make('div', { class: 'epoch-bar' }, slider, label);
  const every = make('input', { type: 'checkbox' });
  const controls = make('div', { class: 'controls' }, make('label', {}, every, 'Every metric'), close);
  container.append(make('div', { class: 'section-head' }, title, controls), bar, scroll, notes);
  let cards = new Map<string, GridCard>();
  let epochs: number[] = [];
  let views: readonly RunView[] = [];
  let colors: ReadonlyMap<string, string> = new Map();
  let facts: RunFacts | null = null;
  let shape = '';

  close.addEventListener('click', onClose);
  table.addEventListener('click', (event) => {
    const id = (event.target as Element).closest<HTMLElement>('[data-remove]')?.dataset.remove;
    if (id === undefined) return;
    onRemove(id);
    if (!container.hidden) title.focus({ preventScroll: true }); // the button is gone
  });
  every.addEventListener('change', drawTable);
  slider.addEventListener('input', () => {
    const at = Number(slider.value);
    urlState.set('at', at === epochs.length - 1 ? '' : String(epochs[at]), false);
    drawGrids();
  });

  function drawGrids(): void {
    epochs = [...new Set(views.flatMap(({ samples }) => samples.map(([epoch]) => epoch)))].sort((a, b) => a - b);
    const wanted = Number(urlState.get('at')) || epochs.at(-1) || 0;
    const at = Math.max(
      0,
      epochs.findLastIndex((epoch) => epoch <= wanted),
    );
    bar.hidden = epochs.length === 0;
    slider.max = String(Math.max(0, epochs.length - 1));
    slider.value = String(at);
    const words = epochs.length === 0 ? '' : `epoch ${epochs[at]} of ${epochs.at(-1)}`;
    setText(label, words);
    slider.setAttribute('aria-valuetext', words);
    cards = new Map(views.map((view) => [view.id, cards.get(view.id) ?? createGridCard(samplesUrl, view.id)]));
    for (const view of views) {
      const card = cards.get(view.id)!;
      card.update({ view, color: colors.get(view.id) ?? '', epoch: epochs[at] ?? null, column: '', rows: ROWS, scale: 0 });
      card.setSeen(true);
    }
  }

  function drawTable(): void {
    if (facts === null) return; // on their way
    const runs = views.flatMap(({ id }) => facts!.runs.find((run) => run.id === id) ?? []);
    if (runs.length < views.length) return;
    const differences = findDifferences(facts, runs, every.checked ? facts.metrics : chooseShown(facts.metrics));
    const wanted = JSON.stringify([views.map(({ id, label }) => [id, label, colors.get(id)]), differences]);
    if (wanted === shape) return;
    shape = wanted;
    const { parameters, metrics, best } = differences;
    table.replaceChildren(
      makeHead(views, colors),
      makeGridRow(views.map(({ id }) => cards.get(id)!.element)),
      ...makeBody('What differs', parameters),
      ...makeBody('At the end', metrics),
      ...makeBody('At the best checkpoint', best),
    );
    notes.replaceChildren(...differences.notes.map((note) => make('p', { class: 'quiet' }, note)));
  }

  return {
    update(look) {
      ({ views, colors, facts } = look);
      container.hidden = views.length < 2;
      if (container.hidden) return;
      setText(title, `${plural(views.length, 'run')} side by side`);
      drawGrids();
      drawTable();
    },
  };
}

const ROWS = 8;

function makeHead(views: readonly RunView[], colors: ReadonlyMap<string, string>): HTMLElement {
  const cells = views.map(({ id, label, url, stateWords }) => {
    const link = make('a', { href: `${document.body.dataset.root}${url}` }, label);
    const remove = make(
      'button',
      { type: 'button', class: 'remove', 'data-remove': id, 'aria-label': `Take ${label} out`, title: 'Take out' },
      '×',
    );
    const cell = make('th', { scope: 'col' }, make('span', { class: 'swatch', 'aria-hidden': 'true' }), ' ', link, remove);
    cell.append(make('small', {}, stateWords));
    cell.style.setProperty('--run-color', colors.get(id) ?? 'transparent');
    return cell;
  });
  return make('thead', {}, make('tr', {}, make('td'), ...cells));
}

function makeGridRow(cards: readonly HTMLElement[]): HTMLElement {
  const head = make('th', { scope: 'row', title: 'A row of pictures is one noise' }, 'Samples');
  return make('tbody', {}, make('tr', { class: 'cards-row' }, head, ...cards.map((card) => make('td', {}, card))));
}

function makeBody(heading: string, rows: readonly DifferenceRow[]): HTMLElement[] {
  if (rows.length === 0) return [];
  const columns = rows[0]!.cells.length + 1;
  const head = make('tr', { class: 'part' }, make('th', { scope: 'rowgroup', colspan: String(columns) }, heading));
  const lines = rows.map(({ label, title, cells }) =>
    make(
      'tr',
      {},
      make('th', { scope: 'row', title }, label),
      ...cells.map(({ text, isBest }) =>
        isBest
          ? make('td', { class: 'is-best' }, make('b', { title: 'The best of these runs' }, `${text} ★`), bestWords())
          : make('td', {}, text),
      ),
    ),
  );
  return [make('tbody', {}, head, ...lines)];
}

function bestWords(): HTMLElement {
  return make('span', { class: 'sr-only' }, ' best');
}
