// (pure) "upside down", "rotated by 90 degrees": how the picture is turned.

import type { Token } from './tokens.ts';

const ANGLES: Readonly<Record<string, number>> = { '90': 90, ninety: 90, '180': 180, '270': 270, '360': 0 };
const TURNED = /^(rotated?|rotation|turned|tilted|flipped|rotating)$/;

/**
 * What the text says of the picture's rotation, counter-clockwise as in the experiment file; null for upright or nothing said.
 * `tokens` are those that said so: nothing else reads them.
 */
export function findRotation(tokens: readonly Token[]): { degrees: number; tokens: Set<number> } | null {
  const words = tokens.map(({ word }) => word);
  for (let i = 0; i < words.length; i++) {
    const flipped =
      /^(upside|upsidedown)$/.test(words[i]!) ||
      (words[i] === 'on' &&
        /^(his|her|its|the|their)$/.test(words[i + 1] ?? '') &&
        words[i + 2] === 'head' &&
        TURNED.test(words[i - 1] ?? ''));
    if (flipped)
      return isDenied(words, i)
        ? none(i, 2)
        : { degrees: 180, tokens: span(lead(words, i), words[i] === 'on' ? i + 3 : words[i + 1] === 'down' ? i + 2 : i + 1) };
    const named = /^=?rotate_(90|180|270)$/.exec(words[i]!);
    if (named) return { degrees: Number(named[1]), tokens: span(i, i + 1) };
    const angle = ANGLES[words[i]!];
    if (angle === undefined) continue;
    const [unit = ''] = words.slice(i + 1, i + 2);
    const isTurned =
      words.slice(Math.max(0, i - 4), i).some((word) => TURNED.test(word)) || words.slice(i + 1, i + 5).some((word) => TURNED.test(word));
    if (!isTurned) continue;
    const start = lead(words, i);
    if (isDenied(words, start)) continue;
    let end = i + (/^(degrees?|deg)$/.test(unit) ? 2 : 1);
    let degrees = angle;
    const more = words.slice(end, end + 5);
    const clock = more.findIndex((word) => /^(clockwise|counterclockwise|anticlockwise)$/.test(word));
    if (clock >= 0) {
      const isCounter = more[clock] !== 'clockwise' || /^(counter|anti)$/.test(more[clock - 1] ?? '');
      if (!isCounter) degrees = (360 - angle) % 360;
      end += clock + 1;
    } else if (more.slice(0, 3).join(' ') === 'to the right') {
      degrees = (360 - angle) % 360;
      end += 3;
    } else if (more.slice(0, 3).join(' ') === 'to the left') end += 3;
    else if (TURNED.test(more[0] ?? '')) end += 1;
    return degrees === 0 ? none(i, 1) : { degrees, tokens: span(start, end) };
  }
  return null;
}

const none = (from: number, length: number) => ({ degrees: 0, tokens: span(from, from + length) });

function span(from: number, to: number): Set<number> {
  return new Set(Array.from({ length: to - from }, (_, k) => from + k));
}

/** Where "rotated by" before it begins. */
function lead(words: readonly string[], at: number): number {
  let i = at;
  while (i > 0 && /^(by|through|at|about|around|turned|rotated?|rotation|tilted|flipped|of|an|a|angle|rotating)$/.test(words[i - 1]!)) i--;
  return i;
}

function isDenied(words: readonly string[], at: number): boolean {
  return /^(not|n-t|never|no|without)$/.test(words[at - 1] ?? '');
}
