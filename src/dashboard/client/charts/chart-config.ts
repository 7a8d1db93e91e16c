// The settings of Chart.js, which draws the axes: no animation, no parsing, no events, and axes that are worked out in curves/axis.ts.

import type { ChartConfiguration, Plugin } from 'chart.js';
import { formatTick, listTicks, type YScale } from '../curves/axis.ts';

/** What all charts share, so that their x axes line up. */
export interface SharedAxes {
  /** Room for the longest label of any chart. */
  yWidth: number;
  /** Whether only whole numbers are on the x axis. */
  isWhole: boolean;
}

export interface ChartConfigOptions {
  plugin: Plugin<'line'>;
  shared: SharedAxes;
  yScale: () => YScale;
  /** Called with the width that the labels of this chart need. */
  onWidth: (width: number) => void;
}

export function chartConfig({ plugin, shared, yScale, onWidth }: ChartConfigOptions): ChartConfiguration<'line'> {
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
      layout: { padding: { right: 14, top: 6 } },
      scales: {
        x: {
          type: 'linear',
          ticks: { maxRotation: 0, font: { size: 11 }, callback: (value) => formatTick(Number(value)) },
          grid: {},
          afterBuildTicks: (scale) => {
            const count = Math.min(8, Math.max(2, Math.floor(scale.chart.width / 75)));
            scale.ticks = listTicks(scale, count, shared.isWhole).map((value) => ({ value }));
          },
        },
        y: {
          type: 'linear',
          ticks: { autoSkip: false, font: { size: 11 }, callback: (value) => labelAt(yScale(), Number(value)) },
          grid: {},
          afterBuildTicks: (scale) => {
            scale.ticks = yScale().ticks.map(({ at }) => ({ value: at }));
          },
          afterFit: (scale) => {
            onWidth(scale.width);
            scale.width = Math.max(scale.width, shared.yWidth);
          },
        },
      },
    },
  };
}

function labelAt({ ticks }: YScale, value: number): string {
  return ticks.find(({ at }) => at === value)?.label ?? '';
}
