// (pure) The runs of one or several experiments as points of a sweep: what each point is worth over its seeds, which is the best, and
// which runs count for nothing and why. The terminal, JSON, CSV and the page show what this gives.

import { chooseShown, listMetrics, type Metric, uniteDeclared } from '../../experiment/metrics.ts';
import { type Choice, chooseJudged, chooseRuns, groupBy, keyOfJudge, type LeftOut } from './choose-runs.ts';
import { differingFields, keyOf, labelOf, SEED, tellingFields, type WorkedRun } from './compared-fields.ts';
import { describeJudge, explainUnreliable, type JudgeFacts, listUnreliable, nameSome } from './describe-judge.ts';
import type { RunResult } from './run-result.ts';
import { measureSpread, measureSpreads, type Spread } from './spread.ts';

export interface Comparison {
  experiments: string[];
  /** The field by whose values the runs are grouped; null: by everything but the seed. */
  by: string | null;
  /** Those that tell the rows apart. */
  fields: string[];
  /** Those that differ within a row. */
  averagedOver: string[];
  /** Those that any of the compared runs has, in the order of tables. */
  metrics: Metric[];
  rows: ComparedPoint[];
  /** What judged the rows: one, unless the rows cannot be compared with each other. */
  judges: JudgeFacts[];
  leftOut: LeftOut[];
  /** What a reader has to know, each in a sentence. */
  notes: string[];
}

export interface ComparedPoint {
  /** Field -> value, as written for a person. */
  values: Record<string, string>;
  runs: { experiment: string; id: string; seed: number }[];
  /** Runs of this point that do not count. */
  leftOut: LeftOut[];
  /** Place in `judges`. */
  judge: number;
  /** By the metric's name: at the end of the runs, and at their best checkpoints. */
  last: Record<string, Spread>;
  best: Record<string, Spread>;
  imagesPerSecond: Spread | null;
  seconds: Spread | null;
  /** Metrics of which no other row has a better mean. None where only this row has them, or where several judges were at work. */
  isBest: { last: string[]; best: string[] };
}

/** `by`: a field, as `requireField` gives it. */
export function comparePoints(runs: readonly RunResult[], by: string | null = null): Comparison {
  const pointOf = (run: WorkedRun): string => (by === null ? `${run.work.point} ${run.work.dataIdentity}` : keyOf(run, by));
  /** The same also for a run of the same section `dataset` that stood for other data. */
  const placeOf = (run: WorkedRun): string => (by === null ? `${run.work.point} ${run.work.dataset}` : keyOf(run, by));
  const { chosen, leftOut } = chooseRuns(runs);
  const groups = groupBy(chosen, pointOf).map(chooseJudged);
  const allLeftOut = [...leftOut, ...groups.flatMap((group) => group.leftOut)];
  const leftOutAt = placeLeftOut(allLeftOut, placeOf);
  const compared = groups.map((group) => group.chosen);
  const fields = by === null ? tellingFields(compared) : [by];
  const facts = groups.map(({ chosen }) => describeJudge(chosen));
  const keys = groups.map(({ chosen, judge }) => `${keyOfJudge(judge)} ${chosen[0]!.work.dataIdentity}`);
  const distinct = [...new Set(keys)];
  const rows = groups.map(({ chosen }, index): ComparedPoint => {
    const places = [...new Set(chosen.map(placeOf))];
    return {
      values: Object.fromEntries(fields.map((field) => [field, labelOf(chosen[0]!, field)])),
      runs: chosen.map(({ experiment, id, work }) => ({ experiment, id, seed: work.config.training.seed })),
      leftOut: places.flatMap((place) => leftOutAt.get(place) ?? []).map(nameLeftOut),
      judge: distinct.indexOf(keys[index]!),
      last: measureSpreads(chosen.map(({ last }) => last)),
      best: measureSpreads(chosen.map(({ best }) => best?.values ?? {})),
      imagesPerSecond: measureSpread(chosen.map(({ imagesPerSecond }) => imagesPerSecond)),
      seconds: measureSpread(chosen.map(({ seconds }) => seconds)),
      isBest: { last: [], best: [] },
    };
  });
  const recorded = new Set(rows.flatMap(({ last, best }) => [...Object.keys(last), ...Object.keys(best)]));
  const metrics = listMetrics(recorded, uniteDeclared(runs.map(({ work }) => work?.config))).filter(({ name }) => recorded.has(name));
  if (distinct.length === 1) markBest(rows, metrics);
  const averagedOver = by === null ? listSeed(rows) : [...new Set(compared.flatMap(differingFields))];
  return {
    experiments: [...new Set(runs.map(({ experiment }) => experiment))],
    by,
    fields,
    averagedOver,
    metrics,
    rows,
    judges: distinct.map((key) => facts[keys.indexOf(key)]!),
    leftOut: allLeftOut.map(nameLeftOut),
    notes: listNotes(compared, { judges: distinct.length, averagedOver }),
  };
}

/** By the place of the row that they would be in; those that were not set up are in none. */
function placeLeftOut(leftOut: Choice['leftOut'], placeOf: (run: WorkedRun) => string): Map<string, Choice['leftOut']> {
  const places = new Map<string, Choice['leftOut']>();
  for (const each of leftOut) {
    if (each.run.work === null) continue;
    const place = placeOf(each.run as WorkedRun);
    const others = places.get(place);
    if (others) others.push(each);
    else places.set(place, [each]);
  }
  return places;
}

/** Runs of one point differ in nothing else. */
function listSeed(rows: readonly ComparedPoint[]): string[] {
  return rows.some(({ runs }) => runs.length > 1) ? [SEED] : [];
}

/** The metrics that tables show: what is better or worse first, then losses. */
export function listFigures({ metrics }: Comparison): Metric[] {
  const shown = chooseShown(metrics);
  return [...shown.filter(({ better }) => better !== null), ...shown.filter(({ better }) => better === null)];
}

/** Whether any of the rows is something else at its best than at its end. */
export function hasOtherBest(rows: readonly ComparedPoint[]): boolean {
  return rows.some(({ last, best }) => Object.entries(best).some(([name, { mean }]) => last[name]?.mean !== mean));
}

function nameLeftOut({ run, reason }: { run: RunResult; reason: string }): LeftOut {
  return { experiment: run.experiment, run: run.id, reason };
}

function markBest(rows: readonly ComparedPoint[], metrics: readonly Metric[]): void {
  for (const { name, better } of metrics) {
    for (const end of ['last', 'best'] as const) {
      const means = rows.flatMap((row) => row[end][name]?.mean ?? []);
      if (better === null || means.length < 2) continue;
      const bestMean = better === 'min' ? Math.min(...means) : Math.max(...means);
      for (const row of rows) if (row[end][name]?.mean === bestMean) row.isBest[end].push(name);
    }
  }
}

function listNotes(
  rows: readonly (readonly WorkedRun[])[],
  { judges, averagedOver }: { judges: number; averagedOver: string[] },
): string[] {
  const notes: string[] = [];
  const dataSets = new Set(rows.map(([run]) => run!.work.dataIdentity)).size;
  if (dataSets > 1) notes.push(`The rows are of ${dataSets} data sets: their values are not comparable, and no best is marked.`);
  else if (judges > 1) {
    notes.push(`The rows were judged in ${judges} ways (another oracle, or other numbers of pictures): no best is marked.`);
  }
  const others = leaveOutDecided(
    averagedOver.filter((field) => field !== SEED),
    rows.flat(),
  );
  if (others.length > 0) {
    notes.push(`Averaged over ${[...(averagedOver.includes(SEED) ? [SEED] : []), nameSome(others)].join(', ')}.`);
  }
  notes.push(...explainUnreliable(listUnreliable(rows.flat().map(({ evaluation }) => evaluation))));
  return notes;
}

/** Leaves out what no sweep varies and what the fields that one does vary decide, as model.preset decides training.loss. */
function leaveOutDecided(fields: readonly string[], runs: readonly WorkedRun[]): string[] {
  const swept = fields.filter((field) => runs.some(({ axes }) => axes[field] !== undefined));
  const countOf = (some: readonly string[]) => new Set(runs.map((run) => JSON.stringify(some.map((field) => keyOf(run, field))))).size;
  return fields.filter((field) => swept.includes(field) || countOf([...swept, field]) > countOf(swept));
}
