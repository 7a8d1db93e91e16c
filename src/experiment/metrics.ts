// (pure) The one table of metrics. Halving, the best checkpoint, the dashboard, tables and the terminal read it; only the code that
// computes a metric names it anywhere else. A new metric is a row here and, for an evaluation, a file in model/evaluation/.

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
}

/** In the order in which tables and charts show them. */
export const METRICS: readonly Metric[] = [
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
    name: 'dReal',
    short: 'D(x)',
    label: 'D(x)',
    unit: null,
    better: null,
    when: 'step',
    range: [0, 1],
    meaning: 'mean probability "real" on real pictures',
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
    meaning: 'mean probability "real" on generated pictures',
    audience: 'charts',
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
];

/** What chooses the best checkpoint. */
export const JUDGING_METRIC = 'slicedWasserstein';

const BY_NAME = new Map(METRICS.map((metric) => [metric.name, metric]));

/** The row of a metric. A name without one, which the trainer of somebody else has recorded, is shown under that name and judged by nobody. */
export function describeMetric(name: string, when: Metric['when']): Metric {
  const known = BY_NAME.get(name);
  if (known !== undefined) return known;
  return { name, short: name, label: name, unit: null, better: null, when, range: null, meaning: '', audience: 'tables' };
}

/** Fields of a line of metrics.jsonl that are no metrics. */
const NO_METRICS = new Set(['step', 'epoch', 'seconds', 'imagesPerSecond']);

/** The metrics of one line of metrics.jsonl, whoever recorded them, in its order. */
export function listStepMetrics(record: object): [name: string, value: number][] {
  return Object.entries(record).filter(
    (entry): entry is [string, number] => typeof entry[1] === 'number' && !NO_METRICS.has(entry[0]) && entry[0] !== '__proto__',
  );
}
