// Curves and sample grids of some runs under one set of controls: what an experiment's page and a run's page share. The state is
// here; everything that is drawn follows from it.

import { createChartChoice } from './charts/chart-choice.ts';
import { type Charts, createCharts } from './charts/charts.ts';
import { readCurveControls } from './charts/curve-controls.ts';
import { commonPosition, lineOf } from './charts/lines.ts';
import { find } from './elements.ts';
import { createEpochSlider } from './grids/epoch-slider.ts';
import { createSampleGrids } from './grids/sample-grids.ts';
import type { ClientRun, RunBook } from './run-book.ts';
import { onThemeChange } from './theme.ts';
import type { UrlState } from './url-state.ts';

export interface Workbench {
  /** Draws again in the next frame, once for any number of calls. */
  refresh(): void;
  highlight(id: string | null): void;
}

export interface WorkbenchOptions {
  book: RunBook;
  urlState: UrlState;
  samplesUrl: string;
  /** The runs to draw, with their colours; called before each drawing. */
  shownRuns: () => { run: ClientRun; color: string }[];
  onHighlight: (id: string | null) => void;
}

export function createWorkbench({ book, urlState, samplesUrl, shownRuns, onHighlight }: WorkbenchOptions): Workbench {
  const controls = readCurveControls(urlState, refresh);
  createChartChoice(urlState, refresh);
  const resetZoom = find<HTMLButtonElement>('reset-zoom');
  const charts: Charts = createCharts([...document.querySelectorAll<HTMLCanvasElement>('#charts canvas')], {
    onHover: highlight,
    onZoom: (isZoomed) => {
      resetZoom.hidden = !isZoomed;
    },
  });
  resetZoom.addEventListener('click', () => charts.resetZoom());
  const grids = createSampleGrids({ container: find('grids'), samplesUrl, onHover: highlight });
  const slider = createEpochSlider({
    initial: Number(urlState.get('epoch')) || null,
    onMove: (epoch, isLatest) => {
      urlState.set('epoch', isLatest ? '' : String(epoch));
      refreshGrids();
      charts.moveEpoch(epochX());
    },
    ready: (epoch) => grids.preload(epoch),
  });
  const columnSelect = find<HTMLSelectElement>('grid-column');
  const rowsSelect = find<HTMLSelectElement>('grid-rows');
  const scaleSelect = find<HTMLSelectElement>('grid-scale');
  for (const select of [columnSelect, rowsSelect, scaleSelect]) select.addEventListener('change', refreshGrids);
  onThemeChange(refresh);

  let frame = 0;
  let aheadTimer = 0;
  let highlighted: string | null = null;

  function refresh(): void {
    if (frame !== 0) return;
    frame = requestAnimationFrame(() => {
      frame = 0;
      const runs = book.runs();
      offerSmoothing(runs);
      const epochs = new Set(shownRuns().flatMap(({ run }) => run.view.samples.map(([epoch]) => epoch)));
      slider.setEpochs([...epochs].sort((a, b) => a - b));
      refreshCharts();
      refreshGrids();
    });
  }

  function offerSmoothing(runs: ClientRun[]): void {
    controls.setLongestRun(Math.max(0, ...runs.map(({ curves }) => curves?.lastStep ?? 0)));
  }

  function refreshCharts(): void {
    const { x, smoothingSteps, clipSpikes, logScale } = controls.values();
    const runs = book.runs();
    const lines = shownRuns().flatMap(({ run, color }) => (run.curves ? [lineOf(run, { color, x, smoothingSteps, runs })] : []));
    find('curves-empty').hidden = runs.some(({ curves }) => curves !== null && curves.lastStep > 0);
    charts.update({ lines, xTitle: X_TITLES[x], clipSpikes, logScale, epochX: epochX() });
  }

  function epochX(): number | null {
    const epoch = slider.epoch();
    if (epoch === null) return null;
    const runs = shownRuns().map(({ run }) => run);
    return commonPosition(runs, { x: controls.values().x, epoch });
  }

  function refreshGrids(): void {
    const shown = shownRuns().filter(({ run }) => run.view.attributes !== null);
    offerColumns(
      columnSelect,
      shown.flatMap(({ run }) => run.view.grid?.columns ?? []),
    );
    find('grids-empty').hidden = shown.some(({ run }) => run.view.samples.length > 0);
    grids.update({
      runs: shown.map(({ run, color }) => ({ view: run.view, color })),
      epoch: slider.epoch(),
      column: columnSelect.value,
      rows: rowsSelect.value === 'auto' ? (shown.length > FEW_RUNS ? ROWS_OF_MANY : Number.POSITIVE_INFINITY) : Number(rowsSelect.value),
      scale: Number(scaleSelect.value),
    });
    window.clearTimeout(aheadTimer);
    aheadTimer = window.setTimeout(() => {
      for (const epoch of slider.neighbours()) void grids.preload(epoch);
    }, AHEAD_MS);
  }

  function highlight(id: string | null): void {
    if (id === highlighted) return;
    highlighted = id;
    charts.highlight(id);
    grids.highlight(id);
    onHighlight(id);
  }

  return { refresh, highlight };
}

/** The pictures beside those in sight are fetched once the slider rests. */
const AHEAD_MS = 150;
/** With at most FEW_RUNS runs the grids are whole at first. With more, only their first rows are shown, so that more runs are in sight. */
const FEW_RUNS = 3;
const ROWS_OF_MANY = 4;

const X_TITLES = { step: 'step', epoch: 'epoch', minutes: 'minutes of training' };

/** Every heading that occurs, in the order of first sight. */
function offerColumns(select: HTMLSelectElement, labels: string[]): void {
  const wanted = ['', ...new Set(labels)];
  if (wanted.length === select.options.length && wanted.every((label, i) => select.options[i]!.value === label)) return;
  const chosen = select.value;
  select.replaceChildren(...wanted.map((label) => new Option(label === '' ? 'all' : label.replaceAll('_', ' '), label)));
  select.value = wanted.includes(chosen) ? chosen : '';
}
