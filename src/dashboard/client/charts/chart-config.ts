// The settings of Chart.js, which draws the axes: no animation, no parsing, no events.

import type { ChartConfiguration, Plugin } from 'chart.js';
import type { Metric } from '../../../experiment/metrics.ts';

export interface ChartConfigOptions {
  metric: Metric;
  plugin: Plugin<'line'>;
}

export function chartConfig({ metric, plugin }: ChartConfigOptions): ChartConfiguration<'line'> {
  const { range } = metric;
  return {
    type: 'line',
    data: { datasets: [] },
    plugins: [plugin],
    options: {
      animation: false,
      parsing: false,
      responsive: true,
      maintainAspectRatio: false,
      resizeDelay: 50,
      events: [], // hover.ts follows the pointer: Chart.js would draw every line again
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
    },
  };
}

const Y_AXIS_WIDTH = 44;
