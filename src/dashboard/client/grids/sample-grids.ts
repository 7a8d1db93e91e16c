// The sample grids of all shown runs at one epoch: one card for each run, side by side.

import type { RunView } from '../../wire.ts';
import { createGridCard, type GridCard, sampleAt, sampleUrl } from './grid-card.ts';

interface GridsView {
  runs: { view: RunView; color: string }[];
  epoch: number | null;
  /** The one column to show of every grid; '': all. */
  column: string;
  /** The most rows to show of a grid. */
  rows: number;
  /** Screen pixels for each pixel of a picture; 0: as fits. */
  scale: number;
}

export interface SampleGrids {
  update(view: GridsView): void;
  highlight(id: string | null): void;
  /** Fetches the pictures of an epoch ahead of their use; resolves when they can be drawn. */
  preload(epoch: number): Promise<unknown>;
}

export interface SampleGridsOptions {
  container: HTMLElement;
  /** The experiment's address, under which the runs' pictures lie. */
  samplesUrl: string;
  onHover: (id: string | null) => void;
}

export function createSampleGrids({ container, samplesUrl, onHover }: SampleGridsOptions): SampleGrids {
  const cards = new Map<string, GridCard>();
  let shown: GridsView = { runs: [], epoch: null, column: '', rows: 0, scale: 0 };

  container.addEventListener('pointerover', (event) => {
    const card = (event.target as Element).closest<HTMLElement>('[data-run]');
    onHover(card?.dataset.run ?? null);
  });
  container.addEventListener('pointerleave', () => onHover(null));

  return {
    update(view) {
      shown = view;
      const wanted = new Set(view.runs.map((run) => run.view.id));
      for (const [id, card] of cards) {
        if (wanted.has(id)) continue;
        card.element.remove();
        cards.delete(id);
      }
      for (const [position, run] of view.runs.entries()) {
        const card = cards.get(run.view.id) ?? createGridCard(samplesUrl, run.view.id);
        cards.set(run.view.id, card);
        if (container.children[position] !== card.element) container.insertBefore(card.element, container.children[position] ?? null);
        card.update({ ...view, ...run });
      }
    },
    highlight(id) {
      for (const [runId, card] of cards) card.element.classList.toggle('is-highlighted', runId === id);
    },
    preload(epoch) {
      const urls = shown.runs.flatMap(({ view }) => {
        const sample = sampleAt(view, epoch);
        return sample ? [sampleUrl(samplesUrl, view, sample)] : [];
      });
      return Promise.allSettled(urls.map(load));
    },
  };
}

function load(url: string): Promise<void> {
  const image = new Image();
  image.src = url;
  return image.decode();
}
