// The headline as CSV, JSON or PNG: its plots as they stand, and what each of their points is worth.

import type { ComparisonReply } from '../../data/api.ts';
import type { End, Headline } from '../headline/plots.ts';
import { canvasTheme } from '../theme.ts';
import { drawSvg } from './draw-svg.ts';
import { makeSaveButtons, pageName, saveFile, savePicture } from './save-file.ts';
import { tabulateHeadline, writeCsv, writeJson } from './tables.ts';

export interface HeadlineInSight {
  reply: ComparisonReply;
  layout: Headline;
  end: End;
}

/** `plots`: the element that holds the drawn plots; `inSight`: null while there is none. */
export function makeHeadlineFiles(plots: HTMLElement, inSight: () => HeadlineInSight | null): HTMLElement {
  const rows = () => {
    const now = inSight();
    return now === null ? [] : tabulateHeadline(now);
  };
  const file = `${pageName()}-headline`;
  return makeSaveButtons('the plots of the headline', [
    ['CSV', () => saveFile(`${file}.csv`, writeCsv(rows()), 'text/csv')],
    ['JSON', () => saveFile(`${file}.json`, writeJson(rows()), 'application/json')],
    ['PNG', () => savePicture(`${file}.png`, drawPlots(plots, inSight()?.end ?? 'last'))],
  ]);
}

const FONT = 'system-ui, sans-serif';
const [MARGIN_PX, HEAD_PX, CAPTION_PX] = [10, 30, 22];
/** Pixels of the picture for one of the page: enough for print. */
const SHARPNESS = 3;
const END_WORDS = { last: 'at the last step', best: 'at the best checkpoint' };

/** The plots side by side as on the page, under the experiment's name. */
function drawPlots(plots: HTMLElement, end: End): HTMLCanvasElement {
  const { text, line, surface } = canvasTheme();
  const origin = plots.getBoundingClientRect();
  const canvas = document.createElement('canvas');
  canvas.width = (origin.width + 2 * MARGIN_PX) * SHARPNESS;
  canvas.height = (HEAD_PX + origin.height + MARGIN_PX) * SHARPNESS;
  const context = canvas.getContext('2d')!;
  context.scale(SHARPNESS, SHARPNESS);
  context.fillStyle = surface;
  context.fillRect(0, 0, canvas.width, canvas.height);
  context.translate(MARGIN_PX, HEAD_PX);
  write(`${pageName()}, ${END_WORDS[end]}; bars: one standard deviation`, { x: 0, y: -HEAD_PX / 2, color: text });
  for (const figure of plots.querySelectorAll('figure')) {
    const svg = figure.querySelector('svg')!;
    const place = svg.getBoundingClientRect();
    const [title, arrow] = figure.querySelectorAll('figcaption > *');
    context.save();
    context.translate(place.left - origin.left, place.top - origin.top);
    write(title!.textContent!, { x: 0, y: -CAPTION_PX / 2, color: line, isBold: true });
    write(arrow!.textContent!, { x: place.width, y: -CAPTION_PX / 2, color: text, isRight: true });
    drawSvg(context, svg);
    context.restore();
  }
  return canvas;

  function write(
    words: string,
    { x, y, color, isBold, isRight }: { x: number; y: number; color: string; isBold?: boolean; isRight?: boolean },
  ): void {
    context.save();
    context.font = `${isBold ? '600 13px' : '12px'} ${FONT}`;
    context.textBaseline = 'middle';
    context.textAlign = isRight ? 'right' : 'left';
    context.fillStyle = color;
    context.fillText(words, x, y);
    context.restore();
  }
}
