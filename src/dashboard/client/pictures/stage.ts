// Draws pictures at whole multiples of their size: no pixel is blurred.

import { make } from '../elements.ts';
import { differ } from './difference.ts';
import type { Mode } from './place.ts';

export interface StageLook {
  first: { picture: ImageData | null; label: string };
  /** null: the first picture alone. */
  second: { picture: ImageData | null; label: string } | null;
  mode: Mode;
  /** Which of two that are shown one after the other. */
  isSecond: boolean;
  /** Screen pixels for each pixel; 0: as fits. */
  zoom: number;
}

/** Returns what is to be said of it, in a line. */
export function drawStage(stage: HTMLElement, { first, second, mode, isSecond, zoom }: StageLook): string {
  const all = [first, ...(second === null ? [] : [second])];
  const missing = all.find(({ picture }) => picture === null);
  if (missing) {
    stage.replaceChildren(make('p', { class: 'empty' }, `${missing.label}: there is no picture here.`));
    return '';
  }
  const [a, b] = [first.picture!, second?.picture ?? null];
  const isSideBySide = b !== null && mode === 'side';
  const factor = zoom > 0 ? zoom : fitting(stage, { width: a.width * (isSideBySide ? 2 : 1), height: a.height });
  const size = `${a.width} × ${a.height} pixels at ${factor}×`;
  if (b === null || second === null) {
    stage.replaceChildren(figure(a, first.label, factor));
    return size;
  }
  if (mode === 'side') {
    stage.replaceChildren(figure(a, first.label, factor), figure(b, second.label, factor));
    return size;
  }
  if (mode === 'flicker') {
    const shown = isSecond ? { picture: b, label: second.label } : { picture: a, label: first.label };
    stage.replaceChildren(figure(shown.picture, `${isSecond ? '2' : '1'} of 2: ${shown.label}`, factor));
    return size;
  }
  if (a.width !== b.width || a.height !== b.height) {
    stage.replaceChildren(
      make('p', { class: 'empty' }, 'The two are not of the same size, so that they have no difference pixel by pixel.'),
    );
    return `${a.width} × ${a.height} and ${b.width} × ${b.height} pixels`;
  }
  const { pixels, mean, most } = differ(a.data, b.data);
  const label = `Difference: ${first.label} – ${second.label}; black where they are the same`;
  stage.replaceChildren(figure(new ImageData(pixels, a.width, a.height), label, factor));
  return `${size}; mean difference ${mean.toFixed(1)} of 255, at most ${most}`;
}

/** The largest whole factor at which it is in sight, at most 12. */
function fitting(stage: HTMLElement, { width, height }: { width: number; height: number }): number {
  const [roomX, roomY] = [stage.clientWidth - 2 * PADDING, window.innerHeight - REST_OF_DIALOG];
  return Math.max(1, Math.min(12, Math.floor(roomX / width), Math.floor(roomY / height)));
}

const PADDING = 16;
/** What is above and below the pictures. */
const REST_OF_DIALOG = 300;

function figure(picture: ImageData, label: string, factor: number): HTMLElement {
  const canvas = make('canvas', { role: 'img', 'aria-label': label });
  canvas.width = picture.width;
  canvas.height = picture.height;
  canvas.style.width = `${picture.width * factor}px`;
  canvas.style.height = `${picture.height * factor}px`;
  canvas.getContext('2d')!.putImageData(picture, 0, 0);
  return make('figure', {}, canvas, make('figcaption', {}, label));
}
