// The picture of the report: two charts above, and below them a line of faces for each number of attributes and each model.

import sharp from 'sharp';
import { type CutOut, cutOut } from './cut-out.ts';
import { chooseTicks, drawChart, type Series } from './draw-chart.ts';
import { listCounts, listModels, type Point } from './points.ts';

const COLOURS = ['#c2571a', '#1f6fb4', '#3a8f4d', '#7a5bb0'];
const WIDTH = 900;
const CHART_HEIGHT = 270;
const LEGEND_HEIGHT = 24;
const GUTTER = 36;
const GAP = 2;
const LABEL_HEIGHT = 30;
const FACE = 64;
const COLUMNS = 6;
const ROWS = 2;
/** So that a page of documentation stays light. */
const MOST_BYTES = 300_000;

/** A JPEG of less than 300 KB. `floor`: what real pictures have, by the metric's name. */
export async function drawPicture(points: readonly Point[], floor: Readonly<Record<string, number>>): Promise<Buffer> {
  const [models, counts] = [listModels(points), listCounts(points)];
  const facesTop = CHART_HEIGHT + LEGEND_HEIGHT + 34;
  const blockHeight = LABEL_HEIGHT + ROWS * (FACE + GAP) + 8;
  const blockWidth = Math.max((WIDTH - GUTTER) / models.length, COLUMNS * (FACE + GAP) + 12);
  const width = Math.max(WIDTH, GUTTER + blockWidth * models.length);
  const height = facesTop + counts.length * blockHeight;
  const blocks = await Promise.all(
    points.map(async ({ model, count, runs }) => {
      const [x, y] = [GUTTER + models.indexOf(model) * blockWidth, facesTop + counts.indexOf(count) * blockHeight];
      return `<g transform="translate(${x} ${y})">${drawFaces(await cutOut(runs[0]!.folder, { columns: COLUMNS, rows: ROWS }))}</g>`;
    }),
  );
  const names = counts.map((count, i) => {
    const middle = facesTop + i * blockHeight + LABEL_HEIGHT + (ROWS * FACE) / 2;
    return `<text x="${GUTTER - 10}" y="${middle + 5}" text-anchor="end" font-size="15" font-weight="bold">${count}</text>`;
  });
  const heads = models.map(
    (model, i) =>
      `<text x="${GUTTER + i * blockWidth}" y="${facesTop - 8}" font-weight="bold" fill="${colourOf(i)}" font-size="14">${escapeText(model)}</text>`,
  );
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" font-family="DejaVu Sans, Helvetica, Arial, sans-serif"
    font-size="12" fill="#222"><rect width="100%" height="100%" fill="#fff"/>${drawCharts(points, { floor, width })}${drawLegend(models)}${heads.join('')}
    ${names.join('')}${blocks.join('')}</svg>`;
  return compress(Buffer.from(svg));
}

async function compress(svg: Buffer): Promise<Buffer> {
  for (const quality of [92, 86, 80, 70, 60]) {
    const jpeg = await sharp(svg).jpeg({ quality, chromaSubsampling: '4:4:4', mozjpeg: true }).toBuffer();
    if (jpeg.length < MOST_BYTES) return jpeg;
  }
  throw new Error(`expected a picture of less than ${MOST_BYTES} bytes, got more even at quality 60; show fewer faces`);
}

function drawCharts(points: readonly Point[], { floor, width }: { floor: Readonly<Record<string, number>>; width: number }): string {
  const chart = { counts: listCounts(points), width: width / 2 - 10, height: CHART_HEIGHT };
  const accuracy = [...seriesOf(points, 'relativeAccuracy'), ...seriesOf(points, 'worstRelativeAccuracy', true)];
  const distance = seriesOf(points, 'frechetDistance');
  const ticksOfAccuracy = chooseTicks(Math.min(0.5, lowestOf(accuracy)), 1);
  const ticksOfDistance = chooseTicks(0, Math.max(1, highestOf(distance)));
  const left = drawChart({
    ...chart,
    title: 'Relative attribute accuracy, by number of attributes',
    series: accuracy,
    ...spanOf(ticksOfAccuracy),
  });
  const right = drawChart({
    ...chart,
    title: 'Frechet distance, by number of attributes',
    series: distance,
    ...spanOf(ticksOfDistance),
    floor: floor.frechetDistance,
  });
  return `<g transform="translate(8 6)">${left}</g><g transform="translate(${width / 2 + 8} 6)">${right}</g>`;
}

function spanOf(ticks: number[]): { ticks: number[]; range: [number, number] } {
  return { ticks, range: [ticks[0]!, ticks.at(-1)!] };
}

function seriesOf(points: readonly Point[], metric: string, dashed = false): Series[] {
  return listModels(points).map((model, i) => ({
    colour: colourOf(i),
    dashed,
    points: points
      .filter((point) => point.model === model)
      .flatMap(({ count, row }) => (row.last[metric] ? [{ count, ...row.last[metric] }] : [])),
  }));
}

function lowestOf(series: readonly Series[]): number {
  return Math.min(...series.flatMap(({ points }) => points.map(({ mean, deviation }) => mean - (deviation ?? 0))));
}

function highestOf(series: readonly Series[]): number {
  return Math.max(...series.flatMap(({ points }) => points.map(({ mean, deviation }) => mean + (deviation ?? 0))));
}

function drawLegend(models: readonly string[]): string {
  const entries = [
    ...models.map((model, i) => ({ text: model, colour: colourOf(i), dash: '' })),
    { text: 'worst attribute of a run', colour: '#555', dash: '5 4' },
    { text: 'real pictures', colour: '#555', dash: '2 3' },
    { text: 'bars: one standard deviation over the seeds', colour: '', dash: '' },
  ];
  let x = 8;
  const drawn = entries.map(({ text, colour, dash }) => {
    const line =
      colour && `<line x1="${x}" y1="-4" x2="${x + 24}" y2="-4" stroke="${colour}" stroke-width="2" stroke-dasharray="${dash}"/>`;
    const textX = x + (colour ? 30 : 0);
    x = textX + text.length * 6.8 + 18;
    return `${line}<text x="${textX}">${escapeText(text)}</text>`;
  });
  return `<g transform="translate(0 ${CHART_HEIGHT + LEGEND_HEIGHT - 4})">${drawn.join('')}</g>`;
}

/** Columns side by side, each with its label above it. */
function drawFaces(columns: readonly CutOut[]): string {
  return columns
    .map(({ label, pictures }, column) => {
      const x = column * (FACE + GAP);
      const words = wrap(label).map((line, i, { length }) => {
        const y = LABEL_HEIGHT - 5 - 11 * (length - 1 - i);
        return `<text x="${x + FACE / 2}" y="${y}" text-anchor="middle" font-size="10">${escapeText(line)}</text>`;
      });
      const faces = pictures.map((png, row) => {
        const y = LABEL_HEIGHT + row * (FACE + GAP);
        return `<image x="${x}" y="${y}" width="${FACE}" height="${FACE}" href="data:image/png;base64,${png.toString('base64')}"/>`;
      });
      return words.join('') + faces.join('');
    })
    .join('');
}

/** In two lines where it is long, the first as full as a column allows. */
function wrap(label: string): string[] {
  if (label.length <= 11) return [label];
  const words = label.split(' ');
  let first = words.shift()!;
  while (words.length > 0 && `${first} ${words[0]}`.length <= 11) first += ` ${words.shift()}`;
  return words.length === 0 ? [first] : [first, words.join(' ')];
}

const colourOf = (index: number): string => COLOURS[index % COLOURS.length]!;

const escapeText = (text: string): string => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
