// The sample grids of all shown runs at one epoch: one card for each run, side by side.

import type { RunView } from '../../wire.ts';
import { createGridCard, type GridCard, sampleAt, sampleUrl } from './grid-card.ts';
import { drawMatrix, type MatrixAxes, planMatrix } from './matrix.ts';

interface GridsView {
  runs: { view: RunView; color: string }[];
  epoch: number | null;
  /** The one column to show of every grid; '': all. */
  column: string;
  /** The most rows to show of a grid. */
  rows: number;
  /** Screen pixels for each pixel of a picture; 0: as fits. */
  scale: number;
  /** How the cards are laid out; neither: one after the other. */
  axes: MatrixAxes;
}

export interface SampleGrids {
  update(view: GridsView): void;
  highlight(id: string | null): void;
  /** Fetches those pictures of an epoch that would be in sight ahead of their use; resolves when they can be drawn. */
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
  const seen = new Set<string>();
  let laidOut = '';
  let shown: GridsView = { runs: [], epoch: null, column: '', rows: 0, scale: 0, axes: { down: '', across: '' } };

  const observer = new IntersectionObserver(
    (entries) => {
      for (const { target, isIntersecting } of entries) {
        const id = target.closest<HTMLElement>('[data-run]')?.dataset.run;
        if (id === undefined) continue; // its card is gone
        if (isIntersecting) seen.add(id);
        else seen.delete(id);
        cards.get(id)?.setSeen(isIntersecting);
      }
    },
    { rootMargin: `-${BAR_PX}px 0px 0px` },
  );

  container.addEventListener('pointerover', (event) => {
    const card = (event.target as Element).closest<HTMLElement>('[data-run]');
    onHover(card?.dataset.run ?? null);
  });
  container.addEventListener('pointerleave', () => onHover(null));

  function layOut({ runs, axes }: GridsView): void {
    const views = runs.map(({ view }) => view);
    const elementOf = (id: string): HTMLElement => cards.get(id)!.element;
    if (axes.down === '' && axes.across === '') {
      if (laidOut !== '') container.replaceChildren();
      laidOut = '';
      for (const [position, { id }] of views.entries()) {
        const there = container.children[position] ?? null;
        if (there !== elementOf(id)) container.insertBefore(elementOf(id), there);
      }
      return;
    }
    const plan = planMatrix(views, axes);
    const wanted = JSON.stringify([axes, plan.rows, plan.columns, plan.cells.map((row) => row.map((cell) => cell.map(({ id }) => id)))]);
    if (wanted === laidOut) return;
    laidOut = wanted;
    container.replaceChildren(drawMatrix(plan, axes, elementOf));
  }

  return {
    update(view) {
      shown = view;
      const wanted = new Set(view.runs.map((run) => run.view.id));
      for (const [id, card] of cards) {
        if (wanted.has(id)) continue;
        observer.unobserve(card.picture);
        card.element.remove();
        cards.delete(id);
        seen.delete(id);
      }
      for (const run of view.runs) {
        const known = cards.get(run.view.id);
        const card = known ?? createGridCard(samplesUrl, run.view.id);
        cards.set(run.view.id, card);
        if (!known) observer.observe(card.picture);
        card.update({ ...view, ...run });
      }
      layOut(view);
    },
    highlight(id) {
      for (const [runId, card] of cards) card.element.classList.toggle('is-highlighted', runId === id);
    },
    preload(epoch) {
      const { rows } = shown;
      const urls = shown.runs.flatMap(({ view }) => {
        const sample = seen.has(view.id) ? sampleAt(view, epoch) : undefined;
        return sample ? [sampleUrl(samplesUrl, view, { sample, rows })] : [];
      });
      return Promise.allSettled(urls.map(load));
    },
  };
}

/** The bar with the slider stays at the top: what lies behind it is not in sight. */
const BAR_PX = 44;

function load(url: string): Promise<void> {
  const image = new Image();
  image.src = url;
  return image.decode();
}
