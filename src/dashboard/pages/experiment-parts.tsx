// The parts of an experiment's page that are rendered again when something has changed.

import { chooseShown, type Metric } from '../../experiment/metrics.ts';
import { formatCount, formatDuration, formatNumber, plural } from '../../experiment/units.ts';
import { describeLastSign } from '../../results/leases/last-sign.ts';
import { readLastSign } from '../../results/leases/lease.ts';
import { runnerLeaseFile } from '../../results/paths.ts';
import type { LeaseRecord } from '../../results/records.ts';
import { countStates, RUN_STATES } from '../../results/states.ts';
import type { SweepProgress } from '../data/api.ts';
import { measureSweep } from '../data/sweep-progress.ts';
import { ROOT_FROM, runAddress } from '../http/addresses.ts';
import type { LiveExperiment } from '../views/live-experiment.ts';
import { describeRun, type RunFacts } from '../views/run-facts.ts';
import { Command, Notices, StateMark } from './parts.tsx';

/** Runs by state, who is at work, what to do next, what could not be read. */
export function renderSummary(live: LiveExperiment): string {
  return (<Summary live={live} />).toString() as string;
}

export interface RowColumns {
  axes: readonly string[];
  /** Those for charts alone have no column. */
  metrics: readonly Metric[];
}

/** One run as a table row. */
export function renderRow(facts: RunFacts, columns: RowColumns): string {
  return (<RunRow facts={facts} columns={columns} />).toString() as string;
}

function Summary({ live }: { live: LiveExperiment }) {
  const runs = [...live.runs.values()];
  const states = runs.filter(({ run }) => run.current).map(({ run }) => run.state);
  const counts = countStates(states);
  const { record, runner, problems } = live.results;
  const isUnfinished = states.some((state) => RUN_STATES[state].mayContinue);
  const isAtWork = runner !== null || counts.has('running');
  return (
    <>
      <p class="states">
        <b>{plural(states.length, 'run')}</b>
        {[...counts].map(([state, count]) => (
          <StateMark state={state} count={count} />
        ))}
        {runner ? <span class="quiet">{describeRunner(runner, live.results.folder)}</span> : ''}
      </p>
      {!isAtWork && isUnfinished && record ? (
        <p class="next">
          Nothing is at work on the unfinished runs. Go on with <Command>{`npx facet run ${record.file}`}</Command>
        </p>
      ) : (
        ''
      )}
      {isAtWork ? <Progress live={live} /> : ''}
      <Decisions live={live} />
      <Notices problems={[...problems, ...runs.flatMap((run) => run.problems)]} />
    </>
  );
}

/** Of one that cannot be seen from here, also when it was last heard of: results may have been copied while it ran. */
function describeRunner({ pid, host }: LeaseRecord, folder: string): string {
  const lastSignMs = readLastSign(runnerLeaseFile(folder));
  if (lastSignMs === null) return `facet run is at work (process ${pid})`;
  return `facet run was at work as process ${pid} on ${host}, ${describeLastSign(lastSignMs, Date.now())}`;
}

/** How far the whole sweep is, and how long it still takes. */
function Progress({ live }: { live: LiveExperiment }) {
  const { share, secondsLeft, done, runs } = progressOf(live);
  const part = share ?? 0;
  return (
    <p class="progress">
      <progress max="1" value={part} aria-label="Progress of the sweep" />
      <span>
        <b>{`${Math.floor(part * 100)} %`}</b> {`of all steps · ${done} of ${plural(runs, 'run')} done`}
        {secondsLeft === null ? '' : ` · about ${formatDuration(secondsLeft)} left`}
      </span>
    </p>
  );
}

/** Of all runs that the file asks for. */
export function progressOf(live: LiveExperiment): SweepProgress {
  return measureSweep([...live.runs.values()].map((run) => describeRun(live.name, run)));
}

/** What successive halving decided lately, newest first. */
function Decisions({ live }: { live: LiveExperiment }) {
  const shown = live.decisions.slice(-DECISIONS_SHOWN).reverse();
  if (shown.length === 0) return '';
  return (
    <section class="decisions" aria-label="Successive halving">
      <h2>Successive halving</h2>
      <ul>
        {shown.map(({ run, decision, reason }) => (
          <li>
            <b>{DECISION_WORDS[decision] ?? decision}</b>{' '}
            {live.runs.has(run) ? <a href={`${ROOT_FROM.experiment}${runAddress(live.name, run)}`}>{run}</a> : run}: {reason}
          </li>
        ))}
      </ul>
    </section>
  );
}

const DECISIONS_SHOWN = 8;
const DECISION_WORDS: Partial<Record<string, string>> = { promoted: 'goes on', 'stopped-early': 'stopped early', finished: 'finished' };

function RunRow({ facts, columns }: { facts: RunFacts; columns: RowColumns }) {
  const { id, url, label, attributes, state, current, secondsLeft } = facts;
  const message = state === 'succeeded' ? facts.note : facts.message;
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
      <th scope="row" data-sort={label}>
        <a href={`${ROOT_FROM.experiment}${url}`}>{label}</a>
        {current ? '' : <small title="The experiment file no longer asks for this run">former</small>}
      </th>
      {columns.axes.map((axis) => (
        <td data-sort={facts.axes[axis] ?? ''}>{facts.axes[axis] ?? ''}</td>
      ))}
      <td class="number" data-sort={attributes?.length ?? ''} title={attributes?.join(', ')}>
        {attributes?.length ?? '–'}
      </td>
      <td data-sort={state}>
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
      <td class="number" data-sort={facts.step}>
        {facts.step === 0 ? '–' : formatCount(facts.step)}
        {facts.steps !== null && facts.steps > facts.step ? <small> of {formatCount(facts.steps)}</small> : ''}
      </td>
      <td class="number" data-sort={facts.epoch}>
        {facts.epoch === 0 ? '–' : facts.epoch}
        {facts.epochs === null ? '' : <small> of {facts.epochs}</small>}
      </td>
      {listColumns(columns.metrics).map(({ name }) => (
        <Figure value={facts.values.last[name] ?? null} best={facts.values.best?.values[name]} text={formatNumber} />
      ))}
      <Figure value={facts.imagesPerSecond} text={formatCount} />
      <Figure value={facts.seconds} text={formatDuration} />
    </tr>
  );
}

/** The metrics that tables show. */
export function listColumns(metrics: readonly Metric[]): Metric[] {
  return chooseShown(metrics);
}

/** `best`: what it is at the best checkpoint; shown where that is something else. */
function Figure({ value, best, text }: { value: number | null; best?: number | undefined; text: (value: number) => string }) {
  return (
    <td class="number" data-sort={value === null || Number.isNaN(value) ? '' : value}>
      {value === null ? '–' : text(value)}
      {best === undefined || value === null || text(best) === text(value) ? (
        ''
      ) : (
        <small title="At its best checkpoint">best {text(best)}</small>
      )}
    </td>
  );
}
