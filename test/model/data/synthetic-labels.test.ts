import { describe, expect, it } from 'vitest';
import { CELEBA_ATTRIBUTES } from '../../../src/experiment/celeba-attributes.ts';
import { createRandom } from '../../../src/experiment/random.ts';
import {
  type AttributeName,
  CELEBA_RATES_PERCENT,
  drawLabels,
  type FaceLabels,
  TENDENCIES,
} from '../../../src/model/data/synthetic/labels.ts';

const COUNT = 20_000;
const faces: FaceLabels[] = Array.from({ length: COUNT }, (_, i) => drawLabels(createRandom(11, 'test', i)));

const share = (holds: (face: FaceLabels) => boolean, among = faces) => among.filter(holds).length / among.length;
const colours = (face: FaceLabels) => +face.Black_Hair + +face.Blond_Hair + +face.Brown_Hair + +face.Gray_Hair;
const beards: AttributeName[] = ['5_o_Clock_Shadow', 'Goatee', 'Mustache', 'Sideburns'];

describe('the labels of synthetic faces', () => {
  it('cover each attribute of CelebA once', () => {
    expect(TENDENCIES.map(({ name }) => name).sort()).toEqual([...CELEBA_ATTRIBUTES].sort());
  });

  it.each(CELEBA_ATTRIBUTES)('give %s as often as CelebA', (name) => {
    expect(Math.abs(100 * share((face) => face[name]) - CELEBA_RATES_PERCENT[name])).toBeLessThan(1.5);
  });

  it.each<[string, (face: FaceLabels) => boolean]>([
    ['no face has two hair colours', (f) => colours(f) > 1],
    ['no hair is both straight and wavy', (f) => f.Straight_Hair && f.Wavy_Hair],
    ['a bald head has no hair', (f) => f.Bald && (f.Bangs || f.Straight_Hair || f.Wavy_Hair || f.Receding_Hairline || colours(f) > 0)],
    ['a head is not bald under a hat', (f) => f.Bald && f.Wearing_Hat],
    ['bangs hide a hairline', (f) => f.Bangs && f.Receding_Hairline],
    ['a face without a beard has no kind of beard', (f) => f.No_Beard && beards.some((name) => f[name])],
    ['no woman is bald or bearded', (f) => !f.Male && (f.Bald || !f.No_Beard)],
    ['no man wears make-up or lipstick', (f) => f.Male && (f.Heavy_Makeup || f.Wearing_Lipstick)],
    ['a necktie excludes a necklace', (f) => f.Wearing_Necktie && f.Wearing_Necklace],
  ])('keep to what can be: %s', (_, contradicts) => {
    expect(faces.filter(contradicts)).toEqual([]);
  });

  it.each<[string, AttributeName, AttributeName]>([
    ['women wear earrings', 'Wearing_Earrings', 'Male'],
    ['women have wavy hair', 'Wavy_Hair', 'Male'],
    ['old people have gray hair', 'Gray_Hair', 'Young'],
    ['old people are bald', 'Bald', 'Young'],
    ['old people have a receding hairline', 'Receding_Hairline', 'Young'],
  ])('lean as CelebA does: mostly %s', (_, name, against) => {
    const having = faces.filter((face) => face[name]);
    expect(share((face) => face[against], having)).toBeLessThan(share((face) => face[against]) - 0.15);
  });

  it.each<[string, AttributeName, AttributeName]>([
    ['men wear neckties', 'Wearing_Necktie', 'Male'],
    ['men have bushy brows', 'Bushy_Eyebrows', 'Male'],
    ['smiles raise the cheekbones', 'High_Cheekbones', 'Smiling'],
    ['chubby people have a double chin', 'Double_Chin', 'Chubby'],
  ])('lean as CelebA does: mostly %s', (_, name, towards) => {
    const having = faces.filter((face) => face[name]);
    expect(share((face) => face[towards], having)).toBeGreaterThan(share((face) => face[towards]) + 0.15);
  });

  it('leave more than a third of the faces without any of the four hair colours, as CelebA does', () => {
    expect(share((face) => colours(face) === 0)).toBeCloseTo(0.37, 1);
  });
});
