// (pure) What differs between the two ways in which synthetic faces are drawn. Pen 1 stays as it is, so that results made with it can be
// made again; pen 2 draws bolder what was hard to see in a picture of 64 x 64.

import type { Colour } from './ink.ts';

/** `dataset.drawings` of an experiment. */
export type Drawings = 1 | 2;

/** Lengths in thousandths of the picture's side. */
export interface Pen {
  /** Adds the strokes that only pen 2 has. */
  bold: boolean;
  /**
   * How large eyes are: of attractive faces, of others; half the width of narrow ones, and how far they open above and below their middle.
   */
  eyes: Record<'bright' | 'plain' | 'narrowBright' | 'narrowPlain' | 'narrowUpper' | 'narrowLower', number>;
  /** Of arched brows: how much thicker they are, how far the arch rises, and how much lower their ends lie. */
  brows: { archedThick: number; archedRise: number; archedLift: number };
  /** `flank` is an opacity; `blush` and `gleam` are shares of red in a broad nose and of white on a pointy one. */
  nose: Record<'spread' | 'bigSpread' | 'point' | 'line' | 'flank' | 'wing' | 'blush' | 'gleam', number>;
  /** Heights of big lips, how much wider they are on either side, and towards which colour bare lips go from the skin's. */
  lips: { bigTop: number; bigBottom: number; bigWider: number; bareOnDark: Colour; bareOnLight: Colour };
  /** Of a double chin: how much it lifts the chin, hangs below it, and its lines. */
  doubleChin: { lift: number; hang: number; line: number; fold: number };
  /** Of a face that is not young: width of its lines, opacity of what sags, and the share of gray in its skin. */
  age: { line: number; sagging: number; gray: number };
  /** Opacity of the hollows below high cheekbones. */
  hollow: number;
  /** How far bags hang below the eyes. */
  bags: { depth: number; opacity: number };
  /** Of spots: their size, and how far each lies from the one before it, as a share of where they may lie; and how far out that is. */
  blemish: { radius: number; opacity: number; stepX: number; stepY: number; reach: number };
  /** Where bangs end, from the top of the picture. */
  fringe: number;
  hats: readonly Colour[];
  /** Standard deviation of the blur of a blurry picture in pixels of a picture of 64 x 64, and the share of white haze. */
  blur: { sigma: number; haze: number };
}

export const PENS: Record<Drawings, Pen> = {
  1: {
    bold: false,
    eyes: { bright: 1.12, plain: 0.94, narrowBright: 78, narrowPlain: 74, narrowUpper: 22, narrowLower: 12 },
    brows: { archedThick: 0, archedRise: 60, archedLift: 10 },
    nose: { spread: 52, bigSpread: 80, point: 32, line: 13, flank: 0.62, wing: 0, blush: 0, gleam: 0 },
    lips: { bigTop: 46, bigBottom: 60, bigWider: 14, bareOnDark: 0xe08f88, bareOnLight: 0x64182a },
    doubleChin: { lift: 26, hang: 96, line: 16, fold: 15 },
    age: { line: 12, sagging: 0.4, gray: 0 },
    hollow: 0.52,
    bags: { depth: 100, opacity: 0.76 },
    blemish: { radius: 12, opacity: 0.72, stepX: 0.618, stepY: 0.382, reach: 0.46 },
    fringe: 346,
    hats: [0xd43d2f, 0x2462b8, 0x2e8b57, 0xe8b52c, 0x6c3fa3, 0xefeae0, 0x26262c],
    blur: { sigma: 1.6, haze: 0 },
  },
  2: {
    bold: true,
    eyes: { bright: 1.2, plain: 0.86, narrowBright: 88, narrowPlain: 68, narrowUpper: 15, narrowLower: 7 },
    brows: { archedThick: 6, archedRise: 92, archedLift: 22 },
    nose: { spread: 58, bigSpread: 108, point: 54, line: 20, flank: 0.9, wing: 18, blush: 0.3, gleam: 0.4 },
    lips: { bigTop: 56, bigBottom: 74, bigWider: 22, bareOnDark: 0xd49a84, bareOnLight: 0x561818 },
    doubleChin: { lift: 44, hang: 118, line: 20, fold: 24 },
    age: { line: 21, sagging: 0.68, gray: 0.35 },
    hollow: 0.64,
    bags: { depth: 128, opacity: 0.85 },
    blemish: { radius: 19, opacity: 0.85, stepX: 0.83, stepY: 0.724, reach: 0.34 },
    fringe: 316,
    hats: [0xd8202c, 0x1f5fc4, 0x1f9350],
    blur: { sigma: 1.1, haze: 0.16 },
  },
};
