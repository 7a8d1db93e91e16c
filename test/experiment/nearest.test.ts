import { expect, it } from 'vitest';
import { CELEBA_ATTRIBUTES } from '../../src/experiment/celeba-attributes.ts';
import { nearestName } from '../../src/experiment/yaml/nearest.ts';

it.each([
  ['Blonde_Hair', 'Blond_Hair'],
  ['Mael', 'Male'],
  ['blond hair', 'Blond_Hair'],
  ['EyeGlasses', 'Eyeglasses'],
  ['Smilng', 'Smiling'],
  ['5_oclock_shadow', '5_o_Clock_Shadow'],
  ['Receding_Hair', 'Receding_Hairline'],
  ['Wearing_Hats', 'Wearing_Hat'],
  ['Yuong', 'Young'],
])('takes %s for %s', (typed, meant) => {
  expect(nearestName(typed, CELEBA_ATTRIBUTES)).toBe(meant);
});

it.each(['', 'Q', 'Nothing_like_it', 'x'.repeat(100_000)])('suggests nothing for %s', (typed) => {
  expect(nearestName(typed, CELEBA_ATTRIBUTES)).toBeUndefined();
});
