// One run as a row of the table of runs. The server renders the first rows, the browser those that come into sight.

import { formatCount, formatDuration, formatNumber } from '../../../experiment/units.ts';
import type { RowFacts, RowFigure, RunView } from '../../wire.ts';
import { StateMark } from '../parts.tsx';

export interface RowOptions {
  /** The sweep's axes, each a column. */
  axes: readonly string[];
  /** The way to the dashboard's root. */
  root: string;
}

/** `facts`: with a figure for each column of a metric. */
export function renderRow(view: RunView, facts: RowFacts, options: RowOptions): string {
  return (<RunRow view={view} facts={facts} options={options} />).toString() as string;
}

type SortKey = string | number | null;

/** What a column is sorted by; null where the run has nothing there. `metrics`: of the columns of figures. */
export function sortKeyOf(key: string, view: RunView, facts: RowFacts, metrics: readonly string[]): SortKey {
  const { label, attributes, state, axes } = view;
  const fixed: Record<string, SortKey> = {
    run: label,
    count: attributes?.length ?? null,
    state,
    step: view.step,
    epoch: facts.epoch,
    speed: facts.imagesPerSecond,
    time: facts.seconds,
  };
  if (Object.hasOwn(axes, key)) return axes[key]!;
  if (Object.hasOwn(fixed, key)) return fixed[key]!;
  const last = numberOf(facts.figures[metrics.indexOf(key)]?.[0]);
  return last === null || Number.isNaN(last) ? null : last;
}

/** As JSON holds it: a number that is not finite is its name. */
function numberOf(stored: RowFigure[number] | undefined): number | null {
  return stored === null || stored === undefined ? null : Number(stored);
}

function RunRow({ view, facts, options: { axes, root } }: { view: RunView; facts: RowFacts; options: RowOptions }) {
  const { id, url, label, attributes, state, current, step, epochs } = view;
  const { message, secondsLeft, steps, epoch } = facts;
  return (
    <tr id={`row-${id}`} data-run={id}>
      <td class="toggle">
        <label>
          <input type="checkbox" checked aria-label={`Show ${label}`} />
          <span class="swatch" aria-hidden="true" />
        </label>
      </td>
      <td class="pick">
        <input type="checkbox" class="choose" aria-label={`Compare ${label}`} />
        <button type="button" class="pin" aria-pressed="false" aria-label={`Keep ${label} at the top`} title="Keep at the top">
          <svg viewBox="0 0 16 16" width="12" height="12" aria-hidden="true">
            <path d="M10 1l5 5-2 .6L9.8 9.8l.2 3.2-1 1-3-3L2 15l-1-1 4-4-3-3 1-1 3.2.2L9.4 3z" />
          </svg>
        </button>
      </td>
      <th scope="row">
        <a href={`${root}${url}`}>{label}</a>
        {current ? '' : <small title="The experiment file no longer asks for this run">former</small>}
      </th>
      {axes.map((axis) => (
        <td>{view.axes[axis] ?? ''}</td>
      ))}
      <td class="number" title={attributes?.join(', ')}>
        {attributes?.length ?? '–'}
      </td>
      <td>
        <StateMark state={state} />
        {secondsLeft === null ? '' : <small>{formatDuration(secondsLeft)} left</small>}
        {message ? (
          <small class="message" title={message}>
            {message}
          </small>
        ) : (
          ''
        )}
      </td>
      <td class="number">
        {step === 0 ? '–' : formatCount(step)}
        {steps !== null && steps > step ? <small> of {formatCount(steps)}</small> : ''}
      </td>
      <td class="number">
        {epoch === 0 ? '–' : epoch}
        {epochs === null ? '' : <small> of {epochs}</small>}
      </td>
      {facts.figures.map(([last, best]) => (
        <Figure value={numberOf(last)} best={numberOf(best)} text={formatNumber} />
      ))}
      <Figure value={facts.imagesPerSecond} best={null} text={formatCount} />
      <Figure value={facts.seconds} best={null} text={formatDuration} />
    </tr>
  );
}

/** `best`: what it is at the best checkpoint; shown where that is something else. */
function Figure({ value, best, text }: { value: number | null; best: number | null; text: (value: number) => string }) {
  return (
    <td class="number">
      {value === null ? '–' : text(value)}
      {best === null || value === null || text(best) === text(value) ? '' : <small title="At its best checkpoint">best {text(best)}</small>}
    </td>
  );
}
