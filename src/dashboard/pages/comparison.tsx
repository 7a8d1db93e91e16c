// The points of a sweep side by side: mean and deviation over their seeds, last and best, beside what real pictures have.

import { formatHead, type Metric } from '../../experiment/metrics.ts';
import { formatDuration, plural } from '../../experiment/units.ts';
import { commandFor } from '../../results/commands.ts';
import { type ComparedPoint, type Comparison, hasOtherBest, listFigures } from '../../results/compare/compare-points.ts';
import { explainJudge } from '../../results/compare/describe-judge.ts';
import { decimalsFor, formatSpread } from '../../results/compare/format-spread.ts';
import type { Spread } from '../../results/compare/spread.ts';
import { experimentAddress, ROOT_FROM } from '../http/addresses.ts';
import { capitalise, shortAxis } from '../labels.ts';
import { Command } from './parts.tsx';

/** Empty while no run has come to its end. `comparison`: null where the experiment, `name`, has too many runs. */
export function renderComparison(comparison: Comparison | null, { name, resultsRoot }: { name: string; resultsRoot: string }): string {
  const compare = commandFor(resultsRoot, 'compare', name);
  if (comparison === null) return (<TooMany compare={compare} />).toString() as string;
  if (comparison.rows.length === 0) return '';
  return (<ComparisonSection comparison={comparison} name={name} compare={compare} />).toString() as string;
}

function TooMany({ compare }: { compare: string }) {
  return (
    <p class="quiet">
      There are too many runs to compare them here. On a terminal: <Command>{compare}</Command>
    </p>
  );
}

/** A sweep may have thousands. */
const MOST_ROWS = 60;

type End = 'last' | 'best';

interface FigureColumn {
  metric: Metric;
  decimals: number;
}

function ComparisonSection({ comparison, name, compare }: { comparison: Comparison; name: string; compare: string }) {
  const { rows, fields, judges, notes, leftOut } = comparison;
  const ends: End[] = hasOtherBest(rows) ? ['last', 'best'] : ['last'];
  const columns = listFigures(comparison).map((metric): FigureColumn => {
    const means = rows.flatMap(({ last, best }) => [last[metric.name]?.mean ?? 0, best[metric.name]?.mean ?? 0]);
    return { metric, decimals: decimalsFor(means) };
  });
  const floor = judges.length === 1 ? judges[0]!.floor : {};
  const reasons = countReasons(comparison);
  return (
    <section aria-labelledby="comparison-title">
      <div class="section-head">
        <h2 id="comparison-title">
          Comparison <small>mean ± deviation over the runs of a row</small>
        </h2>
        <span class="save-buttons">
          {['csv', 'json'].map((format) => (
            <a
              href={`${ROOT_FROM.experiment}api/${experimentAddress(name)}/comparison.${format}`}
              download={`${name}-comparison.${format}`}
              aria-label={`Save the comparison as ${format.toUpperCase()}`}
              title={`Save as ${format.toUpperCase()}, with every metric and digit`}
            >
              {format.toUpperCase()}
            </a>
          ))}
        </span>
      </div>
      <section class="table-scroll fitting" tabindex={0} aria-label="Comparison of the settings">
        <table class="plain" id="comparison-table">
          <thead>
            <tr>
              {fields.map((field) => (
                <th scope="col">{capitalise(shortAxis(field))}</th>
              ))}
              <th scope="col" class="number">
                Runs
              </th>
              {ends.length === 1 ? '' : <th scope="col">Checkpoint</th>}
              {columns.map(({ metric }) => (
                <th scope="col" class="number" title={`${metric.label}: ${metric.meaning}`}>
                  {capitalise(formatHead(metric))}
                </th>
              ))}
              <th scope="col" class="number">
                Time
              </th>
            </tr>
          </thead>
          <tbody>
            {rows
              .slice(0, MOST_ROWS)
              .map((row) => ends.map((end) => <PointRow row={row} end={end} ends={ends} fields={fields} columns={columns} />))}
          </tbody>
          {Object.keys(floor).length === 0 ? '' : <FloorRow floor={floor} columns={columns} before={fields.length + ends.length} />}
        </table>
      </section>
      {rows.length > MOST_ROWS ? <p class="quiet">{`… and ${plural(rows.length - MOST_ROWS, 'more point')}.`}</p> : ''}
      {[...judges.map(explainJudge), ...notes].map((line) => (line === '' ? '' : <p class="quiet">{line}</p>))}
      {leftOut.length === 0 ? '' : <p class="quiet">{`${plural(leftOut.length, 'run')} left out: ${reasons}.`}</p>}
      <p class="quiet">
        On a terminal, with every metric as CSV or JSON: <Command>{compare}</Command>
      </p>
    </section>
  );
}

interface PointRowProps {
  row: ComparedPoint;
  end: End;
  ends: End[];
  fields: string[];
  columns: FigureColumn[];
}

function PointRow({ row, end, ends, fields, columns }: PointRowProps) {
  const { values, runs, leftOut, last, best, isBest, seconds } = row;
  const spreads: Record<string, Spread> = end === 'last' ? last : best;
  const span = ends.length;
  return (
    <tr class={end === ends.at(-1) ? '' : 'has-more'}>
      {end === 'last' ? (
        <>
          {fields.map((field, i) =>
            i === 0 ? (
              <th scope="row" rowspan={span}>
                {values[field]}
              </th>
            ) : (
              <td rowspan={span}>{values[field]}</td>
            ),
          )}
          <td class="number" rowspan={span}>
            {runs.length}
            {leftOut.length === 0 ? '' : <small>{`of ${runs.length + leftOut.length}`}</small>}
          </td>
        </>
      ) : (
        ''
      )}
      {span === 1 ? '' : <td>{end}</td>}
      {columns.map(({ metric, decimals }) => {
        const text = formatSpread(spreads[metric.name], { decimals, runs: runs.length }).replace(/^-$/, '–');
        return isBest[end].includes(metric.name) ? (
          <td class="number is-best">
            <b title="The best mean of this column">{text}</b>
          </td>
        ) : (
          <td class="number">{text}</td>
        );
      })}
      {end === 'last' ? (
        <td class="number" rowspan={span}>
          {formatDuration(seconds?.mean ?? Number.NaN)}
        </td>
      ) : (
        ''
      )}
    </tr>
  );
}

/** `before`: columns before those of the metrics. */
function FloorRow({ floor, columns, before }: { floor: Record<string, number>; columns: FigureColumn[]; before: number }) {
  return (
    <tfoot>
      <tr title="Real pictures that were trained on, against held-out ones: no generator need be better">
        <th scope="row" colspan={before}>
          Real pictures
        </th>
        {columns.map(({ metric, decimals }) => (
          <td class="number">{floor[metric.name]?.toFixed(decimals) ?? ''}</td>
        ))}
        <td />
      </tr>
    </tfoot>
  );
}

function countReasons({ leftOut }: Comparison): string {
  const counts = new Map<string, number>();
  for (const { reason } of leftOut) counts.set(reason, (counts.get(reason) ?? 0) + 1);
  return [...counts].map(([reason, count]) => `${count} ${reason}`).join(', ');
}
