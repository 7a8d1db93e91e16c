// An experiment's page: curves of all runs overlaid, their sample grids side by side, their table.

import type { Child } from 'hono/jsx';
import { formatHead } from '../../experiment/metrics.ts';
import { plural } from '../../experiment/units.ts';
import { experimentAddress, ROOT_FROM } from '../http/addresses.ts';
import type { Assets } from '../http/assets.ts';
import { capitalise, shortAxis } from '../labels.ts';
import { REPORT_API } from '../report/report-data.ts';
import { axisNames, chartedMetrics, metricsOf, rowOf } from '../views/changes.ts';
import { compareLive } from '../views/comparison.ts';
import type { LiveExperiment } from '../views/live-experiment.ts';
import { renderComparison } from './comparison.tsx';
import { CurveSection, GridSection } from './curves.tsx';
import { listColumns, type RowColumns, renderSummary } from './experiment-parts.tsx';
import { HeadlineSection } from './headline.tsx';
import { type ReportParts, renderPage } from './layout.tsx';
import { Command } from './parts.tsx';

const ROOT = ROOT_FROM.experiment;

/** `report`: makes it a page in one file, with what is to be said of each run at its end. */
export function renderExperiment(live: LiveExperiment, assets: Assets, report: (ReportParts & { runs: Child }) | null = null): string {
  const { name } = live;
  const url = experimentAddress(name);
  const { record } = live.results;
  const axes = axisNames(live);
  const metrics = metricsOf(live.runs.values());
  return renderPage({
    title: name,
    page: 'experiment',
    root: report === null ? ROOT : '#',
    report,
    data: {
      api: report === null ? `${ROOT}api/${url}` : REPORT_API,
      stop: `${ROOT}api/${url}/stop`,
      samples: `${ROOT}${url}`,
      axes: JSON.stringify(axes),
      metrics: JSON.stringify(metrics.map(({ name }) => name)),
    },
    assets,
    crumbs: [[name, `${ROOT}${url}`]],
    children: (
      <>
        <h1>{name}</h1>
        {record?.description ? <p class="lead">{record.description}</p> : ''}
        <div id="summary" dangerouslySetInnerHTML={{ __html: renderSummary(live) }} />
        <p class="stop" id="stop" hidden />
        {live.runs.size === 0 ? (
          <p class="empty">
            This experiment has no runs yet. Start it with{' '}
            <Command>{`npx facet run ${record?.file ?? `experiments/${name}.yaml`}`}</Command>
          </p>
        ) : (
          <>
            <noscript>
              <p class="notice">The table below needs no JavaScript; the curves and sample grids do.</p>
            </noscript>
            <HeadlineSection />
            <div id="comparison" dangerouslySetInnerHTML={{ __html: renderComparison(compareLive(live), live.name) }} />
            <section class="legend-section" aria-label="Runs shown">
              <div class="legend" id="legend" />
            </section>
            <CurveSection metrics={chartedMetrics([...live.runs.values()])} hasGroups />
            <GridSection />
            <RunTable live={live} columns={{ axes, metrics }} />
            {report?.runs ?? ''}
          </>
        )}
      </>
    ),
  });
}

/** The others come with the first answer to the page's question, so that the page itself comes at once. */
const ROWS_AT_FIRST = 100;

function RunTable({ live, columns: { axes, metrics } }: { live: LiveExperiment; columns: RowColumns }) {
  const heads: [label: string, className: string][] = [
    ['Run', ''],
    ...axes.map((axis): [string, string] => [shortAxis(axis), '']),
    ['# attributes', 'number'],
    ['State', ''],
    ['Steps', 'number'],
    ['Epochs', 'number'],
    ...listColumns(metrics).map((metric): [string, string] => [capitalise(formatHead(metric)), 'number']),
    ['Images/s', 'number'],
    ['Time', 'number'],
  ];
  const first = [...live.runs.values()].slice(0, ROWS_AT_FIRST);
  const rest = live.runs.size - first.length;
  return (
    <section aria-labelledby="runs-title">
      <div class="section-head">
        <h2 id="runs-title">Runs</h2>
      </div>
      {rest === 0 ? '' : <noscript>{`${plural(rest, 'more run')} need JavaScript.`}</noscript>}
      <section class="table-scroll" tabindex={0} aria-label="Table of runs">
        <table id="runs">
          <thead>
            <tr>
              <th scope="col" class="toggle">
                <span class="sr-only">Shown</span>
              </th>
              {heads.map(([label, className]) => (
                <th scope="col" class={className}>
                  <button type="button">{label}</button>
                </th>
              ))}
            </tr>
          </thead>
          <tbody dangerouslySetInnerHTML={{ __html: first.map((run) => rowOf(live, run, { axes, metrics })).join('') }} />
        </table>
      </section>
    </section>
  );
}
