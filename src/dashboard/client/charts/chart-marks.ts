// What is drawn with a chart's lines: a cross where a run ended badly.

import type { Chart, Plugin } from 'chart.js';
import type { Point } from './curves.ts';
import type { ChartLine } from './lines.ts';

/** `onDrawn`: called when the chart was drawn anew. */
export function createMarks(lines: () => ChartLine[], onDrawn: (chart: Chart) => void): Plugin<'line'> {
  return {
    id: 'marks',
    afterDatasetsDraw(chart) {
      for (const [i, line] of lines().entries()) if (line.isBad) drawEnd(chart, i, line.color);
    },
    afterRender: onDrawn,
  };
}
function drawEnd(chart: Chart, dataset: number, color: string): void {
  const data = chart.data.datasets[dataset]?.data as Point[] | undefined;
  const last = data?.findLast(({ y }) => Number.isFinite(y));
  if (!last) return;
  const { ctx, chartArea, scales } = chart;
  const x = Math.min(chartArea.right - 5, scales.x!.getPixelForValue(last.x));
  const y = Math.min(chartArea.bottom - 5, Math.max(chartArea.top + 5, scales.y!.getPixelForValue(last.y)));
  ctx.strokeStyle = color;
  ctx.lineWidth = 2.5;
  ctx.beginPath();
  for (const [dx, dy] of [
    [1, 1],
    [1, -1],
  ] as const) {
    ctx.moveTo(x - 4 * dx, y - 4 * dy);
    ctx.lineTo(x + 4 * dx, y + 4 * dy);
  }
  ctx.stroke();
}
