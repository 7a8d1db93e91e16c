// (pure) The colours and dashes of groups of runs. Eight colours for each theme, from light to dark on a light page and the reverse on a
// dark one: any two differ by at least 15 of CIEDE2000, also to a protan, deutan or tritan eye, and each stands out from the page.

const LIGHT = ['#a09129', '#847bb3', '#14826c', '#ca044a', '#4746c9', '#633c68', '#820003', '#54132b'];
const DARK = ['#12786c', '#b050c5', '#7e9004', '#74a67d', '#f188b9', '#b6c745', '#50e4ff', '#cbf1bc'];
/** Which of them a few groups take. */
const LIGHT_FIRST = [4, 2, 3, 0, 7, 1, 5, 6];
const DARK_FIRST = [6, 1, 5, 4, 0, 2, 3, 7];
const DASHES: readonly (readonly number[])[] = [[], [7, 3], [2, 3], [9, 3, 2, 3]];
const MOST_SOLID = 4;

/** Which colour of how many, and which dash: the same in both themes. */
export interface Style {
  color: number;
  of: number;
  dash: number;
}

/** `count` styles, all different up to 32. Dashes from five on. */
export function chooseStyles(count: number): Style[] {
  const of = Math.min(count, LIGHT.length);
  return Array.from({ length: count }, (_, i) => {
    const dash = count <= MOST_SOLID ? 0 : count <= LIGHT.length ? i : Math.floor(i / LIGHT.length);
    return { color: i % of, of, dash: dash % DASHES.length };
  });
}

/** One that none of these has, in either theme. */
export function freeStyle(taken: readonly Style[]): Style {
  const faces = (style: Style): string[] => [true, false].map((isDark) => `${colorOf(style, isDark)} ${style.dash}`);
  const used = new Set(taken.flatMap(faces));
  const all = DASHES.flatMap((_, dash) => LIGHT.map((_, color): Style => ({ color, of: LIGHT.length, dash })));
  return all.find((style) => !faces(style).some((face) => used.has(face))) ?? all[taken.length % all.length]!;
}

export function colorOf({ color, of }: Style, isDark: boolean): string {
  const [colors, first] = isDark ? [DARK, DARK_FIRST] : [LIGHT, LIGHT_FIRST];
  const chosen = first.slice(0, of).sort((a, b) => a - b);
  return colors[chosen[color % chosen.length]!]!;
}

/** Lengths in pixels of line and gap, in turn; empty: a solid line. */
export function dashOf({ dash }: Style): number[] {
  return [...DASHES[dash]!];
}

/** As many dashes as can be told apart. */
export const DASH_COUNT = DASHES.length;
export const COLOR_COUNT = LIGHT.length;

/** For runs of which nothing is known yet. */
export function neutralColor(isDark: boolean): string {
  return isDark ? '#8b909a' : '#767b85';
}
