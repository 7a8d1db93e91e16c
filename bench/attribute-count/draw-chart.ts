// (pure) A line chart over the number of attributes as SVG: means with bars of one deviation each way.

export interface Series {
  colour: string;
  dashed: boolean;
  points: { count: number; mean: number; deviation: number | null }[];
}

export interface Chart {
  title: string;
  series: Series[];
  counts: number[];
  /** Least and greatest value of the vertical axis. */
  range: [number, number];
  /** Where the vertical axis has a line and a number. */
  ticks: number[];
  /** What real pictures have, as a dotted line. */
  floor?: number;
  /** In pixels, axes and title included. */
  width: number;
  height: number;
}

const LEFT = 40;
const RIGHT = 12;
const TOP = 26;
const BOTTOM = 22;

export function drawChart({ title, series, counts, range: [low, high], ticks, floor, width, height }: Chart): string {
  const bottom = height - BOTTOM;
  // Each doubling of the number of attributes takes the same room.
  const [first, last] = [Math.log2(counts[0]!), Math.log2(counts.at(-1)!)];
  const xOf = (count: number) => LEFT + 14 + ((width - LEFT - RIGHT - 28) * (Math.log2(count) - first)) / (last - first || 1);
  const yOf = (value: number) => bottom - ((bottom - TOP) * (value - low)) / (high - low);
  const line = (x1: number, y1: number, x2: number, y2: number, style: string) =>
    `<line x1="${fix(x1)}" y1="${fix(y1)}" x2="${fix(x2)}" y2="${fix(y2)}" ${style}/>`;
  const grid = ticks.map(
    (tick) =>
      line(LEFT, yOf(tick), width - RIGHT, yOf(tick), 'stroke="#ddd"') +
      `<text x="${LEFT - 6}" y="${fix(yOf(tick) + 4)}" text-anchor="end">${tick}</text>`,
  );
  const names = counts.map((count) => `<text x="${fix(xOf(count))}" y="${bottom + 16}" text-anchor="middle">${count}</text>`);
  const curves = series.map(({ colour, dashed, points }, index) => {
    const aside = (index - (series.length - 1) / 2) * 3; // bars of several series stay apart
    const stroke = `stroke="${colour}" stroke-width="2"${dashed ? ' stroke-dasharray="5 4"' : ''}`;
    const path = points.map(({ count, mean }) => `${fix(xOf(count) + aside)},${fix(yOf(mean))}`).join(' ');
    const marks = points.map(({ count, mean, deviation }) => {
      const [x, y] = [xOf(count) + aside, yOf(mean)];
      const [up, down] = [yOf(mean + (deviation ?? 0)), yOf(mean - (deviation ?? 0))];
      const caps = [up, down].map((end) => line(x - 4, end, x + 4, end, `stroke="${colour}" stroke-width="1.5"`)).join('');
      const bar = deviation === null ? '' : line(x, up, x, down, `stroke="${colour}" stroke-width="1.5"`) + caps;
      return `${bar}<circle cx="${fix(x)}" cy="${fix(y)}" r="3.5" fill="${dashed ? '#fff' : colour}" stroke="${colour}" stroke-width="1.5"/>`;
    });
    return `<polyline points="${path}" fill="none" ${stroke}/>${marks.join('')}`;
  });
  const real = floor === undefined ? '' : line(LEFT, yOf(floor), width - RIGHT, yOf(floor), 'stroke="#555" stroke-dasharray="2 3"');
  return `<text x="0" y="13" font-weight="bold">${title}</text>${grid.join('')}${names.join('')}${real}${curves.join('')}`;
}

const fix = (value: number): string => value.toFixed(1);

/** Five to ten round numbers from `low` on that span the values. */
export function chooseTicks(low: number, high: number): number[] {
  const rough = (high - low) / 5;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 5, 10].map((factor) => factor * power).find((each) => each >= rough)!;
  const start = Math.floor(low / step);
  const end = Math.ceil(high / step - 1e-9);
  return Array.from({ length: end - start + 1 }, (_, i) => Number(((start + i) * step).toPrecision(6)));
}
