// The sections of the charts and the sample grids. client/ draws what is in them.

import type { Metric } from '../../experiment/metrics.ts';

/** `hasGroups`: whether there may be groups of runs. */
export function CurveSection({ metrics, hasGroups }: { metrics: readonly Metric[]; hasGroups: boolean }) {
  return (
    <section class="curves" aria-labelledby="curves-title">
      <div class="section-head">
        <h2 id="curves-title">Curves</h2>
        <div class="controls" id="curve-controls">
          {hasGroups ? (
            <label>
              Lines
              <select id="curve-lines">
                <option value="deviation">groups: mean ± deviation</option>
                <option value="range">groups: mean, least to greatest</option>
                <option value="runs">single runs</option>
              </select>
            </label>
          ) : (
            ''
          )}
          <label>
            Smoothing
            <input id="smoothing" type="range" min="0" max="9" step="1" value="0" />
            <output id="smoothing-label" for="smoothing" />
          </label>
          <label>
            Across
            <select id="x-axis">
              <option value="step">steps</option>
              <option value="epoch">epochs</option>
              <option value="minutes">minutes</option>
            </select>
          </label>
          <label title="Scale the losses so that the highest and lowest percent of the values may lie outside the chart">
            <input id="clip" type="checkbox" checked /> Clip spikes
          </label>
          <label title="Logarithmic scale for the losses">
            <input id="log-scale" type="checkbox" /> Log scale
          </label>
          <span class="zoom" title="Or drag over a chart, pinch it, or press + and - on it">
            <button id="zoom-out" type="button" aria-label="Zoom out">
              −
            </button>
            <button id="zoom-in" type="button" aria-label="Zoom in">
              +
            </button>
            <button id="reset-zoom" type="button" hidden>
              Reset zoom
            </button>
          </span>
        </div>
      </div>
      <details class="chart-choice" id="chart-choice">
        <summary>
          Charts <span id="chart-count">{`${metrics.filter(isUsual).length} of ${metrics.length}`}</span>
        </summary>
        <div class="controls">
          {metrics.map((metric) => (
            <label title={describeHelp(metric)}>
              <input type="checkbox" value={metric.name} checked={isUsual(metric)} /> {metric.label}
            </label>
          ))}
        </div>
      </details>
      <p class="quiet" id="lines-note" />
      <p class="empty" id="curves-empty" hidden>
        No step has been recorded yet. Curves appear here while a run trains.
      </p>
      <div class="charts" id="charts">
        {metrics.map((metric) => {
          const { name, label, when } = metric;
          const help = describeHelp(metric);
          return (
            <figure class="chart" hidden={!isUsual(metric)}>
              <figcaption>
                <b>{label}</b> <span>{help}</span>
              </figcaption>
              <div class="chart-area">
                <canvas id={`chart-${name}`} data-metric={name} data-when={when} role="img" aria-label={`${label}: ${help}`} />
              </div>
            </figure>
          );
        })}
      </div>
    </section>
  );
}

export function GridSection() {
  return (
    <section class="samples" aria-labelledby="samples-title">
      <div class="section-head">
        <h2 id="samples-title">
          Sample grids <small>a row of pictures is one noise, the same in every grid; click a picture to look closer</small>
        </h2>
        <div class="controls">
          <label hidden>
            Down by
            <select id="grid-down">
              <option value="">–</option>
            </select>
          </label>
          <label hidden>
            Across by
            <select id="grid-across">
              <option value="">–</option>
            </select>
          </label>
          <label>
            Columns
            <select id="grid-column">
              <option value="">all</option>
            </select>
          </label>
          <label>
            Rows
            <select id="grid-rows">
              <option value="auto">auto</option>
              <option value="Infinity">all</option>
              <option value="4">first 4</option>
              <option value="2">first 2</option>
              <option value="1">first 1</option>
            </select>
          </label>
          <label>
            Size
            <select id="grid-scale">
              <option value="0">auto</option>
              <option value="1">1×</option>
              <option value="2">2×</option>
              <option value="3">3×</option>
              <option value="4">4×</option>
            </select>
          </label>
        </div>
      </div>
      <div class="epoch-bar" id="epoch-bar" hidden>
        <button id="play" type="button" aria-pressed="false" title="Play all epochs">
          <span aria-hidden="true">▶</span>
          <span class="sr-only">Play</span>
        </button>
        <input id="epoch" type="range" min="0" max="0" step="1" value="0" aria-label="Epoch of the sample grids" />
        <output id="epoch-label" for="epoch" />
      </div>
      <p class="empty" id="grids-empty" hidden>
        No sample grid yet. The first one is drawn when a run ends its first epoch.
      </p>
      <div class="grids" id="grids" />
    </section>
  );
}

/** Shown at first. The other metrics of an oracle would flood the page. */
function isUsual({ audience, oracle }: Metric): boolean {
  return audience === 'tables' || !oracle;
}

function describeHelp({ unit, meaning, when }: Metric): string {
  const parts = [unit === null ? '' : `in ${unit}`, meaning, when === 'evaluation' ? 'each evaluated epoch' : ''];
  return parts.filter((part) => part !== '').join('; ');
}
