// The sample grids with their slider and controls. The address keeps what they are set to.

import { plural } from '../../../experiment/units.ts';
import { shortAxis } from '../../labels.ts';
import type { RunView } from '../../wire.ts';
import { find, make, setText } from '../elements.ts';
import type { UrlState } from '../url-state.ts';
import { createEpochSlider } from './epoch-slider.ts';
import { matrixChoices } from './matrix.ts';
import { createSampleGrids } from './sample-grids.ts';

interface ShownRun {
  view: RunView;
  color: string;
}

export interface GridPanel {
  update(runs: ShownRun[]): void;
  epoch(): number | null;
  highlight(id: string | null): void;
}

export interface GridPanelOptions {
  urlState: UrlState;
  samplesUrl: string;
  onHover: (id: string | null) => void;
  onEpoch: (epoch: number) => void;
}

export function createGridPanel({ urlState, samplesUrl, onHover, onEpoch }: GridPanelOptions): GridPanel {
  const grids = createSampleGrids({ container: find('grids'), samplesUrl, onHover });
  const slider = createEpochSlider({
    initial: Number(urlState.get('epoch')) || null,
    onMove: (epoch, isLatest) => {
      urlState.set('epoch', isLatest ? '' : String(epoch), false);
      draw();
      onEpoch(epoch);
    },
    ready: (epoch) => grids.preload(epoch),
  });
  const selects = {
    column: find<HTMLSelectElement>('grid-column'),
    rows: find<HTMLSelectElement>('grid-rows'),
    scale: find<HTMLSelectElement>('grid-scale'),
    down: find<HTMLSelectElement>('grid-down'),
    across: find<HTMLSelectElement>('grid-across'),
  };
  const moreButton = make('button', { type: 'button' });
  const moreLabel = make('span', { class: 'quiet' });
  moreButton.hidden = true;
  find('grids').after(make('p', { class: 'more-grids' }, moreButton, ' ', moreLabel));
  moreButton.addEventListener('click', () => {
    limit += MANY_RUNS;
    draw();
  });
  let limit = MANY_RUNS;
  let runs: ShownRun[] = [];
  let aheadTimer = 0;
  for (const [name, select] of Object.entries(selects)) {
    select.addEventListener('change', () => {
      urlState.set(name, select.selectedIndex === 0 ? '' : select.value);
      draw();
    });
  }
  restore();
  urlState.onRestore(() => {
    restore();
    slider.goTo(Number(urlState.get('epoch')) || null);
    draw();
  });

  function restore(): void {
    for (const [name, select] of Object.entries(selects)) {
      const wanted = urlState.get(name);
      const index = [...select.options].findIndex(({ value }) => value === wanted);
      select.selectedIndex = Math.max(0, index);
    }
  }

  function draw(): void {
    const { column, rows, scale, down, across } = selects;
    const choices = matrixChoices(runs.map(({ view }) => view));
    for (const select of [down, across]) {
      offerAxes(select, choices, urlState.get(select === down ? 'down' : 'across'));
      select.closest('label')!.hidden = choices.length === 0;
    }
    const labels = runs.flatMap(({ view }) => view.grid?.columns ?? []);
    offerColumns(column, labels, urlState.get('column'));
    find('grids-empty').hidden = runs.some(({ view }) => view.samples.length > 0);
    moreButton.hidden = true;
    setText(moreLabel, '');
    const isMany = runs.length > MANY_RUNS;
    const autoRows = isMany ? ROWS_OF_VERY_MANY : runs.length > FEW_RUNS ? ROWS_OF_MANY : Number.POSITIVE_INFINITY;
    find('grids').classList.toggle('is-many', isMany);
    grids.update({
      runs: isMany ? choose(down.value !== '' || across.value !== '') : runs,
      epoch: slider.epoch(),
      column: column.value,
      rows: rows.value === 'auto' ? autoRows : Number(rows.value),
      scale: Number(scale.value),
      axes: { down: down.value, across: across.value },
    });
    window.clearTimeout(aheadTimer);
    aheadTimer = window.setTimeout(() => {
      for (const epoch of slider.neighbours()) void grids.preload(epoch);
    }, AHEAD_MS);
  }

  /** Of very many runs: those that have a grid, as many as were asked for; in a table of two axes all of these. */
  function choose(isTable: boolean): ShownRun[] {
    const drawn = runs.filter(({ view }) => view.samples.length > 0);
    const chosen = isTable ? drawn : drawn.slice(0, limit);
    const without = runs.length - drawn.length;
    setText(moreLabel, without === 0 ? '' : `${plural(without, 'run')} without a grid yet`);
    moreButton.hidden = chosen.length === drawn.length;
    setText(moreButton, `Show ${Math.min(MANY_RUNS, drawn.length - chosen.length)} more of ${plural(drawn.length, 'grid')}`);
    return chosen;
  }

  return {
    update(next) {
      runs = next.filter(({ view }) => view.attributes !== null);
      const epochs = new Set(next.flatMap(({ view }) => view.samples.map(([epoch]) => epoch)));
      const planned = Math.max(0, ...next.map(({ view }) => view.epochs ?? 0));
      slider.setEpochs(
        [...epochs].sort((a, b) => a - b),
        planned,
      );
      draw();
    },
    epoch: slider.epoch,
    highlight: grids.highlight,
  };
}

/** The pictures beside those in sight are fetched once the slider rests. */
const AHEAD_MS = 150;
/** With at most FEW_RUNS runs the grids are whole at first. With more, only their first rows are shown, so that more runs are in sight. */
const FEW_RUNS = 3;
const ROWS_OF_MANY = 4;
/** With more than this, cards are small, those without a grid are left out, and the others come as many at a time. */
const MANY_RUNS = 24;
const ROWS_OF_VERY_MANY = 2;

/** Every heading that occurs, in the order of first sight. */
function offerColumns(select: HTMLSelectElement, labels: string[], wanted: string | null): void {
  const values = ['', ...new Set(labels)];
  if (values.length !== select.options.length || values.some((label, i) => select.options[i]!.value !== label)) {
    select.replaceChildren(...values.map((label) => new Option(label === '' ? 'all' : label.replaceAll('_', ' '), label)));
  }
  select.value = wanted !== null && values.includes(wanted) ? wanted : '';
}

function offerAxes(select: HTMLSelectElement, axes: string[], wanted: string | null): void {
  const values = ['', ...axes];
  if (values.length !== select.options.length || values.some((axis, i) => select.options[i]!.value !== axis)) {
    select.replaceChildren(...values.map((axis) => new Option(axis === '' ? '–' : shortAxis(axis), axis)));
  }
  select.value = wanted !== null && axes.includes(wanted) ? wanted : '';
}
