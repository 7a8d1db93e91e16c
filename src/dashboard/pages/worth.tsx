// What a run is worth: its metrics at the end and at the best checkpoint, beside what real pictures have, and each attribute by itself.

import { describeMetric, listMetrics, type Metric } from '../../experiment/metrics.ts';
import { formatCount, formatNumber, plural } from '../../experiment/units.ts';
import { explainJudge, judgeOf } from '../../results/compare/describe-judge.ts';
import type { FinalValues } from '../../results/compare/final-values.ts';
import type { AttributeMeasure, EvaluationFile } from '../../results/records.ts';
import { capitalise } from '../labels.ts';

/** Nothing for a run that was never evaluated. */
export function Worth({ values }: { values: FinalValues }) {
  const { last, best, bestBy, evaluation, declared } = values;
  const names = new Set([...Object.keys(last), ...Object.keys(best?.values ?? {})]);
  const metrics = listMetrics(names, declared).filter(
    ({ name, when }) => names.has(name) && (when === 'evaluation' || best?.values[name] !== undefined),
  );
  if (metrics.length === 0) return null;
  const { accuracy, ...judge } = judgeOf(values);
  const judged = explainJudge({ ...judge, accuracy });
  return (
    <section aria-labelledby="worth-title">
      <h2 id="worth-title">
        What it is worth{' '}
        <small>
          {best === null
            ? ''
            : `the best checkpoint is that of epoch ${best.epoch}, by ${describeMetric(bestBy, 'evaluation', declared).label}`}
        </small>
      </h2>
      <section class="table-scroll fitting" tabindex={0} aria-label="Metrics">
        <table class="plain" id="worth">
          <thead>
            <tr>
              <th scope="col">Metric</th>
              <th scope="col" class="number">
                Last
              </th>
              <th scope="col" class="number">
                Best
              </th>
              <th scope="col" class="number" title="Real pictures that were trained on, against held-out ones">
                Real pictures
              </th>
            </tr>
          </thead>
          <tbody>
            {metrics.map((metric) => (
              <MetricRow metric={metric} values={values} />
            ))}
          </tbody>
        </table>
      </section>
      {judged === '' ? '' : <p class="quiet">{judged}</p>}
      {evaluation === null ? '' : <Attributes evaluation={evaluation} id="attributes" />}
    </section>
  );
}

function MetricRow({
  metric: { name, label, meaning, unit },
  values: { last, best, evaluation },
}: {
  metric: Metric;
  values: FinalValues;
}) {
  const shown = (value: number | undefined) => (value === undefined ? '–' : formatNumber(value));
  return (
    <tr>
      <th scope="row" title={capitalise(meaning)}>
        {label}
        {unit === null ? '' : ` (${unit})`}
      </th>
      <td class="number">{shown(last[name])}</td>
      <td class="number">{shown(best?.values[name])}</td>
      <td class="number">{shown(evaluation?.floor[name])}</td>
    </tr>
  );
}

/** The worst first; those that the oracle cannot judge at the end, grey. `id`: of the table. */
export function Attributes({ evaluation: { last, best, oracle }, id }: { evaluation: EvaluationFile; id: string }) {
  const measures = Object.entries(last.attributes ?? {});
  if (oracle === null || measures.length === 0) return null;
  const sorted = measures.sort(([, a], [, b]) => Number(b.reliable) - Number(a.reliable) || a.relative - b.relative);
  const unreliable = measures.filter(([, { reliable }]) => !reliable).length;
  return (
    <details class="attribute-details" open={measures.length <= MOST_OPEN}>
      <summary>{`Each of the ${plural(measures.length, 'attribute')}, the worst first`}</summary>
      <section class="table-scroll fitting" tabindex={0} aria-label="Attributes">
        <table class="plain" id={id}>
          <thead>
            <tr>
              <th scope="col">Attribute</th>
              <th scope="col" class="number" title="Balanced share of pictures in which the oracle sees what was asked for">
                Accuracy
              </th>
              <th scope="col" class="number" title="The same, relative to the oracle's own accuracy on real pictures">
                Relative
              </th>
              <th scope="col" class="number">
                Relative, best
              </th>
              <th scope="col" class="number" title="Balanced accuracy of the oracle on held-out real pictures">
                Oracle itself
              </th>
              <th scope="col" class="number" title="Held-out pictures that have the attribute, and that lack it">
                Held out with, without
              </th>
            </tr>
          </thead>
          <tbody>
            {sorted.map(([name, measure]) => (
              <AttributeRow name={name} measure={measure} ofBest={best.attributes?.[name]} own={oracle.accuracy[name]} />
            ))}
          </tbody>
        </table>
      </section>
      {unreliable === 0 ? '' : <p class="quiet">{explainUnreliable(unreliable)}</p>}
    </details>
  );
}

const MOST_OPEN = 12;

interface AttributeRowProps {
  name: string;
  measure: AttributeMeasure;
  ofBest: AttributeMeasure | undefined;
  own: { balanced: number; on: number; off: number } | undefined;
}

function AttributeRow({ name, measure: { balanced, relative, reliable, reason }, ofBest, own }: AttributeRowProps) {
  return (
    <tr class={reliable ? '' : 'is-unreliable'}>
      <th scope="row">
        {name.replaceAll('_', ' ')}
        {reliable ? '' : <small title={reason}>not reliable</small>}
      </th>
      <td class="number">{formatNumber(balanced)}</td>
      <td class="number">{formatNumber(relative)}</td>
      <td class="number">{ofBest === undefined ? '–' : formatNumber(ofBest.relative)}</td>
      <td class="number">{own === undefined ? '–' : formatNumber(own.balanced)}</td>
      <td class="number">{own === undefined ? '–' : `${formatCount(own.on)}, ${formatCount(own.off)}`}</td>
    </tr>
  );
}

function explainUnreliable(count: number): string {
  const which = count === 1 ? 'One attribute is' : `${count} attributes are`;
  return `${which} grey: the oracle itself tells it badly, or there are too few held-out pictures of it. It counts in no mean and no worst.`;
}
