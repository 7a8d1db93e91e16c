// (pure) The one table of metrics. Halving, the best checkpoint, the dashboard, tables and the terminal read it; only the code that
// computes a metric names it anywhere else. A new metric is a row here and, for an evaluation, a file in model/evaluation/metrics/.

import type { DeclaredMetrics } from './schema/sections/trainer.ts';
import { shorten } from './yaml/quote.ts';

export interface Metric {
  /** The key in metrics.jsonl (a number for each step), or in the values of evaluations.jsonl (for each evaluated epoch). */
  name: string;
  /** For the head of a column: `loss D`. */
  short: string;
  /** For the title of a chart: `Discriminator loss`. */
  label: string;
  /** null for a plain number. */
  unit: string | null;
  /** null where neither less nor more is better by itself, as for the losses of a GAN. */
  better: 'min' | 'max' | null;
  when: 'step' | 'evaluation';
  /** Every value lies between these, bounds included; null where there are none. */
  range: readonly [min: number, max: number] | null;
  /** What a value says, in a clause for a reader. */
  meaning: string;
  /** tables: columns of tables, the terminal and charts. charts: only charts, JSON and halving. */
  audience: 'tables' | 'charts';
  /** Computed only where a classifier of the attributes judges (`evaluation.oracle`). */
  oracle?: true;
  /** What else a run must have for it to be computed. */
  needs?: 'features' | 'rotations';
}

/** In the order in which tables and charts show them. */
export const METRICS: readonly Metric[] = [
  {
    name: 'lossD',
    short: 'loss D',
    label: 'Discriminator loss',
    unit: null,
    better: null,
    when: 'step',
    range: null,
    meaning: 'lower: tells real from generated better',
    audience: 'tables',
  },
  {
    name: 'lossG',
    short: 'loss G',
    label: 'Generator loss',
    unit: null,
    better: null,
    when: 'step',
    range: null,
    meaning: 'lower: fools the discriminator more',
    audience: 'tables',
  },
  {
    name: 'dReal',
    short: 'D(x)',
    label: 'D(x)',
    unit: null,
    better: null,
    when: 'step',
    range: [0, 1],
    meaning: 'mean probability "real" on real pictures (with hinge loss: sigmoid of the score)',
    audience: 'charts',
  },
  {
    name: 'dFake',
    short: 'D(G(z))',
    label: 'D(G(z))',
    unit: null,
    better: null,
    when: 'step',
    range: [0, 1],
    meaning: 'mean probability "real" on generated pictures (with hinge loss: sigmoid of the score)',
    audience: 'charts',
  },
  {
    name: 'relativeAccuracy',
    short: 'rel. accuracy',
    label: 'Attribute accuracy relative to real pictures',
    unit: null,
    better: 'max',
    when: 'evaluation',
    range: null,
    meaning: '1: the oracle reads the attributes asked for as well as on real pictures',
    audience: 'tables',
    oracle: true,
  },
  {
    name: 'worstRelativeAccuracy',
    short: 'worst',
    label: 'Attribute accuracy relative to real pictures, worst attribute',
    unit: null,
    better: 'max',
    when: 'evaluation',
    range: null,
    meaning: 'near 0.5: the generator ignores one of its attributes',
    audience: 'tables',
    oracle: true,
  },
  {
    name: 'frechetDistance',
    short: 'Frechet',
    label: "Frechet distance in the oracle's features (not FID)",
    unit: null,
    better: 'min',
    when: 'evaluation',
    range: null,
    meaning: 'lower: distributed more like real pictures; compare only where the oracle and the number of pictures are the same',
    audience: 'tables',
    oracle: true,
  },
  {
    name: 'slicedWasserstein',
    short: 'distance',
    label: 'Sliced Wasserstein distance',
    unit: null,
    better: 'min',
    when: 'evaluation',
    range: null,
    meaning: 'lower: generated pictures are closer to real ones',
    audience: 'tables',
  },
  {
    name: 'attributeAccuracy',
    short: 'accuracy',
    label: 'Attribute accuracy',
    unit: null,
    better: 'max',
    when: 'evaluation',
    range: [0, 1],
    meaning: 'balanced share of attributes that the oracle sees as they were asked for; 0.5: they are ignored',
    audience: 'charts',
    oracle: true,
  },
  {
    name: 'worstAttributeAccuracy',
    short: 'worst acc.',
    label: 'Attribute accuracy, worst attribute',
    unit: null,
    better: 'max',
    when: 'evaluation',
    range: [0, 1],
    meaning: 'balanced; 0.5: the generator ignores one of its attributes',
    audience: 'charts',
    oracle: true,
  },
  {
    name: 'rotationAccuracy',
    short: 'rotations',
    label: 'Rotation accuracy',
    unit: null,
    better: 'max',
    when: 'evaluation',
    range: [0, 1],
    meaning: 'balanced share of orientations that the oracle sees as they were asked for; 0.5: they are ignored',
    audience: 'tables',
    oracle: true,
    needs: 'rotations',
  },
  {
    name: 'kernelDistance',
    short: 'kernel',
    label: "Kernel distance in the oracle's features (not KID)",
    unit: null,
    better: 'min',
    when: 'evaluation',
    range: null,
    meaning: 'lower: distributed more like real pictures; 0, or a little below, where they are alike',
    audience: 'charts',
    oracle: true,
  },
  {
    name: 'precision',
    short: 'precision',
    label: "Precision in the oracle's features",
    unit: null,
    better: 'max',
    when: 'evaluation',
    range: [0, 1],
    meaning: 'share of generated pictures that lie where real ones do',
    audience: 'charts',
    oracle: true,
  },
  {
    name: 'recall',
    short: 'recall',
    label: "Recall in the oracle's features",
    unit: null,
    better: 'max',
    when: 'evaluation',
    range: [0, 1],
    meaning: 'share of real pictures that lie where generated ones do',
    audience: 'charts',
    oracle: true,
  },
  {
    name: 'density',
    short: 'density',
    label: "Density in the oracle's features",
    unit: null,
    better: 'max',
    when: 'evaluation',
    range: null,
    meaning: 'higher: generated pictures lie where real ones are dense; about 1 for real ones, more for typical ones alone',
    audience: 'charts',
    oracle: true,
  },
  {
    name: 'coverage',
    short: 'coverage',
    label: "Coverage in the oracle's features",
    unit: null,
    better: 'max',
    when: 'evaluation',
    range: [0, 1],
    meaning: 'share of real pictures with a generated one near by',
    audience: 'charts',
    oracle: true,
  },
  {
    name: 'diversity',
    short: 'diversity',
    label: 'Diversity within a condition relative to real pictures',
    unit: null,
    better: 'max',
    when: 'evaluation',
    range: null,
    meaning: '1: pictures of the same labels differ as much as real ones do; 0: one face a condition',
    audience: 'charts',
    oracle: true,
  },
  {
    name: 'featuresFrechetDistance',
    short: 'Frechet own',
    label: 'Frechet distance in the features of evaluation.features',
    unit: null,
    better: 'min',
    when: 'evaluation',
    range: null,
    meaning: 'lower: distributed more like real pictures, as that network sees them',
    audience: 'charts',
    oracle: true,
    needs: 'features',
  },
  {
    name: 'featuresKernelDistance',
    short: 'kernel own',
    label: 'Kernel distance in the features of evaluation.features',
    unit: null,
    better: 'min',
    when: 'evaluation',
    range: null,
    meaning: 'lower: distributed more like real pictures, as that network sees them',
    audience: 'charts',
    oracle: true,
    needs: 'features',
  },
];

const BY_NAME = new Map(METRICS.map((metric) => [metric.name, metric]));

/** Whether a metric is computed only where a classifier of the attributes judges. */
export function needsOracle(name: string): boolean {
  return BY_NAME.get(name)?.oracle ?? false;
}

/** What else a run must have for a metric to be computed. */
export function listNeeds(name: string): Metric['needs'] {
  return BY_NAME.get(name)?.needs;
}

/**
 * The row of a metric. A name without one, which the trainer of somebody else has recorded, is shown under that name and judged by
 * nobody, unless the experiment file declares what it is (`trainer.metrics`).
 */
export function describeMetric(name: string, when: Metric['when'], declared: DeclaredMetrics = {}): Metric {
  const row = BY_NAME.get(name) ?? describeUnknown(name, when);
  if (!Object.hasOwn(declared, name)) return row;
  const { label, unit, better, meaning } = declared[name]!;
  return {
    ...row,
    ...(label !== undefined && { short: shorten(label, 24), label: shorten(label) }),
    ...(unit !== undefined && { unit: shorten(unit, 20) }),
    ...(better !== undefined && { better }),
    ...(meaning !== undefined && { meaning: shorten(meaning, 200) }),
    audience: 'tables',
  };
}

function describeUnknown(name: string, when: Metric['when']): Metric {
  const [short, label] = [shorten(name, 24), shorten(name)];
  return { name, short, label, unit: null, better: null, when, range: null, meaning: '', audience: 'tables' };
}

/** What the trainers of runs declare of their metrics; of two that declare the same one the first. */
export function uniteDeclared(
  configs: Iterable<{ trainer?: { metrics?: DeclaredMetrics } | undefined } | null | undefined>,
): DeclaredMetrics {
  const declared = [...configs].flatMap((config) => config?.trainer?.metrics ?? []);
  return Object.assign({}, ...declared.reverse());
}

/** The rows of METRICS, those of an oracle only where they were recorded, then the recorded metrics that have no row, by name. */
export function listMetrics(recorded: Iterable<string>, declared: DeclaredMetrics = {}): Metric[] {
  const names = new Set(recorded);
  const rows = METRICS.filter(({ name, oracle }) => !oracle || names.has(name));
  const others = [...names].filter((name) => !BY_NAME.has(name)).sort();
  return [...rows.map(({ name }) => name), ...others].map((name) => describeMetric(name, 'step', declared));
}

/**
 * Of the metrics that were recorded, those that a table shows: in the order of METRICS, then by name those that have no row there. Where
 * the oracle has judged, losses make room: they say nothing of pictures, and a terminal has 100 columns.
 */
export function chooseColumns(recorded: Iterable<string>, declared: DeclaredMetrics = {}): Metric[] {
  const names = new Set(recorded);
  return chooseShown(listMetrics(names, declared).filter(({ name }) => names.has(name)));
}

/** The same of the rows of metrics that were recorded. */
export function chooseShown(metrics: readonly Metric[]): Metric[] {
  const shown = metrics.filter(({ audience }) => audience === 'tables');
  const isJudged = shown.some(({ oracle }) => oracle);
  return shown.filter(({ name, better }) => !isJudged || better !== null || !BY_NAME.has(name));
}

/** Of columns those that a narrow table leaves out first: where neither less nor more is better, then the last ones. */
export function orderByNeed(columns: readonly Metric[]): Metric[] {
  const isJudged = ({ better }: Metric) => Number(better !== null);
  return columns.toReversed().sort((a, b) => isJudged(a) - isJudged(b));
}

/** The head of a column: `loss D`, or with a unit `error (%)`. */
export function formatHead({ short, unit }: Metric): string {
  return unit === null ? short : `${short} (${unit})`;
}

/** Fields of a line of metrics.jsonl, and of a message about progress, that are no metrics. */
const NO_METRICS = new Set(['step', 'steps', 'epoch', 'epochs', 'seconds', 'secondsLeft', 'imagesPerSecond', '__proto__']);

/** The metrics among the fields of one line of metrics.jsonl, or of one message about progress, whoever wrote it. */
export function pickMetrics(record: object): Record<string, number> {
  const entries = Object.entries(record).filter(([name, value]) => typeof value === 'number' && !NO_METRICS.has(name));
  return Object.fromEntries(entries);
}
