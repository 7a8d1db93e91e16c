// What is drawn over a chart's lines: the epoch of the sample grids, the pointer's x in all charts, a cross where a run ended badly,
// and the range being selected.

import type { Chart, LineElement, Plugin } from 'chart.js';
import { canvasTheme, withAlpha } from '../theme.ts';
import type { Point } from './curves.ts';
import type { ChartLine } from './lines.ts';

export interface Marks {
  /** In values of the x axis. */
  epochX: number | null;
  crossX: number | null;
  /** The run whose line stands out while the others fade. */
  highlighted: string | null;
  /** In pixels of the one chart on which it is drawn. */
  selection: { chart: Chart<'line', Point[]>; from: number; to: number } | null;
}

const FADED = 0.3;

export function createMarks(marks: Marks, lines: () => ChartLine[]): Plugin<'line'> {
  return {
    id: 'marks',
    beforeDatasetDraw({ ctx }, { index }) {
      ctx.globalAlpha = marks.highlighted === null || lines()[index]?.id === marks.highlighted ? 1 : FADED;
    },
    afterDatasetDraw({ ctx }) {
      ctx.globalAlpha = 1;
    },
    afterDatasetsDraw(chart) {
      const { ctx, chartArea } = chart;
      const theme = canvasTheme();
      const faintText = withAlpha(theme.text, 0.35);
      ctx.save();
      ctx.beginPath();
      ctx.rect(chartArea.left, chartArea.top, chartArea.width, chartArea.height);
      ctx.clip();
      const highlighted = marks.highlighted === null ? -1 : lines().findIndex(({ id }) => id === marks.highlighted);
      if (highlighted !== -1) drawAgain(chart, highlighted);
      if (marks.epochX !== null) drawVertical(chart, marks.epochX, { color: theme.line, dash: [5, 4] });
      if (marks.crossX !== null) drawVertical(chart, marks.crossX, { color: faintText, dash: [] });
      for (const [i, line] of lines().entries()) if (line.isBad) drawEnd(chart, i, line.color);
      if (marks.selection?.chart === chart) {
        const { from, to } = marks.selection;
        ctx.fillStyle = faintText;
        ctx.fillRect(Math.min(from, to), chartArea.top, Math.abs(to - from), chartArea.height);
      }
      ctx.restore();
    },
  };
}

/** On top of the other lines, and thicker. */
function drawAgain(chart: Chart, index: number): void {
  const { ctx } = chart;
  const dataset = chart.data.datasets[index];
  const line = chart.getDatasetMeta(index).dataset as LineElement | undefined;
  if (!dataset || !line || line.points.length === 0) return;
  ctx.strokeStyle = String(dataset.borderColor);
  ctx.lineWidth = 2.6;
  ctx.beginPath();
  line.path(ctx);
  ctx.stroke();
}

function drawVertical(chart: Chart, x: number, { color, dash }: { color: string; dash: number[] }): void {
  const { ctx, chartArea, scales } = chart;
  const pixel = Math.round(scales.x!.getPixelForValue(x)) + 0.5;
  ctx.strokeStyle = color;
  ctx.lineWidth = 1;
  ctx.setLineDash(dash);
  ctx.beginPath();
  ctx.moveTo(pixel, chartArea.top);
  ctx.lineTo(pixel, chartArea.bottom);
  ctx.stroke();
  ctx.setLineDash([]);
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
