// Lays the cards of runs out by two axes of the sweep: a row for each value of one, a column for each value of the other.

import { shortAxis } from '../../labels.ts';
import type { RunView } from '../../wire.ts';
import { make } from '../elements.ts';

/** Axes of the sweep; '': none in this direction. */
export interface MatrixAxes {
  down: string;
  across: string;
}

export interface MatrixPlan {
  /** Values of `down` and of `across`, each in order; one '' where that is none. */
  rows: string[];
  columns: string[];
  /** Runs by row and column. */
  cells: RunView[][][];
}

/** The axes of which the runs have more than one value. */
export function matrixChoices(runs: readonly RunView[]): string[] {
  const axes = [...new Set(runs.flatMap((run) => Object.keys(run.axes)))];
  return axes.filter((axis) => new Set(runs.map((run) => run.axes[axis])).size > 1);
}

/** Numbers by size, other values in the order of the runs. */
export function planMatrix(runs: readonly RunView[], { down, across }: MatrixAxes): MatrixPlan {
  const valuesOf = (axis: string): string[] => {
    const values = [...new Set(runs.map((run) => run.axes[axis] ?? ''))];
    const areNumbers = values.every((value) => value !== '' && Number.isFinite(Number(value)));
    return areNumbers ? values.sort((a, b) => Number(a) - Number(b)) : values;
  };
  const [rows, columns] = [valuesOf(down), valuesOf(across)];
  const cells = rows.map((row) =>
    columns.map((column) => runs.filter((run) => (run.axes[down] ?? '') === row && (run.axes[across] ?? '') === column)),
  );
  return { rows, columns, cells };
}

/** The plan as elements; `cardOf`: of a run. */
export function drawMatrix(
  { rows, columns, cells }: MatrixPlan,
  { down, across }: MatrixAxes,
  cardOf: (id: string) => HTMLElement,
): HTMLElement {
  const table = make('table', { class: 'grid-matrix' });
  const name = (axis: string, value: string): string => (axis === '' ? '' : `${shortAxis(axis)} ${value || '–'}`);
  if (across !== '') {
    const heads = columns.map((column) => make('th', { scope: 'col' }, name(across, column)));
    table.append(make('thead', {}, make('tr', {}, ...(down === '' ? [] : [make('td')]), ...heads)));
  }
  const body = rows.map((row, at) => {
    const head = down === '' ? [] : [make('th', { scope: 'row' }, name(down, row))];
    const filled = cells[at]!.map((runs) =>
      make(
        'td',
        {},
        make('div', {}, ...(runs.length === 0 ? [make('span', { class: 'quiet' }, 'no run')] : runs.map(({ id }) => cardOf(id)))),
      ),
    );
    return make('tr', {}, ...head, ...filled);
  });
  table.append(make('tbody', {}, ...body));
  return make('div', { class: 'matrix-scroll', tabindex: '0', role: 'region', 'aria-label': 'Sample grids by swept parameters' }, table);
}
