// Runs and groups of runs as chart lines, across steps, epochs or minutes.

import { isFailure } from '../../../results/states.ts';
import type { Band, GroupBands, RunSeriesData } from '../../data/api.ts';
import type { RunView } from '../../wire.ts';
import { drawCurve, type Point, pointAt, secondsAt, smooth } from './curves.ts';

export type XAxis = 'step' | 'epoch' | 'minutes';

/** A run, or a group of runs, in all charts. */
export interface ChartLine {
  id: string;
  label: string;
  color: string;
  dash: number[];
  /** By the metric's name. */
  points: Record<string, Point[]>;
  stepsPerEpoch: number | null;
  /** Ended before its time; its end is marked. */
  isBad: boolean;
}

export interface LineStyle {
  color: string;
  dash: number[];
}

export interface LineOptions {
  x: XAxis;
  smoothingSteps: number;
  /** All runs: one that is in its first epoch takes the length of an epoch from another. */
  runs: readonly RunView[];
}

/** `series`: in the range to draw; `whole`: over all steps, for the time. */
export function lineOfRun(
  view: RunView,
  { series, whole, style }: { series: RunSeriesData | null; whole: RunSeriesData | null; style: LineStyle },
  { x, smoothingSteps, runs }: LineOptions,
): ChartLine {
  const stepsPerEpoch = view.stepsPerEpoch ?? anyStepsPerEpoch(runs);
  const xOf = xFunction(x, { whole, stepsPerEpoch: stepsPerEpoch ?? series?.lastStep ?? 1 });
  const evaluated = Object.entries(view.evaluations).map(([metric, values]): [string, Point[]] => [
    metric,
    values.map(([step, value]) => pointAt(step, value ?? Number.NaN, xOf)),
  ]);
  const drawn = Object.keys(series?.curves ?? {}).map((metric): [string, Point[]] => [
    metric,
    drawCurve(series!, metric, { smoothingSteps, xOf }),
  ]);
  const { id, label, state } = view;
  return { id, label, ...style, points: Object.fromEntries([...evaluated, ...drawn]), stepsPerEpoch, isBad: isFailure(state) };
}

/** The mean over all members of a group, with what lies around it. Evaluations are never smoothed. */
export function lineOfGroup(
  group: { key: string; label: string; members: readonly RunView[] },
  { bands, style, evaluated }: { bands: GroupBands; style: LineStyle; evaluated: ReadonlySet<string> },
  { x, smoothingSteps, runs }: LineOptions,
): ChartLine {
  const stepsPerEpoch = group.members.find((view) => view.stepsPerEpoch !== null)?.stepsPerEpoch ?? anyStepsPerEpoch(runs);
  const xOf = xFunction(x, { whole: null, stepsPerEpoch: stepsPerEpoch ?? 1 });
  const points = Object.entries(bands.bands).map(([metric, band]): [string, Point[]] => [
    metric,
    drawBand(band, xOf, evaluated.has(metric) ? 0 : smoothingSteps),
  ]);
  return { id: group.key, label: group.label, ...style, points: Object.fromEntries(points), stepsPerEpoch, isBad: false };
}

function drawBand(band: Band, xOf: (step: number) => number, smoothingSteps: number): Point[] {
  const { steps, count, mean, deviation, min, max } = band;
  const points = steps.map((step, i): Point => {
    const spread = { count: count[i]!, deviation: deviation[i] ?? null, min: min[i] ?? Number.NaN, max: max[i] ?? Number.NaN };
    return { ...pointAt(step, mean[i] ?? Number.NaN, xOf), spread };
  });
  return smoothingSteps === 0 ? points : smooth(points, smoothingSteps);
}

/** Where an epoch ends on the x axis for every run that has begun; null where they disagree, or that is not known. */
export function commonPosition(
  runs: readonly RunView[],
  { x, epoch, wholeOf }: { x: XAxis; epoch: number; wholeOf: (id: string) => RunSeriesData | null },
): number | null {
  const begun = runs.filter(({ step }) => step > 0);
  const positions = new Set(begun.map((view) => xPosition(view, { x, epoch, whole: wholeOf(view.id) })));
  return positions.size === 1 ? [...positions][0]! : null;
}

function xPosition(
  { stepsPerEpoch }: RunView,
  { x, epoch, whole }: { x: XAxis; epoch: number; whole: RunSeriesData | null },
): number | null {
  if (x === 'epoch') return epoch;
  if (stepsPerEpoch === null) return null;
  const step = epoch * stepsPerEpoch;
  if (x === 'step') return step;
  return whole === null ? null : secondsAt(whole, Math.min(step, whole.lastStep)) / 60;
}

function xFunction(x: XAxis, { whole, stepsPerEpoch }: { whole: RunSeriesData | null; stepsPerEpoch: number }): (step: number) => number {
  if (x === 'epoch') return (step) => step / stepsPerEpoch;
  if (x === 'minutes') return (step) => (whole === null ? Number.NaN : secondsAt(whole, step) / 60);
  return (step) => step;
}

function anyStepsPerEpoch(runs: readonly RunView[]): number | null {
  return runs.find(({ stepsPerEpoch }) => stepsPerEpoch !== null)?.stepsPerEpoch ?? null;
}
