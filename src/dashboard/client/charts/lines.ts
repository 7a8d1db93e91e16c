// A run's curves as chart lines, across steps, epochs or minutes.

import { isFailure } from '../../../results/states.ts';
import type { ClientRun } from '../run-book.ts';
import { drawCurve, type Point, type RunCurves, secondsAt } from './curves.ts';

export type XAxis = 'step' | 'epoch' | 'minutes';

/** A run in all charts. */
export interface ChartLine {
  id: string;
  label: string;
  color: string;
  /** By the metric's name. */
  points: Record<string, Point[]>;
  stepsPerEpoch: number | null;
  /** Ended before its time; its end is marked. */
  isBad: boolean;
}

export interface LineOptions {
  color: string;
  x: XAxis;
  smoothingSteps: number;
  /** All runs: one that is in its first epoch takes the length of an epoch from another. */
  runs: ClientRun[];
}

export function lineOf(run: ClientRun, { color, x, smoothingSteps, runs }: LineOptions): ChartLine {
  const curves = run.curves!;
  const { id, label, state } = run.view;
  const stepsPerEpoch = run.view.stepsPerEpoch ?? anyStepsPerEpoch(runs);
  const xOf = xFunction(curves, x, stepsPerEpoch ?? curves.lastStep);
  const points = {
    ...mapValues(run.view.evaluations, (values) => values.map(([step, value]) => ({ x: xOf(step), y: value ?? Number.NaN, step }))),
    ...mapValues(curves.curves, (_curve, metric) => drawCurve(curves, metric, { smoothingSteps, xOf })),
  };
  return { id, label, color, points, stepsPerEpoch, isBad: isFailure(state) };
}

function mapValues<T>(record: Record<string, T>, draw: (value: T, metric: string) => Point[]): Record<string, Point[]> {
  return Object.fromEntries(Object.entries(record).map(([metric, value]) => [metric, draw(value, metric)]));
}

/** Where an epoch ends on the x axis for every run that has begun; null where they disagree, or that is not known. */
export function commonPosition(runs: ClientRun[], place: { x: XAxis; epoch: number }): number | null {
  const begun = runs.filter(({ curves }) => curves !== null && curves.lastStep > 0);
  const positions = new Set(begun.map((run) => xPosition(run, place)));
  return positions.size === 1 ? [...positions][0]! : null;
}

function xPosition({ view, curves }: ClientRun, { x, epoch }: { x: XAxis; epoch: number }): number | null {
  if (x === 'epoch') return epoch;
  if (view.stepsPerEpoch === null || !curves) return null;
  const step = epoch * view.stepsPerEpoch;
  return x === 'step' ? step : secondsAt(curves, Math.min(step, curves.lastStep)) / 60;
}

function xFunction(curves: RunCurves, x: XAxis, stepsPerEpoch: number): (step: number) => number {
  if (x === 'epoch') return (step) => step / stepsPerEpoch;
  if (x === 'minutes') return (step) => secondsAt(curves, step) / 60;
  return (step) => step;
}

function anyStepsPerEpoch(runs: ClientRun[]): number | null {
  return runs.find(({ view }) => view.stepsPerEpoch !== null)?.view.stepsPerEpoch ?? null;
}
