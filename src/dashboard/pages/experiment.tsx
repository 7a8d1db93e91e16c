// An experiment's page: curves of all runs overlaid, their sample grids side by side, their table.

import type { Child } from 'hono/jsx';
import { commandToGoOn } from '../../results/commands.ts';
import { experimentAddress, ROOT_FROM } from '../http/addresses.ts';
import type { Assets } from '../http/assets.ts';
import { REPORT_API } from '../report/report-data.ts';
import { axisNames, chartedMetrics, metricsOf } from '../views/changes.ts';
import { compareLive } from '../views/comparison.ts';
import type { LiveExperiment } from '../views/live-experiment.ts';
import { renderComparison } from './comparison.tsx';
import { CurveSection, GridSection } from './curves.tsx';
import { renderSummary } from './experiment-parts.tsx';
import { HeadlineSection } from './headline.tsx';
import { type ReportParts, renderPage } from './layout.tsx';
import { Lightbox } from './lightbox.tsx';
import { Command } from './parts.tsx';
import { RunSection } from './runs.tsx';

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
            This experiment has no runs yet. Start it with <Command>{commandToGoOn(live.resultsRoot, live.results)}</Command>
          </p>
        ) : (
          <>
            <noscript>
              <p class="notice">The table below needs no JavaScript; the curves and sample grids do.</p>
            </noscript>
            <nav class="jumps" aria-label="Parts of this page">
              {JUMPS.map(([id, label]) => (
                <button type="button" data-jump={id}>
                  {label}
                </button>
              ))}
            </nav>
            <HeadlineSection />
            <div id="comparison" dangerouslySetInnerHTML={{ __html: renderComparison(compareLive(live), live) }} />
            <section class="legend-section" aria-label="Runs shown">
              <div class="legend" id="legend" />
            </section>
            <CurveSection metrics={chartedMetrics([...live.runs.values()])} hasGroups />
            <GridSection />
            <RunSection live={live} axes={axes} metrics={metrics} />
            {report?.runs ?? ''}
            <Lightbox />
          </>
        )}
      </>
    ),
  });
}

/** Sections by the id of their title. The address after # keeps what is set, so that these are no links. */
const JUMPS: [id: string, label: string][] = [
  ['curves-title', 'Curves'],
  ['samples-title', 'Sample grids'],
  ['runs-title', 'Table of runs'],
];
