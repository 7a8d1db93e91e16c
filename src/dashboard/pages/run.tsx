// A run's page: how it ended or where it is, its curves and grids, its configuration, its log.

import { formatHead, listMetrics } from '../../experiment/metrics.ts';
import { formatCount, formatDuration, formatNumber } from '../../experiment/units.ts';
import { commandFor } from '../../results/commands.ts';
import { readNote } from '../../results/runs/notes.ts';
import { isFailure, RUN_STATES } from '../../results/states.ts';
import type { FaceService } from '../faces.ts';
import { experimentAddress, ROOT_FROM } from '../http/addresses.ts';
import type { Assets } from '../http/assets.ts';
import { capitalise } from '../labels.ts';
import { chartedMetrics, metricsOf } from '../views/changes.ts';
import type { LiveExperiment } from '../views/live-experiment.ts';
import type { LiveRun } from '../views/live-run.ts';
import { describeRun, type RunFacts } from '../views/run-facts.ts';
import { ConfigLists, Facts, Provenance } from './config-list.tsx';
import { CurveSection, GridSection } from './curves.tsx';
import { renderPage } from './layout.tsx';
import { Lightbox } from './lightbox.tsx';
import { Command, Notices, StateMark } from './parts.tsx';
import { RunData } from './run-data.tsx';
import { Differing } from './run-parts/differing.tsx';
import { GenerateSection } from './run-parts/generate.tsx';
import { LogSection } from './run-parts/log.tsx';
import { NoteSection } from './run-parts/note.tsx';
import { Worth } from './worth.tsx';

const ROOT = ROOT_FROM.run;

interface RunPageProps {
  live: LiveExperiment;
  run: LiveRun;
  log: { version: string; lines: string[] };
  assets: Assets;
  /** Whether the page may change the note. */
  canWrite: boolean;
  /** The command that goes on with the experiment; null: it is not known. */
  goOn: string | null;
  /** What faces can be made from it; null: none by this page. */
  generate: ReturnType<FaceService['look']> | null;
}

export function renderRun({ live, run, log, assets, canWrite, goOn, generate }: RunPageProps): string {
  const facts = describeRun(live.name, run);
  const experimentUrl = `${ROOT}${experimentAddress(live.name)}`;
  const url = `${ROOT}${facts.url}`;
  const record = run.run.record;
  const metrics = metricsOf([run]);
  return renderPage({
    title: `${facts.label} · ${live.name}`,
    page: 'run',
    root: ROOT,
    data: {
      api: `${ROOT}api/${experimentAddress(live.name)}`,
      changes: `${ROOT}api/${facts.url}/changes`,
      samples: experimentUrl,
      run: `${ROOT}api/${facts.url}`,
      log: log.version,
      metrics: JSON.stringify(metrics.map(({ name }) => name)),
    },
    assets,
    crumbs: [
      [live.name, experimentUrl],
      [facts.label, url],
    ],
    children: (
      <>
        <h1>{facts.label}</h1>
        <div id="summary" dangerouslySetInnerHTML={{ __html: renderRunSummary(facts, goOn) }} />
        <p class="stop" id="run-actions" hidden />
        <NoteSection {...readNote(run.run.folder)} canWrite={canWrite} />
        <CurveSection metrics={chartedMetrics([run])} hasGroups={false} />
        <section class="film" id="film" aria-label="Sample grids of all epochs" hidden />
        <GridSection />
        {generate ? <GenerateSection {...generate} mayComeLater={!RUN_STATES[facts.state].isFinal} /> : ''}
        <section aria-labelledby="config-title">
          <h2 id="config-title">Configuration</h2>
          {record ? (
            <>
              <Differing record={record} url={url} />
              <details>
                <summary>Every field</summary>
                <ConfigLists record={record} />
              </details>
            </>
          ) : (
            <p class="empty">This run has not been set up yet; its configuration comes with its first start.</p>
          )}
        </section>
        {record?.data ? (
          <section aria-labelledby="data-title">
            <h2 id="data-title">What it learns from</h2>
            <RunData data={record.data} />
          </section>
        ) : (
          ''
        )}
        {record ? (
          <section aria-labelledby="provenance-title">
            <h2 id="provenance-title">Where it comes from</h2>
            <Provenance record={record} url={url} />
            <p class="next">
              Train it again and compare with <Command>{commandFor(live.resultsRoot, 'reproduce', facts.id)}</Command>
            </p>
          </section>
        ) : (
          ''
        )}
        <LogSection lines={log.lines} url={url} id={facts.id} />
        <Lightbox />
      </>
    ),
  });
}

/** State, message and figures: the part that is rendered again when something changed. */
export function renderRunSummary(facts: RunFacts, goOn: string | null): string {
  return (<RunSummary facts={facts} goOn={goOn} />).toString() as string;
}

function RunSummary({ facts, goOn }: { facts: RunFacts; goOn: string | null }) {
  const { state, message, note, steps, step, epoch, epochs, secondsLeft, values } = facts;
  const losses = listMetrics(Object.keys(values.last), values.declared).filter(
    ({ name, when, audience }) => when === 'step' && audience === 'tables' && values.last[name] !== undefined,
  );
  const isBad = isFailure(state);
  const canGoOn = goOn !== null && facts.current && (RUN_STATES[state].mayContinue || isBad);
  const figures: [string, string | null][] = [
    ['Steps', step === 0 ? null : `${formatCount(step)}${steps === null ? '' : ` of ${formatCount(steps)}`}`],
    ['Epochs', epochs === null ? null : `${epoch} of ${epochs}`],
    ...losses.map((metric): [string, string | null] => [capitalise(formatHead(metric)), formatNumber(values.last[metric.name]!)]),
    ['Images/s', facts.imagesPerSecond === null ? null : formatCount(facts.imagesPerSecond)],
    ['Time', facts.seconds === null ? null : formatDuration(facts.seconds)],
    ['Time left', secondsLeft === null ? null : formatDuration(secondsLeft)],
  ];
  return (
    <>
      <div class={isBad ? 'outcome outcome-bad' : 'outcome'} role={isBad ? 'alert' : 'note'}>
        <StateMark state={state} />
        <span>{[message ?? RUN_STATES[state].meaning, note].filter(Boolean).join(' ')}</span>
      </div>
      {canGoOn ? (
        <p class="next">
          {state === 'queued' ? 'Start it with ' : isBad ? 'Try it again with ' : 'Go on with '}
          <Command>{`${goOn} --only ${facts.id}`}</Command>
        </p>
      ) : (
        ''
      )}
      <Facts facts={figures} />
      <Worth values={values} />
      <Notices problems={facts.problems} />
    </>
  );
}
