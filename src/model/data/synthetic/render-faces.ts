// Renders synthetic faces to pixels. Many faces are drawn on one SVG sheet, which costs one call to the rasterizer; the sheet is
// cut into pictures, and each gets what a camera adds: light from one side, blur, noise.

import sharp from 'sharp';
import { createRandom } from '../../../experiment/random.ts';
import { drawBody, drawEarrings, drawGlasses, drawHat } from './clothes.ts';
import { drawBeard, drawBrows, drawEyes, drawGoatee, drawMouth, drawMustache, drawNose } from './features.ts';
import { BACKDROPS, measureFigure, pick } from './figure.ts';
import { drawBackHair, drawFrontHair } from './hair.ts';
import { drawCheeks, drawComplexion, drawHead, SHARED_GRADIENTS } from './head.ts';
import { hex, mix, path } from './ink.ts';
import type { Drawings, Pen } from './pens.ts';
import { PENS } from './pens.ts';
import type { FaceTraits } from './traits.ts';

// libvips would keep the last hundred sheets, parsed, in case one comes again; none does.
sharp.cache(false);

const COLUMNS = 8;
const FACES_A_SHEET = COLUMNS * COLUMNS;
const NOISE = makeNoise(1 << 16);

/**
 * uint8, [faces.length, imageSize, imageSize, 3], RGB. The same faces give the same bytes, however many follow them; in
 * another place of the list a face differs by rounding at most.
 */
export async function renderFaces(faces: readonly FaceTraits[], imageSize: number, drawings: Drawings): Promise<Uint8Array> {
  const pixels = new Uint8ClampedArray(faces.length * imageSize * imageSize * 3);
  for (let first = 0; first < faces.length; first += FACES_A_SHEET) {
    const group = faces.slice(first, first + FACES_A_SHEET);
    const { data, info } = await sharp(Buffer.from(drawSheet(group, imageSize, drawings)))
      .raw()
      .toBuffer({ resolveWithObject: true });
    for (let i = 0; i < group.length; i++) {
      const length = imageSize * imageSize * 3;
      const tile = pixels.subarray((first + i) * length, (first + i + 1) * length);
      cutTile(data, tile, { index: i, side: imageSize, stride: info.width, channels: info.channels });
      finishFace(tile, imageSize, group[i]!, PENS[drawings]);
    }
  }
  return new Uint8Array(pixels.buffer);
}

function drawSheet(faces: readonly FaceTraits[], imageSize: number, drawings: Drawings): string {
  const side = COLUMNS * imageSize;
  const units = COLUMNS * 1000;
  let sheet =
    `<svg xmlns="http://www.w3.org/2000/svg" width="${side}" height="${side}" viewBox="0 0 ${units} ${units}">` +
    `<style>.line{fill:none;stroke-linecap:round;stroke-linejoin:round}</style>${SHARED_GRADIENTS}`;
  for (let i = 0; i < faces.length; i++) {
    const x = (i % COLUMNS) * 1000;
    const y = Math.floor(i / COLUMNS) * 1000;
    sheet += `<svg x="${x}" y="${y}" width="1000" height="1000" viewBox="0 0 1000 1000">${drawFace(faces[i]!, i, drawings)}</svg>`;
  }
  return `${sheet}</svg>`;
}

function cutTile(
  sheet: Uint8Array,
  tile: Uint8ClampedArray,
  { index, side, stride, channels }: { index: number; side: number; stride: number; channels: number },
): void {
  const left = (index % COLUMNS) * side;
  const top = Math.floor(index / COLUMNS) * side;
  let to = 0;
  for (let y = 0; y < side; y++) {
    let from = ((top + y) * stride + left) * channels;
    for (let x = 0; x < side; x++) {
      tile[to++] = sheet[from]!;
      tile[to++] = sheet[from + 1]!;
      tile[to++] = sheet[from + 2]!;
      from += channels;
    }
  }
}

/** The picture's content in a square of 1000 by 1000. `id` tells faces of one sheet apart. */
function drawFace(traits: FaceTraits, id: number, drawings: Drawings): string {
  const figure = measureFigure(traits, id, drawings);
  const { x, y, turn } = traits.pose;
  const features = drawComplexion(figure) + drawEyes(figure) + drawBrows(figure);
  const middle = drawGoatee(figure) + drawMouth(figure) + drawNose(figure) + drawMustache(figure);
  const above = drawFrontHair(figure) + drawGlasses(figure) + drawEarrings(figure) + drawHat(figure);
  return (
    drawBackdrop(traits, id) +
    poseHead(traits, drawBackHair(figure), -0.4 * turn) +
    `<g transform="${path`translate(${500 + 0.7 * x} ${0.7 * y})`}">${drawBody(figure)}</g>` +
    poseHead(traits, drawHead(figure) + drawCheeks(figure) + drawBeard(figure), 0) +
    poseHead(traits, features, turn) +
    poseHead(traits, middle, 1.25 * turn) +
    poseHead(traits, above, 0)
  );
}

/** A turn of the head moves what lies farther to the front farther to the side. */
function poseHead({ pose }: FaceTraits, parts: string, shift: number): string {
  const place = path`translate(${500 + pose.x + shift} ${470 + pose.y})`;
  return `<g transform="${place}rotate(${pose.rollDegrees.toFixed(1)})scale(${pose.scale.toFixed(3)})translate(0 -470)">${parts}</g>`;
}

function drawBackdrop({ backdrop }: FaceTraits, id: number): string {
  const top = pick(BACKDROPS, backdrop.top);
  const bottom = mix(pick(BACKDROPS, backdrop.bottom), 0x1c2026, 0.25);
  const tilt = Math.round(1000 * backdrop.tilt);
  return (
    `<linearGradient id="b${id}" gradientUnits="userSpaceOnUse" x1="${tilt}" y1="0" x2="${1000 - tilt}" y2="1000">` +
    `<stop stop-color="${hex(top)}"/><stop offset="1" stop-color="${hex(bottom)}"/></linearGradient>` +
    `<path fill="url(#b${id})" d="M0 0H1000V1000H0z"/>`
  );
}

/** What a camera adds, in place; `tile` is uint8, [side, side, 3]. */
function finishFace(tile: Uint8ClampedArray, side: number, traits: FaceTraits, pen: Pen): void {
  if (traits.labels.Blurry) {
    blur(tile, side, (pen.blur.sigma * side) / 64);
    if (pen.blur.haze > 0) whiten(tile, pen.blur.haze);
  }
  const { angleRadians, strength } = traits.light;
  const alongX = (strength * Math.cos(angleRadians) * 2) / side;
  const alongY = (strength * Math.sin(angleRadians) * 2) / side;
  const level = traits.noise.level / 256;
  let grain = traits.noise.offset;
  let i = 0;
  for (let y = 0; y < side; y++) {
    let gain = 1 + alongY * (y - side / 2) - (alongX * side) / 2;
    for (let x = 0; x < side; x++) {
      tile[i] = tile[i]! * gain + level * NOISE[grain & 0xffff]!;
      tile[i + 1] = tile[i + 1]! * gain + level * NOISE[(grain + 1) & 0xffff]!;
      tile[i + 2] = tile[i + 2]! * gain + level * NOISE[(grain + 2) & 0xffff]!;
      gain += alongX;
      grain += 3;
      i += 3;
    }
  }
}

/** Haze: every colour goes this share of the way to a light gray. */
function whiten(tile: Uint8ClampedArray, share: number): void {
  for (let i = 0; i < tile.length; i++) tile[i] = tile[i]! + share * (225 - tile[i]!);
}

/** Standard normal numbers times 256, drawn once: a picture starts somewhere in them. */
function makeNoise(length: number): Int16Array {
  const random = createRandom(0, 'synthetic', 'noise');
  return Int16Array.from({ length }, () => Math.round(256 * random.normal()));
}

/** Gaussian blur, by rows and then by columns, with the edge repeated. */
function blur(tile: Uint8ClampedArray, side: number, sigma: number): void {
  const reach = Math.ceil(2.5 * sigma);
  const weights = Float32Array.from({ length: 2 * reach + 1 }, (_, k) => Math.exp(-((k - reach) ** 2) / (2 * sigma * sigma)));
  const sum = weights.reduce((a, b) => a + b);
  const rows = new Float32Array(tile.length);
  convolve(tile, rows, { side, step: 3, line: 3 * side, weights, sum });
  convolve(rows, tile, { side, step: 3 * side, line: 3, weights, sum });
}

function convolve(
  from: ArrayLike<number>,
  to: Float32Array | Uint8ClampedArray,
  { side, step, line, weights, sum }: { side: number; step: number; line: number; weights: Float32Array; sum: number },
): void {
  const reach = (weights.length - 1) / 2;
  for (let l = 0; l < side; l++) {
    for (let p = 0; p < side; p++) {
      for (let c = 0; c < 3; c++) {
        let value = 0;
        for (let k = -reach; k <= reach; k++) {
          const at = Math.max(0, Math.min(side - 1, p + k));
          value += weights[k + reach]! * from[l * line + at * step + c]!;
        }
        to[l * line + p * step + c] = value / sum;
      }
    }
  }
}
