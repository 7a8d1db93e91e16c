// The pixels of sample grids, or of single pictures in them, as the run wrote them; and what their columns ask for.

import type { GridsReply, RunGrids } from '../../data/api.ts';
import type { RunView } from '../../wire.ts';
import { sampleUrl } from '../grids/grid-card.ts';

export interface PictureSource {
  /** A picture of the grid of exactly this epoch, or the whole grid where `cell` is null. null where there is none. */
  read(view: RunView, epoch: number, cell: { column: number; row: number } | null): Promise<ImageData | null>;
  /** Attribute -> 1 or 0, by column; empty where nobody knows. */
  asks(run: string): Promise<Record<string, 0 | 1>[]>;
}

/** `api`: the experiment's data, `samplesUrl`: its pictures. */
export function createPictureSource(api: string, samplesUrl: string): PictureSource {
  const grids = new Map<string, Promise<RunGrids | null>>();
  const images = new Map<string, Promise<HTMLImageElement | null>>();

  function load(url: string): Promise<HTMLImageElement | null> {
    const image = new Image();
    image.src = url;
    const loading = image.decode().then(
      () => image,
      () => null,
    );
    images.set(url, loading);
    for (const old of images.keys()) if (images.size > MOST_IMAGES) images.delete(old);
    return loading;
  }

  return {
    async read(view, epoch, cell) {
      const { grid } = view;
      const sample = view.samples.find(([each]) => each === epoch);
      if (!sample || !grid) return null;
      const url = sampleUrl(samplesUrl, view, { sample, rows: grid.rows });
      const image = await (images.get(url) ?? load(url));
      if (image === null) return null;
      const { imageSize, gap } = grid;
      const box =
        cell === null
          ? { x: 0, y: 0, width: image.naturalWidth, height: image.naturalHeight }
          : { x: gap + cell.column * (imageSize + gap), y: gap + cell.row * (imageSize + gap), width: imageSize, height: imageSize };
      const context = new OffscreenCanvas(box.width, box.height).getContext('2d', { willReadFrequently: true })!;
      context.drawImage(image, -box.x, -box.y);
      return context.getImageData(0, 0, box.width, box.height);
    },
    async asks(run) {
      const asked = grids.get(run) ?? askGrid(api, run);
      grids.set(run, asked);
      return (await asked)?.grid?.columns.map((column) => column.asks) ?? [];
    },
  };
}

const MOST_IMAGES = 12;

async function askGrid(api: string, run: string): Promise<RunGrids | null> {
  try {
    const response = await fetch(`${api}/grids?run=${encodeURIComponent(run)}`);
    if (!response.ok) return null;
    const { runs } = (await response.json()) as GridsReply;
    return runs.find(({ id }) => id === run) ?? null;
  } catch {
    return null;
  }
}
