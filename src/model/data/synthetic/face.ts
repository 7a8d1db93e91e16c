// Room: model/data. One synthetic face as SVG, drawn from back to front.

import { drawEarrings, drawGlasses } from './accessories.ts';
import { drawBeard, drawGoatee, drawMustache } from './beard.ts';
import { drawBody } from './body.ts';
import { drawBrows } from './brows.ts';
import { drawCheeks } from './cheeks.ts';
import { drawComplexion } from './complexion.ts';
import { drawEyes } from './eyes.ts';
import { measureFigure } from './figure.ts';
import { drawBackHair, drawFrontHair } from './hair.ts';
import { drawHat } from './hat.ts';
import { drawHead } from './head.ts';
import { hex, mix, path } from './ink.ts';
import { drawMouth } from './mouth.ts';
import { drawNose } from './nose.ts';
import { BACKDROPS, pick } from './palette.ts';
import type { FaceTraits } from './traits.ts';

/** The picture's content in a square of 1000 by 1000. `id` tells faces of one sheet apart. */
export function drawFace(traits: FaceTraits, id: number): string {
  const figure = measureFigure(traits, id);
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
