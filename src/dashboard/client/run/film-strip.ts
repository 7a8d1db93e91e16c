// All epochs of a run at a glance: the first pictures of each grid, in order; one that is pressed is shown below in full.

import type { RunView } from '../../wire.ts';
import { find, make } from '../elements.ts';
import { sampleUrl } from '../grids/grid-card.ts';

/** More are a strip that nobody reads to its end: then evenly chosen ones, the first and the last among them. */
const MOST_FRAMES = 24;
const PICTURE_PX = 64;
const MOST_COLUMNS = 3;
const ROWS = 2;

export interface FilmStrip {
  update(view: RunView | undefined): void;
}

export function createFilmStrip(container: HTMLElement, samplesUrl: string): FilmStrip {
  let shown = '';
  return {
    update(view) {
      const wanted = JSON.stringify([view?.samples, view?.grid]);
      if (wanted === shown) return;
      shown = wanted;
      const samples = view === undefined ? [] : chooseFrames(view.samples);
      container.hidden = view?.grid == null || samples.length < 2;
      container.tabIndex = 0; // it scrolls
      container.replaceChildren(...(container.hidden ? [] : samples.map((sample) => makeFrame(view!, sample, samplesUrl))));
    },
  };
}

function chooseFrames<T>(samples: readonly T[]): T[] {
  if (samples.length <= MOST_FRAMES) return [...samples];
  return Array.from({ length: MOST_FRAMES }, (_, i) => samples[Math.round((i * (samples.length - 1)) / (MOST_FRAMES - 1))]!);
}

function makeFrame(view: RunView, sample: [epoch: number, version: string], samplesUrl: string): HTMLElement {
  const { imageSize, gap, columns, rows } = view.grid!;
  const factor = PICTURE_PX / imageSize;
  const [shownRows, shownColumns] = [Math.min(ROWS, rows), Math.min(MOST_COLUMNS, columns.length)];
  const sizeOf = (count: number): number => gap + count * (imageSize + gap);
  const image = make('img', { loading: 'lazy', decoding: 'async', alt: '', src: sampleUrl(samplesUrl, view, { sample, rows: shownRows }) });
  image.width = sizeOf(columns.length) * factor;
  image.height = sizeOf(shownRows) * factor;
  const frame = make('span', { class: 'film-frame' }, image);
  frame.style.width = `${sizeOf(shownColumns) * factor}px`;
  const button = make('button', { type: 'button', 'data-epoch': String(sample[0]) }, frame, `epoch ${sample[0]}`);
  button.addEventListener('click', () => showEpoch(view, sample[0]));
  return button;
}

/** Moves the slider of the grids, which keeps the epoch in the address. */
function showEpoch({ samples }: RunView, epoch: number): void {
  const slider = find<HTMLInputElement>('epoch');
  slider.value = String(samples.findIndex(([each]) => each === epoch));
  slider.dispatchEvent(new Event('input'));
  find('epoch-bar').scrollIntoView({ block: 'nearest' });
}
