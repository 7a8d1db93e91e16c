// A chart as CSV, JSON or PNG: what of it is in sight.

import type { Metric } from '../../../experiment/metrics.ts';
import type { Range } from '../curves/axis.ts';
import type { ChartLine } from '../curves/lines.ts';
import { canvasTheme } from '../theme.ts';
import { makeSaveButtons, pageName, saveFile, savePicture } from './save-file.ts';
import { tabulateChart, writeCsv, writeJson } from './tables.ts';

interface ChartInSight {
  lines: readonly ChartLine[];
  range: Range;
}

/** `inSight`: null while there is nothing. */
export function makeChartFiles(figure: HTMLElement, { name, label }: Metric, inSight: () => ChartInSight | null): HTMLElement {
  const rows = () => {
    const now = inSight();
    return now === null ? [] : tabulateChart(name, now.lines, now.range);
  };
  return makeSaveButtons(label, [
    ['CSV', () => saveFile(`${pageName()}-${name}.csv`, writeCsv(rows()), 'text/csv')],
    ['JSON', () => saveFile(`${pageName()}-${name}.json`, writeJson(rows()), 'application/json')],
    ['PNG', () => savePicture(`${pageName()}-${name}.png`, drawChart(figure.querySelector('canvas')!, label, inSight()?.lines ?? []))],
  ]);
}

const FONT = 'system-ui, sans-serif';
const [HEAD_PX, ENTRY_PX, KEY_PX] = [26, 18, 28];
const MOST_ENTRIES = 40;

/** The chart with its title above and the names of its lines below, as sharp as the screen. */
function drawChart(chart: HTMLCanvasElement, title: string, lines: readonly ChartLine[]): HTMLCanvasElement {
  const { text, line: ink, surface } = canvasTheme();
  const [width, height] = [chart.clientWidth, chart.clientHeight];
  const times = chart.width / Math.max(1, width);
  const entries = lines.slice(0, MOST_ENTRIES);
  const canvas = document.createElement('canvas');
  const context = canvas.getContext('2d')!;
  const places = placeEntries(entries, width, context);
  canvas.width = chart.width;
  canvas.height = Math.ceil((HEAD_PX + height + (places.at(-1)?.y ?? 0) + ENTRY_PX) * times);
  context.scale(times, times);
  context.fillStyle = surface;
  context.fillRect(0, 0, width, canvas.height);
  context.textBaseline = 'middle';
  context.font = `600 13px ${FONT}`;
  context.fillStyle = ink;
  context.fillText(title, 8, HEAD_PX / 2);
  context.drawImage(chart, 0, HEAD_PX, width, height);
  context.font = `12px ${FONT}`;
  for (const [i, { x, y }] of places.entries()) {
    const { label, color, dash } = entries[i]!;
    const middle = HEAD_PX + height + y + ENTRY_PX / 2;
    context.strokeStyle = color;
    context.lineWidth = 2;
    context.setLineDash(dash);
    context.beginPath();
    context.moveTo(x, middle);
    context.lineTo(x + KEY_PX - 6, middle);
    context.stroke();
    context.fillStyle = text;
    context.fillText(label, x + KEY_PX, middle);
  }
  return canvas;
}

/** Left to right, in as many rows as are needed. */
function placeEntries(lines: readonly ChartLine[], width: number, context: CanvasRenderingContext2D): { x: number; y: number }[] {
  context.font = `12px ${FONT}`;
  let [x, y] = [8, 0];
  return lines.map(({ label }) => {
    const needed = KEY_PX + context.measureText(label).width + 14;
    if (x > 8 && x + needed > width) [x, y] = [8, y + ENTRY_PX];
    const place = { x, y };
    x += needed;
    return place;
  });
}
