// Which sample grids a report holds, and how small: as many epochs of each run as fit, the last and the best before all others, then fewer
// colours and rows of pictures.

import { formatCount, plural } from '../../experiment/units.ts';
import { isContained, readPlainFile } from '../../results/files/read.ts';
import type { LiveRun, Sample } from '../views/live-run.ts';

export interface ReportPictures {
  /** By run id: rows of pictures that its grids have here. */
  rows: Map<string, number>;
  /** By run id, then epoch: a data address. */
  pictures: Record<string, Record<string, string>>;
  /** What is not there, in a few words; null: all is. */
  leftOut: string | null;
}

interface Form {
  /** Grids of each run. */
  epochs: number;
  /** Rows of each grid. */
  rows: number;
  /** Of WebP. */
  quality: number;
}

/** The first that fits is taken. */
const FORMS: Form[] = [
  { epochs: 100, rows: 100, quality: 80 },
  { epochs: 12, rows: 100, quality: 70 },
  { epochs: 6, rows: 100, quality: 70 },
  { epochs: 3, rows: 100, quality: 70 },
  { epochs: 2, rows: 100, quality: 70 },
  { epochs: 1, rows: 100, quality: 70 },
  { epochs: 1, rows: 100, quality: 45 },
  { epochs: 1, rows: 4, quality: 60 },
  { epochs: 1, rows: 2, quality: 60 },
  { epochs: 1, rows: 1, quality: 45 },
];
/** Pictures that tell how large the others become. */
const TRIALS = 4;
const MOST_PIXELS = 64 * 1024 * 1024;
const MOST_BYTES = 64 * 1024 * 1024;

/** `first`: ids of the runs that matter most, whose pictures are there whatever else has to go. `mostBytes`: of all addresses together. */
export async function choosePictures(
  runs: readonly LiveRun[],
  { resultsRoot, first, mostBytes }: { resultsRoot: string; first: ReadonlySet<string>; mostBytes: number },
): Promise<ReportPictures> {
  const drawn = runs.filter(({ samples, grid }) => grid !== null && samples.length > 0);
  const ordered = [...drawn.filter(({ run }) => first.has(run.id)), ...drawn.filter(({ run }) => !first.has(run.id))];
  const shrink = createShrinking(resultsRoot);
  const form = await chooseForm(ordered, shrink, mostBytes);
  const found = { rows: new Map<string, number>(), pictures: {} as ReportPictures['pictures'] };
  let [bytes, held] = [0, 0];
  for (const live of ordered) {
    for (const sample of chooseEpochs(live, form.epochs)) {
      const address = await shrink(live, sample, form);
      if (address === null || bytes + address.length > mostBytes) continue;
      bytes += address.length;
      held++;
      found.rows.set(live.run.id, Math.min(form.rows, live.grid!.rows));
      found.pictures[live.run.id] = { ...found.pictures[live.run.id], [sample.epoch]: address };
    }
  }
  const all = runs.reduce((sum, { samples }) => sum + samples.length, 0);
  const rows = Math.max(0, ...ordered.map(({ grid }) => grid!.rows));
  const parts = [
    held < all ? `${formatCount(held)} of ${plural(all, 'sample grid')}` : '',
    form.rows < rows ? `of each grid ${plural(form.rows, 'row')} of ${rows}` : '',
  ].filter((part) => part !== '');
  return { ...found, leftOut: parts.length === 0 ? null : parts.join(', ') };
}

type Shrink = (live: LiveRun, sample: Sample, form: Form) => Promise<string | null>;

async function chooseForm(runs: readonly LiveRun[], shrink: Shrink, mostBytes: number): Promise<Form> {
  const tried = runs.filter((_, i) => i % Math.max(1, Math.floor(runs.length / TRIALS)) === 0);
  for (const form of FORMS) {
    let [pixels, bytes] = [0, 0];
    for (const live of tried) {
      bytes += (await shrink(live, live.samples.at(-1)!, form))?.length ?? 0;
      pixels += pixelsOf(live, form);
    }
    const all = runs.reduce((sum, live) => sum + pixelsOf(live, form) * chooseEpochs(live, form.epochs).length, 0);
    if ((all * bytes) / Math.max(1, pixels) <= mostBytes * CAUTION) return form;
  }
  return FORMS.at(-1)!;
}

/** Pictures differ in how small they become. */
const CAUTION = 0.9;

function pixelsOf({ grid }: LiveRun, { rows }: Form): number {
  return grid!.columns.length * Math.min(rows, grid!.rows) * grid!.imageSize ** 2;
}

/** The best one, the last one, and others evenly between. */
function chooseEpochs(live: LiveRun, count: number): Sample[] {
  const { samples } = live;
  if (samples.length <= count) return samples;
  const best = live.finalValues().best?.epoch;
  const bestSample = samples.findLast(({ epoch }) => epoch <= (best ?? Number.POSITIVE_INFINITY)) ?? samples.at(-1)!;
  const wanted = new Set([bestSample]);
  for (let i = 0; wanted.size < count && i < count; i++) wanted.add(samples[Math.round(((samples.length - 1) * (count - i)) / count)]!);
  return samples.filter((sample) => wanted.has(sample));
}

/** The same picture in the same form is made once. null: it cannot be read. */
function createShrinking(resultsRoot: string): Shrink {
  const known = new Map<string, Promise<string | null>>();
  return (live, sample, { rows, quality }) => {
    const key = `${sample.image} ${Math.min(rows, live.grid!.rows)} ${quality}`;
    const made = known.get(key) ?? shrinkPicture(resultsRoot, live, sample, { rows, quality });
    known.set(key, made);
    return made;
  };
}

async function shrinkPicture(
  resultsRoot: string,
  { grid }: LiveRun,
  { image }: Sample,
  { rows, quality }: Omit<Form, 'epochs'>,
): Promise<string | null> {
  try {
    const png = isContained(resultsRoot, image) ? readPlainFile(image, MOST_BYTES) : null;
    if (png === null) return null;
    const { default: sharp } = await import('sharp');
    const picture = sharp(png, { limitInputPixels: MOST_PIXELS });
    const { width = 0, height = 0 } = await picture.metadata();
    const wanted = Math.min(height, grid!.gap + Math.min(rows, grid!.rows) * (grid!.imageSize + grid!.gap));
    const bytes = await picture.extract({ left: 0, top: 0, width, height: wanted }).webp({ quality, effort: 4 }).toBuffer();
    return `data:image/webp;base64,${bytes.toString('base64')}`;
  } catch {
    return null; // no picture, or one that is too large
  }
}
