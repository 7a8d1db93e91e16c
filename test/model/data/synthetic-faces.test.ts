import { describe, expect, it } from 'vitest';
import { CELEBA_ATTRIBUTES } from '../../../src/experiment/celeba-attributes.ts';
import type { AttributeName, FaceLabels } from '../../../src/model/data/synthetic/labels.ts';
import { noLabels } from '../../../src/model/data/synthetic/labels.ts';
import type { Drawings } from '../../../src/model/data/synthetic/pens.ts';
import { renderFaces } from '../../../src/model/data/synthetic/render-faces.ts';
import { drawTraits } from '../../../src/model/data/synthetic/traits.ts';

const PEOPLE = 12;
const SIZE = 64;
const CELL = 4;
const MENS: AttributeName[] = ['Bald', 'No_Beard', '5_o_Clock_Shadow', 'Goatee', 'Mustache', 'Sideburns', 'Wearing_Necktie'];

/** Somebody plain, on whom each attribute can be seen. */
function plain(name: AttributeName): FaceLabels {
  const bearded = ['5_o_Clock_Shadow', 'Goatee', 'Mustache', 'Sideburns'].includes(name);
  return { ...noLabels(), Young: true, Attractive: true, Male: MENS.includes(name), No_Beard: !bearded };
}

async function renderPeople(labels: Partial<FaceLabels>, drawings: Drawings): Promise<Uint8Array> {
  return renderFaces(
    Array.from({ length: PEOPLE }, (_, i) => drawTraits(i, 5, labels)),
    SIZE,
    drawings,
  );
}

/** For each person the mean absolute difference in the 8x8 window that differs most, in gray levels; windows are 4 apart. */
function largestDifferences(a: Uint8Array, b: Uint8Array): number[] {
  const side = SIZE / CELL;
  const cells = new Float64Array(PEOPLE * side * side);
  for (let i = 0; i < a.length; i++) {
    const pixel = Math.floor(i / 3);
    const row = Math.floor(pixel / SIZE / CELL); // over all people: a person has whole rows of cells
    cells[row * side + Math.floor((pixel % SIZE) / CELL)]! += Math.abs(a[i]! - b[i]!);
  }
  return Array.from({ length: PEOPLE }, (_, person) => {
    let largest = 0;
    for (let y = 0; y < side - 1; y++) {
      for (let x = 0; x < side - 1; x++) {
        const at = (person * side + y) * side + x;
        largest = Math.max(largest, cells[at]! + cells[at + 1]! + cells[at + side]! + cells[at + side + 1]!);
      }
    }
    return largest / (4 * CELL * CELL * 3);
  });
}

describe.each<Drawings>([1, 2])('a synthetic face of drawings %i', (drawings) => {
  it.each(CELEBA_ATTRIBUTES)('shows at 64x64 whether %s holds, on whomever', async (name) => {
    const labels = plain(name);
    const without = await renderPeople({ ...labels, [name]: false }, drawings);
    const with_ = await renderPeople({ ...labels, [name]: true }, drawings);
    const smallest = Math.min(...largestDifferences(without, with_));
    expect(smallest).toBeGreaterThan(8);
  });

  it('differs from person to person under the same labels', async () => {
    const pixels = await renderPeople(plain('Smiling'), drawings);
    const length = pixels.length / PEOPLE;
    const first = pixels.slice(0, length);
    for (let i = 1; i < PEOPLE; i++) {
      let difference = 0;
      for (let k = 0; k < length; k++) difference += Math.abs(pixels[i * length + k]! - first[k]!);
      expect(difference / length).toBeGreaterThan(5);
    }
  });

  it('is the same in every place of a sheet, but for rounding', async () => {
    const faces = Array.from({ length: 70 }, (_, i) => drawTraits(i, 5));
    const together = await renderFaces(faces, 32, drawings);
    const length = 32 * 32 * 3;
    for (const i of [9, 63, 64, 69]) {
      const alone = await renderFaces([faces[i]!], 32, drawings);
      const largest = alone.reduce((most, value, k) => Math.max(most, Math.abs(value - together[i * length + k]!)), 0);
      expect(largest).toBeLessThanOrEqual(3);
    }
  });

  it('survives labels that contradict one another', async () => {
    const everything = Object.fromEntries(CELEBA_ATTRIBUTES.map((name) => [name, true]));
    const [all, none] = await Promise.all([renderPeople(everything, drawings), renderPeople(noLabels(), drawings)]);
    expect(Math.min(...largestDifferences(all, none))).toBeGreaterThan(20);
  });

  it('fills the frame: a pale face is brighter on both cheeks than the backdrop in the corner', async () => {
    const pixels = await renderPeople({ ...plain('Pale_Skin'), Pale_Skin: true }, drawings);
    const red = (i: number, x: number, y: number) => pixels[((i * SIZE + y) * SIZE + x) * 3]!;
    for (let i = 0; i < PEOPLE; i++) for (const x of [22, 41]) expect(red(i, x, 38)).toBeGreaterThan(red(i, 1, 1) + 10);
  });
});
