// A sample grid as a PNG with its run, epoch and the condition of each column above it.

import type { RunView } from '../../wire.ts';
import { canvasTheme } from '../theme.ts';
import { savePicture } from './save-file.ts';

const FONT = 'system-ui, sans-serif';
const LEAST_PX = 64;
const [HEAD_PX, LINE_PX] = [26, 13];

/** `address`: of the whole picture. Each pixel of it is drawn a whole number of times. */
export async function saveGrid({ grid, label }: RunView, epoch: number, address: string): Promise<void> {
  if (grid === null) return;
  const picture = new Image();
  picture.src = address;
  await picture.decode();
  const factor = Math.max(1, Math.ceil(LEAST_PX / grid.imageSize));
  const cell = (grid.imageSize + grid.gap) * factor;
  const canvas = document.createElement('canvas');
  const context = canvas.getContext('2d')!;
  context.font = `11px ${FONT}`;
  const names = grid.columns.map((column) => breakWords(column.replaceAll('_', ' '), cell - 4, context));
  const top = HEAD_PX + Math.max(...names.map((lines) => lines.length)) * LINE_PX + 4;
  canvas.width = picture.naturalWidth * factor;
  canvas.height = top + picture.naturalHeight * factor;
  const { line, surface } = canvasTheme();
  context.fillStyle = surface;
  context.fillRect(0, 0, canvas.width, canvas.height);
  context.fillStyle = line;
  context.textBaseline = 'middle';
  context.font = `600 13px ${FONT}`;
  context.fillText(`${label} · epoch ${epoch}`, 4, HEAD_PX / 2);
  context.font = `11px ${FONT}`;
  context.textAlign = 'center';
  for (const [column, lines] of names.entries()) {
    const middle = grid.gap * factor + column * cell + (grid.imageSize * factor) / 2;
    for (const [i, words] of lines.entries()) context.fillText(words, middle, HEAD_PX + (i + 0.5) * LINE_PX);
  }
  context.imageSmoothingEnabled = false;
  context.drawImage(picture, 0, top, picture.naturalWidth * factor, picture.naturalHeight * factor);
  await savePicture(`${label}-epoch-${epoch}.png`, canvas);
}

/** Into lines of at most so many pixels; a longer word is a line of its own. */
function breakWords(text: string, width: number, context: CanvasRenderingContext2D): string[] {
  const lines: string[] = [];
  for (const word of text.split(' ')) {
    const longer = lines.length === 0 ? word : `${lines.at(-1)} ${word}`;
    if (lines.length > 0 && context.measureText(longer).width <= width) lines[lines.length - 1] = longer;
    else lines.push(word);
  }
  return lines;
}
