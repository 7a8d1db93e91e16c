// (pure) How long a sweep still takes: work left in steps, times the measured seconds a step of that kind of
// run, laid out over the slots.

import type { RunConfig } from '../../experiment/schema/schema.ts';

export interface Work {
  /** null where it is not known yet. */
  config: RunConfig | null;
  state: 'waiting' | 'active' | 'ended';
  /** Steps done, in all attempts. */
  step: number;
  /** Of the whole run; null where it is not known. */
  steps: number | null;
  /** As this run has measured it; null before its first steps. */
  secondsPerStep: number | null;
  /** As an active run says itself; null where it does not. */
  secondsLeft: number | null;
}

export interface Layout {
  /** How many runs are at work at once. */
  slots: number;
  /** What a run takes besides its steps: starting, sampling, saving. */
  overheadSeconds: number;
}

/** Seconds until the last run has ended, waiting ones started in the order given; undefined while no run has measured its steps. */
export function estimateSeconds(works: readonly Work[], { slots, overheadSeconds }: Layout): number | undefined {
  const measure = learn(works);
  if (!measure) return undefined;
  const seconds = (work: Work) => work.secondsLeft ?? Math.max(0, measure.stepsOf(work) - work.step) * measure.secondsPerStep(work);
  const busy = works.filter(({ state }) => state === 'active').map(seconds);
  const free = Array.from({ length: Math.max(0, slots - busy.length) }, () => 0);
  const ends = [...busy, ...free];
  for (const work of works) {
    if (work.state !== 'waiting' || ends.length === 0) continue;
    const next = ends.indexOf(Math.min(...ends));
    ends[next]! += seconds(work) + overheadSeconds;
  }
  return Math.max(0, ...ends);
}

interface Measure {
  stepsOf(work: Work): number;
  secondsPerStep(work: Work): number;
}

/** Learns speeds and steps from the runs so far, for those that have not measured their own; null while none has. */
function learn(works: readonly Work[]): Measure | null {
  const speeds = createMeans();
  const pictures = createMeans();
  const steps = createMeans();
  for (const { config, steps: whole, secondsPerStep } of works) {
    if (secondsPerStep !== null) speeds.add(kindOf(config), secondsPerStep, secondsPerStep / costOf(config));
    if (whole === null) continue;
    steps.add('', whole, whole);
    if (config) pictures.add(dataOf(config), (whole * config.training.batchSize) / config.training.epochs, whole);
  }
  if (speeds.count() === 0 || steps.count() === 0) return null;
  return {
    secondsPerStep: ({ config, secondsPerStep }) =>
      secondsPerStep ?? speeds.get(kindOf(config)) ?? (config ? speeds.meanOfAll() * costOf(config) : speeds.plainMean()),
    stepsOf({ config, steps: whole }) {
      if (whole !== null) return whole;
      const perEpoch = config && pictures.get(dataOf(config));
      return perEpoch ? (perEpoch / config!.training.batchSize) * config!.training.epochs : steps.meanOfAll();
    },
  };
}

/** Runs of a kind take equally long a step. */
function kindOf(config: RunConfig | null): string {
  return config ? describe(config).kind : '';
}

function dataOf(config: RunConfig): string {
  return describe(config).data;
}

/** Remembered for each configuration, because a sweep of thousands of runs is estimated every second. */
function describe(config: RunConfig): { kind: string; data: string } {
  const kept = descriptions.get(config);
  if (kept) return kept;
  const { model, training, dataset, attributes, augmentation } = config;
  const kind = JSON.stringify([model, training.batchSize, training.precision, dataset.imageSize, attributes.length, augmentation]);
  const description = { kind, data: JSON.stringify(dataset) };
  descriptions.set(config, description);
  return description;
}

const descriptions = new WeakMap<RunConfig, { kind: string; data: string }>();

/** A step's share of work, to compare kinds of runs: each layer of a DCGAN halves the channels and doubles the side, so all cost alike. */
function costOf(config: RunConfig | null): number {
  if (!config) return 1;
  return config.training.batchSize * config.model.width ** 2 * Math.log2(config.dataset.imageSize / 4);
}

/** Means by key, and over everything. */
function createMeans() {
  const sums = new Map<string, { sum: number; count: number }>();
  const all = { sum: 0, plain: 0, count: 0 };
  return {
    add(key: string, value: number, comparable: number): void {
      const entry = sums.get(key) ?? { sum: 0, count: 0 };
      sums.set(key, { sum: entry.sum + value, count: entry.count + 1 });
      all.sum += comparable;
      all.plain += value;
      all.count++;
    },
    get(key: string): number | undefined {
      const entry = sums.get(key);
      return entry && entry.sum / entry.count;
    },
    /** Of the values that can be compared across keys. */
    meanOfAll: (): number => all.sum / all.count,
    /** Of the values themselves. */
    plainMean: (): number => all.plain / all.count,
    count: (): number => all.count,
  };
}
