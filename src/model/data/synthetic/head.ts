// (pure) The bare head of a synthetic face: ears, skull and jaw, cheeks, and the marks on its skin.

import type { Figure } from './figure.ts';
import { ellipse, ellipses, fill, hex, mirror, mix, path, stroke } from './ink.ts';

/** Ears and bare head, lit from one side. */
export function drawHead(figure: Figure): string {
  const { labels, colours, id, lit, width, top } = figure;
  const gradient =
    `<linearGradient id="s${id}" gradientUnits="userSpaceOnUse" x1="${lit * 300}" y1="200" x2="${-lit * 300}" y2="620">` +
    `<stop stop-color="${hex(colours.skinLight)}"/><stop offset=".5" stop-color="${hex(colours.skin)}"/>` +
    `<stop offset="1" stop-color="${hex(colours.skinShade)}"/></linearGradient>`;
  return (
    gradient +
    fill(colours.skinShade, ellipses(width + 4, 508, 42, 68)) +
    fill(colours.skinDark, ellipses(width + 12, 508, 18, 36), 0.5) +
    (labels.Double_Chin ? drawDoubleChin(figure) : '') +
    fill(`url(#s${id})`, outlineHead(figure)) +
    (labels.Bald ? fill(0xffffff, ellipse(lit * width * 0.34, top + 92, 74, 44), 0.5) : '')
  );
}

/** From the skull past temple and jaw to the chin: men's jaws are square. */
function outlineHead({ labels, width, top, jaw, chin }: Figure): string {
  const slope = labels.Male ? 14 : 46;
  const square = labels.Male ? 96 : 72;
  return mirror(
    path`M0 ${top}C${width * 0.62} ${top} ${width} ${top + 110} ${width} 420` +
      path`C${width} 530 ${jaw.x + slope} ${jaw.y - 90} ${jaw.x} ${jaw.y}` +
      path`C${jaw.x - slope} ${jaw.y + square} ${chin.width} ${chin.y} 0 ${chin.y}z`,
  );
}

/** A fold of skin that shows below the chin. */
function drawDoubleChin({ colours, jaw, chin, pen }: Figure): string {
  const { doubleChin } = pen;
  const low = chin.y + doubleChin.hang;
  const fold = path`M0 ${low}C100 ${low} ${jaw.x - 4} ${low - 30} ${jaw.x + 6} ${jaw.y - 30}L0 ${jaw.y - 30}z`;
  const edge = path`M0 ${low}C90 ${low} ${jaw.x * 0.7} ${low - 12} ${jaw.x * 0.86} ${chin.y + 10}`;
  return (
    fill(pen.bold ? mix(colours.skin, colours.skinLight, 0.7) : colours.skin, mirror(fold)) +
    stroke(colours.skinDark, doubleChin.line, mirror(edge), 0.95)
  );
}

/** Gradients shared by all faces of a sheet. */
export const SHARED_GRADIENTS = softSpot('rose', '#e5283c', 0.8) + softSpot('shine', '#ffeed6', 0.62);

/** What shapes and colours cheeks and jaw. It stays within the head's outline, however the face is turned. */
export function drawCheeks(figure: Figure): string {
  const { labels, width } = figure;
  return (
    (labels.High_Cheekbones ? drawCheekbones(figure) : '') +
    (labels.Rosy_Cheeks ? softEllipses('rose', width * 0.62, 608, 90, 76) : '') +
    (labels.Chubby ? drawPlumpCheeks(figure) : '') +
    (labels.Double_Chin ? drawChinFold(figure) : '') +
    (labels.Young ? '' : drawSagging(figure))
  );
}

/** Light on the bones, shade in the hollows below them. */
function drawCheekbones({ width: w, mouthY, colours, pen }: Figure): string {
  const hollow = path`M${w * 0.96} 566Q${w * 0.72} 640 122 ${mouthY - 14}Q${w * 0.5} ${mouthY + 60} ${w * 0.86} ${mouthY}z`;
  return fill(colours.skinDark, mirror(hollow), pen.hollow) + softEllipses('shine', w * 0.68, 552, 96, 50);
}

/** A spot on each side; one element for both would share one gradient. */
function softEllipses(gradient: string, ...[x, y, radiusX, radiusY]: [number, number, number, number]): string {
  return fill(`url(#${gradient})`, ellipse(x, y, radiusX, radiusY)) + fill(`url(#${gradient})`, ellipse(-x, y, radiusX, radiusY));
}

function drawPlumpCheeks({ colours }: Figure): string {
  return stroke(colours.skinDark, 14, mirror(path`M140 612Q112 700 178 752`), 0.7);
}

function drawChinFold({ chin, colours, pen }: Figure): string {
  return stroke(colours.skinDark, pen.doubleChin.fold, path`M-130 ${chin.y - 14}Q0 ${chin.y + 24} 130 ${chin.y - 14}`, 0.85);
}

/** Hanging jowls and hollow temples. */
function drawSagging({ jaw, chin, width: w, colours, pen }: Figure): string {
  const jowl = path`M${jaw.x} ${jaw.y - 20}Q${jaw.x - 30} ${jaw.y + 75} 125 ${chin.y - 12}Q${jaw.x - 70} ${jaw.y + 20} ${jaw.x} ${jaw.y - 20}z`;
  const temple = path`M${w - 12} 350Q${w - 70} 420 ${w - 20} 500z`;
  return fill(colours.skinDark, mirror(jowl + temple), pen.age.sagging);
}

function softSpot(id: string, colour: string, opacity: number): string {
  return (
    `<radialGradient id="${id}"><stop offset=".2" stop-color="${colour}" stop-opacity="${opacity}"/>` +
    `<stop offset="1" stop-color="${colour}" stop-opacity="0"/></radialGradient>`
  );
}

/** Lines of age, bags under the eyes, blemishes. They turn with the eyes. */
export function drawComplexion(figure: Figure): string {
  const { labels } = figure;
  return (
    (labels.Young ? '' : drawLines(figure)) +
    (labels.Bags_Under_Eyes ? drawBags(figure) : '') +
    (labels.Attractive ? '' : drawBlemishes(figure))
  );
}

/** Lines on the forehead, beside nose, mouth and eyes. */
function drawLines({ eye, chin, mouthY, colours, pen }: Figure): string {
  const x = eye.x + eye.half;
  const forehead = path`M-150 262Q0 240 150 262M-165 297Q0 276 165 297M-140 332Q0 314 140 332`;
  const mouth = path`M70 598Q132 640 136 ${mouthY + 22}M120 ${mouthY + 46}Q128 ${chin.y - 60} 112 ${chin.y - 40}`;
  const eyes = path`M${x + 8} 448L${x + 52} 424M${x + 12} 466L${x + 58} 466M${x + 8} 484L${x + 50} 508`;
  const folds = path`M60 580Q158 606 172 ${mouthY + 70}Q112 660 60 580z`;
  return (
    fill(colours.skinDark, pen.bold ? mirror(folds) : '', 0.7) +
    stroke(colours.skinDark, pen.age.line, forehead + mirror(mouth + eyes), 0.85)
  );
}

function drawBags({ eye: { x, y: eyeY, lower }, colours, pen: { bags } }: Figure): string {
  const y = eyeY + lower * 0.75 + 10;
  const bag = path`M${x - 66} ${y}Q${x} ${y + 24} ${x + 66} ${y - 4}Q${x} ${y + bags.depth} ${x - 66} ${y}z`;
  const rim = path`M${x - 58} ${y + 18}Q${x} ${y + bags.depth - 22} ${x + 60} ${y + 12}`;
  return fill(0x462450, mirror(bag), bags.opacity) + stroke(mix(colours.skinDark, 0x1c0a1c, 0.4), 15, mirror(rim), 0.95);
}

/** Spots on cheeks and forehead, in places that differ from face to face. */
function drawBlemishes({ style, width, colours, pen: { blemish } }: Figure): string {
  let spots = '';
  for (let i = 0; i < 8; i++) {
    const a = (style.marks * 97 + i * blemish.stepX) % 1;
    const b = (style.marks * 61 + i * blemish.stepY) % 1;
    const side = i % 2 ? 1 : -1;
    spots +=
      i < 6
        ? ellipse(side * width * (0.34 + blemish.reach * a), 550 + 150 * b, blemish.radius + 5 * a)
        : ellipse(side * 150 * a, 280 + 50 * b, blemish.radius + 2);
  }
  return fill(mix(colours.skinDark, 0xb03a2e, 0.45), spots, blemish.opacity);
}
