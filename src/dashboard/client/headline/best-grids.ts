// Beside the plots: what the best run of each group draws. Only the first rows and columns of its grid, so that all groups are in sight.

import type { RunView } from '../../wire.ts';
import { make } from '../elements.ts';
import { sampleAt, sampleUrl } from '../grids/grid-card.ts';

export interface BestRun {
  /** Of the group. */
  label: string;
  color: string;
  dashName: string;
  view: RunView;
  /** Whose grid is shown; null: the newest. */
  epoch: number | null;
  /** Why this run: `seed 2, Frechet 45.2`. */
  why: string;
  isChosen: boolean;
}

export interface BestGrids {
  update(runs: readonly BestRun[]): void;
}

/** Rows of pictures, by how many groups there are. */
const rowsFor = (groups: number): number => (groups <= 2 ? 4 : groups <= 4 ? 2 : 1);

export function createBestGrids(container: HTMLElement, samplesUrl: string): BestGrids {
  let shown = '';
  return {
    update(runs) {
      const rows = rowsFor(runs.length);
      const wanted = JSON.stringify(
        runs.map(({ view, ...rest }) => [rest, view.id, view.label, view.grid, sampleAt(view, rest.epoch ?? Number.POSITIVE_INFINITY)]),
      );
      if (wanted === shown) return;
      shown = wanted;
      const widest = Math.max(0, ...runs.map(({ view }) => widthOf(view)));
      container.classList.toggle('is-many', runs.length > 4 || (runs.length > 1 && widest < container.clientWidth / 2 - CARD_PX));
      container.replaceChildren(...runs.map((run) => makeCard(run, rows, samplesUrl)));
    },
  };
}

function makeCard(run: BestRun, rows: number, samplesUrl: string): HTMLElement {
  const { label, color, dashName, view, epoch, why, isChosen } = run;
  const link = make('a', { href: `${document.body.dataset.root}${view.url}` }, label);
  const facts = make('span', { class: 'quiet' }, why);
  const head = make(
    'figcaption',
    {},
    make('span', { class: `swatch ${dashName}`, 'aria-hidden': 'true' }),
    make('b', { title: label }, link),
    facts,
  );
  const card = make(
    'figure',
    { class: `best-card${isChosen ? ' is-chosen' : ''}`, 'data-run': view.id },
    head,
    makePicture(view, { epoch, rows, samplesUrl }),
  );
  card.style.setProperty('--run-color', color);
  return card;
}

function makePicture(view: RunView, { epoch, rows, samplesUrl }: { epoch: number | null; rows: number; samplesUrl: string }): HTMLElement {
  const { grid } = view;
  const sample = sampleAt(view, epoch ?? Number.POSITIVE_INFINITY);
  if (!grid || !sample) return make('p', { class: 'best-none' }, 'no sample grid yet');
  const factor = Math.max(1, Math.round(PICTURE_PX / grid.imageSize));
  const pitch = (grid.imageSize + grid.gap) * factor;
  const shownRows = Math.min(rows, grid.rows);
  const image = make('img', { decoding: 'async', src: sampleUrl(samplesUrl, view, { sample, rows: shownRows }) });
  image.alt = `Samples of ${view.label} after epoch ${sample[0]}; columns: ${grid.columns.join(', ')}`;
  image.width = grid.gap * factor + grid.columns.length * pitch;
  image.height = grid.gap * factor + shownRows * pitch;
  const scroll = make('div', { class: 'best-scroll', tabindex: '0', role: 'group', 'aria-label': `Samples of ${view.label}` }, image);
  scroll.style.height = `${image.height}px`;
  scroll.title = grid.columns.map((column) => column.replaceAll('_', ' ')).join(' | ');
  return scroll;
}

/** Of the whole grid, in pixels of the screen. */
function widthOf({ grid }: RunView): number {
  if (!grid) return 0;
  const factor = Math.max(1, Math.round(PICTURE_PX / grid.imageSize));
  return (grid.gap + grid.columns.length * (grid.imageSize + grid.gap)) * factor;
}

const PICTURE_PX = 64;
/** What a card is wider than its pictures. */
const CARD_PX = 28;
