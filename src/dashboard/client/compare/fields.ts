// (pure) What runs can be filtered, sorted and compared by: parameters, metrics at the end, and facts such as the state.

import type { Metric, ParameterTable, RunData, Scalar } from '../../data/api.ts';
import { shortAxis } from '../../labels.ts';

/** All that is known of the runs of an experiment. */
export interface RunFacts {
  axes: readonly string[];
  metrics: readonly Metric[];
  parameters: ParameterTable;
  /** In the order of the experiment. */
  runs: readonly RunData[];
}

export interface Field {
  /** `training.seed`, `frechetDistance`, `state`. */
  name: string;
  label: string;
  kind: 'parameter' | 'metric' | 'fact';
  better: 'min' | 'max' | null;
  /** null where a run has none. */
  read: (run: RunData) => Scalar;
}

/** Swept ones first, then what else differs among the runs; `attributes` counts as swept. */
export function parameterFields({ axes, parameters }: RunFacts): Field[] {
  const names = [...new Set([...axes, ...parameters.fields])];
  return names.map((name): Field => {
    const at = parameters.fields.indexOf(name);
    const read = (run: RunData): Scalar => {
      const value = at === -1 ? null : (parameters.values[run.id]?.[at] ?? null);
      return typeof value === 'number' ? value : (run.axes[name] ?? value);
    };
    return { name, label: shortAxis(name), kind: 'parameter', better: null, read };
  });
}

export function metricFields({ metrics }: Pick<RunFacts, 'metrics'>): Field[] {
  return metrics.map(({ name, short, better }): Field => {
    return { name, label: short, kind: 'metric', better, read: (run) => run.last[name] ?? null };
  });
}

const FACTS: Field[] = [
  fact('state', (run) => run.state),
  fact('tag', (run) => run.written.tags.join(',')),
  fact('note', (run) => run.written.text),
  fact('count', (run) => run.attributes?.length ?? null),
  fact('step', (run) => run.step),
  fact('epoch', (run) => run.epoch),
  fact('seconds', (run) => run.seconds),
];

export function allFields(facts: RunFacts): Field[] {
  return [...parameterFields(facts), ...metricFields(facts), ...FACTS];
}

function fact(name: string, read: Field['read']): Field {
  return { name, label: name, kind: 'fact', better: null, read };
}
