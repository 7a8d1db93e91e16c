// The settings of Chart.js: no animation, no parsing, the label shows the nearest point of the nearest line.

import type { Chart, ChartConfiguration, Plugin } from 'chart.js';
import type { Metric } from '../../../experiment/metrics.ts';
import type { Point } from './curves.ts';

export interface ChartConfigOptions {
  metric: Metric;
  /** Called with the line under the pointer and its x; with null, null when the pointer leaves. */
  onPoint: (index: number | null, x: number | null) => void;
  /** The label's text above the value. */
  titleOf: (index: number, step: number) => string;
  plugin: Plugin<'line'>;
}

export function chartConfig({ metric, onPoint, titleOf, plugin }: ChartConfigOptions): ChartConfiguration<'line', Point[]> {
  const { range, when } = metric;
  const leave: Plugin<'line'> = {
    id: 'leave',
    beforeEvent: (_chart, { event }) => {
      if (event.type === 'mouseout') onPoint(null, null);
    },
  };
  return {
    type: 'line',
    data: { datasets: [] },
    plugins: [plugin, leave],
    options: {
      animation: false,
      parsing: false,
      normalized: true,
      responsive: true,
      maintainAspectRatio: false,
      resizeDelay: 50,
      spanGaps: false,
      interaction: { mode: 'nearest', axis: 'xy', intersect: false },
      elements: {
        line: { borderJoinStyle: 'round', borderWidth: 1.4 },
        point: { radius: when === 'evaluation' ? 2.5 : 0, hoverRadius: 4, hitRadius: 0 },
      },
      layout: { padding: { right: 8, top: 4 } },
      scales: {
        x: {
          type: 'linear',
          bounds: 'data',
          ticks: { includeBounds: false, maxTicksLimit: 8, maxRotation: 0, font: { size: 11 } },
          grid: {},
        },
        y: {
          type: 'linear',
          ...(range === null ? {} : { min: range[0], max: range[1] }),
          ticks: {
            maxTicksLimit: 6,
            includeBounds: range !== null,
            font: { size: 11 },
            ...(range === null ? {} : { stepSize: (range[1] - range[0]) / 4, callback: String }),
          },
          grid: {},
          afterFit: (scale) => {
            scale.width = Y_AXIS_WIDTH; // the same in all charts, so that their x axes line up
          },
        },
      },
      plugins: {
        tooltip: {
          displayColors: true,
          caretPadding: 8,
          callbacks: {
            title: ([item]) => (item ? titleOf(item.datasetIndex, (item.raw as Point).step) : ''),
            label: ({ dataset, parsed }) => ` ${dataset.label}: ${formatValue(parsed.y ?? Number.NaN)}`,
            labelColor: ({ dataset }) => ({ borderColor: String(dataset.borderColor), backgroundColor: String(dataset.borderColor) }),
          },
        },
      },
      onHover: (_event, elements, chart: Chart) => {
        const element = elements[0];
        if (!element) return onPoint(null, null);
        const point = chart.data.datasets[element.datasetIndex]?.data[element.index] as Point | undefined;
        onPoint(element.datasetIndex, point?.x ?? null);
      },
    },
  };
}

const Y_AXIS_WIDTH = 44;

function formatValue(value: number): string {
  return Number.isFinite(value) ? value.toPrecision(4) : 'not a number';
}
