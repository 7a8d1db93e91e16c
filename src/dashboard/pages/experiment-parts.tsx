// The parts of an experiment's page that are rendered again when something has changed.

import { formatDuration, plural } from '../../experiment/units.ts';
import { commandToGoOn } from '../../results/commands.ts';
import { describeLastSign } from '../../results/leases/last-sign.ts';
import { readLastSign } from '../../results/leases/lease.ts';
import { runnerLeaseFile } from '../../results/paths.ts';
import type { LeaseRecord } from '../../results/records.ts';
import { countStates, RUN_STATES } from '../../results/states.ts';
import type { SweepProgress } from '../data/api.ts';
import { measureSweep } from '../data/sweep-progress.ts';
import { ROOT_FROM, runAddress } from '../http/addresses.ts';
import type { LiveExperiment } from '../views/live-experiment.ts';
import { describeRun } from '../views/run-facts.ts';
import { Command, Notices, StateMark } from './parts.tsx';

/** Runs by state, who is at work, what to do next, what could not be read. */
export function renderSummary(live: LiveExperiment): string {
  return (<Summary live={live} />).toString() as string;
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
          Nothing is at work on the unfinished runs. Go on with <Command>{commandToGoOn(live.resultsRoot, live.results)}</Command>
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

/** What successive halving decided lately, newest first; folded, as what it led to is seen in the table. */
function Decisions({ live: { name, decisions, runs } }: { live: LiveExperiment }) {
  const shown = decisions.slice(-DECISIONS_SHOWN).reverse();
  if (shown.length === 0) return '';
  return (
    <details class="decisions" id="decisions">
      <summary>{`Successive halving: ${plural(decisions.length, 'decision')}`}</summary>
      <ul>
        {shown.map(({ run, decision, reason }) => (
          <li>
            <b>{DECISION_WORDS[decision] ?? decision}</b>{' '}
            {runs.has(run) ? <a href={`${ROOT_FROM.experiment}${runAddress(name, run)}`}>{run}</a> : run}: {reason}
          </li>
        ))}
      </ul>
    </details>
  );
}

const DECISIONS_SHOWN = 8;
const DECISION_WORDS: Partial<Record<string, string>> = { promoted: 'goes on', 'stopped-early': 'stopped early', finished: 'finished' };
