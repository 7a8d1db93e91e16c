// The pictures that came: each by itself with its condition, how to get the same again, and the file.

import type { Bits, MadeFaces } from '../../faces.ts';
import { make } from '../elements.ts';
import { describeCondition } from '../pictures/condition.ts';
import { makeSaveButtons, saveFile } from '../take-away/save-file.ts';
import { describeAsked, describeOpen } from './words.ts';

/** Pictures are shown at about this size, on a narrow page at the second, each pixel a whole number of times. */
const SHOWN_PX = [112, 72] as const;

/** `asked`: what all of them have. `name`: of the file, without its ending. */
export async function showFaces(
  container: HTMLElement,
  { faces, asked, name, seed }: { faces: MadeFaces; asked: Bits; name: string; seed: number },
): Promise<void> {
  const address = `data:image/png;base64,${faces.png}`;
  const whole = new Image();
  whole.src = address;
  await whole.decode();
  const save = makeSaveButtons('the faces', [['PNG', () => saveFile(`${name}.png`, toBlob(faces.png))]]);
  const facts = `${faces.bits.length === 1 ? '1 picture' : `${faces.bits.length} pictures`}, seed ${seed}, of ${faces.of}`;
  const command = make('code', { class: 'command', id: 'face-command' }, faces.command);
  container.replaceChildren(
    make('p', { class: 'face-facts' }, make('strong', {}, describeAsked(asked)), ` · ${facts} `, save),
    ...faces.warnings.map((line) => make('p', { class: 'face-warning' }, line)),
    make('ul', { class: 'face-grid' }, ...faces.bits.map((bits, i) => showFace(whole, faces, { bits, asked, i }))),
    make('p', { class: 'next' }, 'The same file by ', command),
  );
  container.hidden = false;
}

function showFace(whole: HTMLImageElement, { columns, imageSize, gap }: MadeFaces, face: { bits: Bits; asked: Bits; i: number }) {
  const { bits, asked, i } = face;
  const canvas = make('canvas', { width: String(imageSize), height: String(imageSize), role: 'img' });
  canvas.setAttribute('aria-label', `Face ${i + 1}: ${describeCondition(bits)}`);
  canvas.title = describeCondition(bits);
  const wanted = SHOWN_PX[matchMedia('(max-width: 600px)').matches ? 1 : 0];
  const side = `${imageSize * Math.max(1, Math.round(wanted / imageSize))}px`;
  canvas.style.width = side;
  const [left, top] = [i % columns, Math.floor(i / columns)].map((place) => gap + place * (imageSize + gap));
  canvas.getContext('2d')!.drawImage(whole, left!, top!, imageSize, imageSize, 0, 0, imageSize, imageSize);
  const figure = make('figure', {}, canvas, make('figcaption', {}, describeOpen(bits, asked)));
  figure.style.width = side;
  return make('li', {}, figure);
}

function toBlob(base64: string): Blob {
  const bytes = Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
  return new Blob([bytes], { type: 'image/png' });
}
