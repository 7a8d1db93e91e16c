// One run's sample grid. Its headings lie over the columns of the picture, which begin at x = gap + column * (imageSize + gap).
// Pictures are shown at whole multiples of their size: no pixel is blurred.

import { plural } from '../../../experiment/units.ts';
import type { GridGeometry, RunView } from '../../wire.ts';
import { make, setText } from '../elements.ts';
import type { PictureRequest } from '../pictures/place.ts';
import { pictureOfReport } from '../report.ts';
import { saveGrid } from '../take-away/grid-picture.ts';
import { makeSaveButtons } from '../take-away/save-file.ts';

interface GridCardView {
  view: RunView;
  color: string;
  epoch: number | null;
  column: string;
  rows: number;
  scale: number;
}

export interface GridCard {
  element: HTMLElement;
  /** The part of it that shows the pictures. */
  picture: HTMLElement;
  update(view: GridCardView): void;
  /** Whether a person can see it. The picture of a card out of sight is fetched when it comes into sight. */
  setSeen(isSeen: boolean): void;
}

export function createGridCard(samplesUrl: string, id: string): GridCard {
  const link = make('a');
  const facts = make('span', { class: 'quiet' });
  const note = make('p', { class: 'grid-note' });
  const save = makeSaveButtons('this grid', [['PNG', () => saveShown()]]);
  const headings = make('div', { class: 'headings', 'aria-hidden': 'true' });
  const image = make('img', { alt: '', decoding: 'async' });
  const window = make('div', { class: 'grid-window', role: 'button', tabindex: '0' }, image);
  const frame = make('div', { class: 'grid-frame' }, headings, window);
  const scroll = make('div', { class: 'grid-scroll', tabindex: '0', role: 'group', 'aria-label': 'Sample grid' }, frame);
  const head = make('figcaption', {}, make('span', { class: 'swatch', 'aria-hidden': 'true' }), make('b', {}, link), facts, save, note);
  const element = make('figure', { class: 'grid-card', 'data-run': id }, head, scroll);
  let layout = '';
  let wanted = '';
  let isSeen = false;
  let shown: Shown | null = null;
  let saved: { view: RunView; sample: [epoch: number, version: string] } | null = null;
  const saveShown = async (): Promise<void> => {
    if (saved === null) return;
    const { view, sample } = saved;
    await saveGrid(view, sample[0], sampleUrl(samplesUrl, view, { sample, rows: Number.POSITIVE_INFINITY }));
  };
  const open = (column: number, row: number): void => {
    if (shown === null) return;
    const detail: PictureRequest = { run: id, epoch: shown.epoch, column, row };
    window.dispatchEvent(new CustomEvent('open-picture', { bubbles: true, detail }));
  };
  window.addEventListener('click', (event) => {
    if (shown === null) return;
    const { left, top } = image.getBoundingClientRect();
    const within = (offset: number, count: number): number => Math.max(0, Math.min(count - 1, Math.floor(offset / shown!.pitch)));
    open(within(event.clientX - left, shown.grid.columns.length), within(event.clientY - top, shown.grid.rows));
  });
  window.addEventListener('keydown', (event) => {
    if (event.key !== 'Enter' && event.key !== ' ') return;
    event.preventDefault();
    open(Math.max(0, shown?.column ?? 0), 0);
  });
  const fetchPicture = (): void => {
    if (isSeen && wanted !== '' && image.getAttribute('src') !== wanted) image.src = wanted;
  };

  return {
    element,
    picture: window,
    update({ view, color, epoch, column, rows, scale }) {
      const sample = epoch === null ? undefined : sampleAt(view, epoch);
      element.style.setProperty('--run-color', color);
      link.href = `${document.body.dataset.root}${view.url}`;
      setText(link, view.label);
      link.title = view.label;
      setText(facts, describe(view));
      const index = column === '' || !view.grid ? -1 : view.grid.columns.indexOf(column);
      const lacksColumn = column !== '' && index === -1;
      setText(note, lacksColumn && view.grid ? `has no column “${column}”` : noteOf(sample?.[0] ?? null, epoch));
      element.classList.toggle('is-earlier', sample !== undefined && sample[0] !== epoch);
      scroll.hidden = !sample || !view.grid || lacksColumn;
      save.hidden = scroll.hidden;
      saved = sample ? { view, sample } : null;
      if (!sample || !view.grid || lacksColumn) return;
      const wantedLayout = JSON.stringify([view.grid, index, rows, scale]);
      if (wantedLayout !== layout) placeGrid({ headings, window, image, element }, view.grid, { index, rows, scale });
      layout = wantedLayout;
      wanted = sampleUrl(samplesUrl, view, { sample, rows });
      fetchPicture();
      image.dataset.epoch = String(sample[0]);
      const pitch = (view.grid.imageSize + view.grid.gap) * factorOf(view.grid, scale);
      shown = { epoch: sample[0], grid: view.grid, column: index, pitch };
      window.setAttribute('aria-label', `Look at the pictures of ${view.label} after epoch ${sample[0]}`);
      image.alt = `Sample grid of ${view.label} after epoch ${sample[0]}; columns: ${view.grid.columns.join(', ')}`;
    },
    setSeen(now) {
      isSeen = now;
      fetchPicture();
    },
  };
}

interface Shown {
  epoch: number;
  grid: GridGeometry;
  /** The one column that is shown; -1: all. */
  column: number;
  /** Screen pixels from one picture to the next. */
  pitch: number;
}

/** The newest grid up to an epoch. */
export function sampleAt({ samples }: RunView, epoch: number): [epoch: number, version: string] | undefined {
  return samples.findLast((sample) => sample[0] <= epoch);
}

/** `rows`: the first ones alone, where the grid has more; in a report always all of them. */
export function sampleUrl(samplesUrl: string, { id, grid }: RunView, { sample: [epoch, version], rows }: SampleChoice): string {
  const kept = pictureOfReport(id, epoch);
  if (kept !== null) return kept;
  const crop = grid !== null && rows < grid.rows ? `&rows=${rows}` : '';
  return `${samplesUrl}/runs/${encodeURIComponent(id)}/samples/${epoch}.png?v=${version}${crop}`;
}

interface SampleChoice {
  sample: [epoch: number, version: string];
  rows: number;
}

interface Parts {
  element: HTMLElement;
  headings: HTMLElement;
  window: HTMLElement;
  image: HTMLImageElement;
}

interface Crop {
  /** The one column to show; -1: all. */
  index: number;
  rows: number;
  scale: number;
}

function placeGrid({ element, headings, window, image }: Parts, grid: GridGeometry, { index, rows, scale }: Crop): void {
  const factor = factorOf(grid, scale);
  const pitch = (grid.imageSize + grid.gap) * factor;
  const width = grid.gap * factor + grid.columns.length * pitch;
  const shown = index === -1 ? grid.columns : [grid.columns[index]!];
  image.width = width;
  // Its height follows: it may have all rows, or only the first ones.
  image.style.marginLeft = index === -1 ? '0' : `${-index * pitch}px`;
  window.style.width = `${shown.length * pitch + grid.gap * factor}px`;
  window.style.height = `${grid.gap * factor + Math.min(rows, grid.rows) * pitch}px`;
  headings.style.paddingLeft = `${grid.gap * factor}px`;
  headings.style.gap = `${grid.gap * factor}px`;
  element.classList.toggle('is-tight', grid.imageSize * factor < TIGHT_PX);
  headings.replaceChildren(
    ...shown.map((label) => {
      const heading = make('span', { title: label }, make('span', {}, label.replaceAll('_', ' ')));
      heading.style.width = `${grid.imageSize * factor}px`;
      return heading;
    }),
  );
}

function factorOf({ imageSize }: GridGeometry, scale: number): number {
  return scale > 0 ? scale : Math.max(1, Math.round(COMFORTABLE_PX / imageSize));
}

/** A picture is at least about this large; below TIGHT_PX its heading is turned. */
const COMFORTABLE_PX = 64;
const TIGHT_PX = 52;

function describe({ attributes, stateWords }: RunView): string {
  const count = attributes === null ? null : plural(attributes.length, 'attribute');
  return [count, stateWords].filter((part) => part !== null).join(' · ');
}

function noteOf(shownEpoch: number | null, epoch: number | null): string {
  if (shownEpoch === null) return epoch === null ? 'no grid yet' : `no grid up to epoch ${epoch}`;
  return shownEpoch === epoch ? `epoch ${shownEpoch}` : `epoch ${shownEpoch}, as it has none at ${epoch}`;
}
