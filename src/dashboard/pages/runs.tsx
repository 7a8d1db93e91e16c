// The table of an experiment's runs, with its filter, and the places for what compares them. client/compare/ fills those.

import { formatHead, type Metric } from '../../experiment/metrics.ts';
import { plural } from '../../experiment/units.ts';
import { ROOT_FROM } from '../http/addresses.ts';
import { capitalise, shortAxis } from '../labels.ts';
import { columnsOf } from '../views/changes.ts';
import type { LiveExperiment } from '../views/live-experiment.ts';
import type { LiveRun } from '../views/live-run.ts';
import { describeRun, rowFacts, viewRun } from '../views/run-facts.ts';
import { renderRow } from './run-parts/row.tsx';

/** The others come with the first answer to the page's question, so that the page itself comes at once. */
const ROWS_AT_FIRST = 100;

interface RowColumns {
  axes: readonly string[];
  metrics: readonly Metric[];
}

/** `metrics`: those for charts alone have no column. */
export function RunSection({ live, axes, metrics }: { live: LiveExperiment } & RowColumns) {
  const columns = { axes, metrics: columnsOf(metrics) };
  const first = [...live.runs.values()].slice(0, ROWS_AT_FIRST);
  const rest = live.runs.size - first.length;
  return (
    <>
      <section class="side-by-side" id="side-by-side" aria-labelledby="side-by-side-title" hidden />
      <section aria-labelledby="runs-title">
        <div class="section-head">
          <h2 id="runs-title" tabindex={-1}>
            Runs <small id="runs-count" role="status" />
          </h2>
          <div class="controls">
            <label>
              Filter
              <input
                id="run-filter"
                type="search"
                autocomplete="off"
                spellcheck={false}
                list="run-fields"
                aria-describedby="filter-help"
                placeholder="seed=1 state=failed …"
              />
            </label>
            <datalist id="run-fields" />
            <button id="only-filtered" type="button" title="In the charts and grids" hidden>
              Show only these
            </button>
            <button id="open-parallel" type="button" aria-expanded="false" aria-controls="parallel">
              Parallel coordinates
            </button>
            <button id="open-compare" type="button" disabled>
              Compare
            </button>
          </div>
        </div>
        <p class="quiet" id="filter-help">
          Words, or conditions: <code>seed=1,2</code> <code>state=failed</code> <code>tag=good</code> <code>epoch&gt;=10</code>{' '}
          <code>distance=0.1..0.2</code>; a minus in front turns one round. Tick two runs or more to compare them.
        </p>
        <p class="notice" id="filter-problem" role="alert" hidden />
        <div id="parallel" class="parallel" hidden />
        {rest === 0 ? '' : <noscript>{`${plural(rest, 'more run')} need JavaScript.`}</noscript>}
        <section class="table-scroll" id="runs-table" tabindex={0} aria-label="Table of runs">
          <table id="runs">
            <RunHead columns={columns} />
            <tbody dangerouslySetInnerHTML={{ __html: first.map((run) => rowOf(live, run, columns)).join('') }} />
          </table>
        </section>
        <nav class="pager" id="pager" aria-label="Pages of the table" hidden />
      </section>
    </>
  );
}

function rowOf(live: LiveExperiment, run: LiveRun, { axes, metrics }: RowColumns): string {
  const facts = describeRun(live.name, run);
  const names = metrics.map(({ name }) => name);
  return renderRow(viewRun(facts, run), rowFacts(facts, names), { axes, root: ROOT_FROM.experiment });
}

function RunHead({ columns: { axes, metrics } }: { columns: RowColumns }) {
  const heads: [key: string, label: string, className: string][] = [
    ['run', 'Run', ''],
    ...axes.map((axis): [string, string, string] => [axis, shortAxis(axis), '']),
    ['count', '# attributes', 'number'],
    ['state', 'State', ''],
    ['step', 'Steps', 'number'],
    ['epoch', 'Epochs', 'number'],
    ...metrics.map((metric): [string, string, string] => [metric.name, capitalise(formatHead(metric)), 'number']),
    ['speed', 'Images/s', 'number'],
    ['time', 'Time', 'number'],
  ];
  return (
    <thead>
      <tr>
        <th scope="col" class="toggle">
          Show
        </th>
        <th scope="col" class="pick">
          Compare<span class="sr-only">, keep at the top</span>
        </th>
        {heads.map(([key, label, className]) => (
          <th scope="col" class={className} data-key={key}>
            <button type="button">{label}</button>
          </th>
        ))}
      </tr>
    </thead>
  );
}
