// facet evaluate RUN…: measures the last and the best checkpoint of runs that have ended, without training.

import { chooseColumns, formatHead } from '../../experiment/metrics.ts';
import type { EvaluationConfig } from '../../experiment/schema/schema.ts';
import { describeAccuracy, explainJudge, explainUnreliable, listUnreliable } from '../../results/compare/describe-judge.ts';
import { requireNoFile } from '../../results/files/require-folder.ts';
import { storeNonFinite } from '../../results/files/write.ts';
import type { EvaluationFile } from '../../results/records.ts';
import { type FoundRun, findRun } from '../../results/runs/find.ts';
import { type EvaluateEnd, evaluateRun } from '../../runner/evaluate-run.ts';
import { EXIT } from '../exit-codes.ts';
import { makeHarmless } from '../harmless.ts';
import { loadExperiment } from '../load-experiment.ts';
import { isLiveTerminal } from '../progress/live-region.ts';
import { createStatusLine } from '../progress/status-line.ts';
import { listenForStop } from '../stop-signals.ts';
import { createPaint, terminalColumns } from '../text/paint.ts';
import { formatTable } from '../text/table.ts';

export interface EvaluateCommandOptions {
  /** As findRun takes them. */
  runs: string[];
  results: string;
  oracle: boolean;
  /** An experiment file, as whose section `evaluation` says they are measured; absent: as the run.json of each says. */
  file?: string;
  json: boolean;
  /** The program that measures one run. */
  evaluator: string;
}

/** Exits with 0 where every run was measured, 3 where only such are missing that a process works on, else 1. */
export async function evaluateCommand(command: EvaluateCommandOptions): Promise<number> {
  const { runs, results, file, json, evaluator } = command;
  requireNoFile(results);
  const found = runs.map((run) => findRun(results, run));
  const options = { oracle: command.oracle, ...(file !== undefined && { evaluation: await readEvaluationSection(file) }) };
  const { stop, release } = listenForStop();
  const isLive = isLiveTerminal(process.stdout);
  const ends: { run: FoundRun; end: EvaluateEnd }[] = [];
  try {
    for (const run of found) {
      if (stop.graceful.aborted) break;
      const status = json ? null : createStatusLine();
      const onPhase = (phase: string) => status?.show(`${run.id}  ${makeHarmless(isLive ? phase : phase.replace(PERCENT, ''))}`);
      const end = await evaluateRun({ folder: run.folder, evaluator, options, stop: stop.graceful, onPhase }).finally(() =>
        status?.close(),
      );
      ends.push({ run, end });
      if (!json || end.kind !== 'measured') tell(run, end);
    }
  } finally {
    release();
  }
  if (json) process.stdout.write(`${JSON.stringify({ format: 1, runs: ends.map(describeJson) }, storeNonFinite, 2)}\n`);
  if (stop.graceful.aborted) return EXIT.interrupted;
  const kinds = new Set(ends.map(({ end }) => end.kind));
  return kinds.has('failed') ? EXIT.runFailed : kinds.has('held') ? EXIT.held : EXIT.ok;
}

/** Of an experiment file, the same for all of its runs. Throws a UserError with a line for each fault. */
async function readEvaluationSection(file: string): Promise<EvaluationConfig> {
  return (await loadExperiment(file, [])).points[0]!.config.evaluation;
}

/** At the end of a phase. Where each phase is a line that stays, it would make hundreds of them. */
const PERCENT = /: \d+ %$/;

function tell({ experiment, id }: FoundRun, end: EvaluateEnd): void {
  const run = `${experiment}/${id}`;
  if (end.kind === 'measured') {
    const lines = [
      `${run}: ${describeCheckpoints(end.evaluation)}`,
      ...(end.note ? [end.note] : []),
      renderValues(end.evaluation),
      ...describeJudge(end.evaluation),
    ];
    process.stdout.write(`${lines.join('\n')}\n`);
  } else if (end.kind === 'held') {
    const { pid, host, since } = end.holder;
    process.stderr.write(`${run} is not measured: process ${pid} on ${host} has been at work on it since ${since}\n`);
  } else process.stderr.write(`${run} is not measured: ${makeHarmless(end.problem)}\n`);
}

function describeCheckpoints({ last, best, bestBy }: EvaluationFile): string {
  const which = best.step === last.step ? 'its last checkpoint is its best' : `best after epoch ${best.epoch}, last after ${last.epoch}`;
  return `${which} by ${bestBy}`;
}

/** Who judged, and how good that oracle is itself; nothing without one. */
function describeJudge(evaluation: EvaluationFile): string[] {
  const { oracle, last } = evaluation;
  if (oracle === null) return [];
  const facts = { oracle: oracle.identity, pictures: last.pictures, heldOut: oracle.heldOut, accuracy: describeAccuracy(evaluation) };
  return [explainJudge(facts), ...explainUnreliable(listUnreliable([evaluation]))].filter((line) => line !== '');
}

function renderValues({ last, best, floor }: EvaluationFile): string {
  const names = chooseColumns([...Object.keys(last.values), ...Object.keys(best.values)]);
  const hasFloor = Object.keys(floor).length > 0;
  const cell = (value: number | undefined) => ({ text: value === undefined ? '' : Number(value.toPrecision(4)).toString() });
  const rows = names.map((metric) => [
    { text: `  ${formatHead(metric)}` },
    cell(last.values[metric.name]),
    cell(best.values[metric.name]),
    ...(hasFloor ? [cell(floor[metric.name])] : []),
  ]);
  const head = ['', 'last', 'best', ...(hasFloor ? ['real pictures'] : [])];
  return formatTable(head, rows, { paint: createPaint(process.stdout), columns: terminalColumns(), right: [1, 2, 3] });
}

function describeJson({ run: { experiment, id, folder }, end }: { run: FoundRun; end: EvaluateEnd }) {
  const run = { experiment, id, folder };
  if (end.kind === 'measured') return { ...run, evaluation: end.evaluation, ...(end.note && { note: end.note }) };
  return { ...run, evaluation: null, problem: end.kind === 'failed' ? end.problem : `process ${end.holder.pid} is at work on it` };
}
