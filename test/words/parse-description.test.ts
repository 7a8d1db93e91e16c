// What a description is read as beside its attributes: the words that said so, doubts, mistakes, and what was not understood.

import { describe, expect, it } from 'vitest';
import { CELEBA_ATTRIBUTES } from '../../src/experiment/celeba-attributes.ts';
import { createRandom } from '../../src/experiment/random.ts';
import { ATTRIBUTES } from '../../src/words/lexicon/attributes.ts';
import { createDictionary } from '../../src/words/lexicon/dictionary.ts';
import { parseDescription } from '../../src/words/parse-description.ts';

describe('the lexicon', () => {
  it('has words for each attribute of CelebA, and for no other', () => {
    expect(Object.keys(ATTRIBUTES).sort()).toEqual([...CELEBA_ATTRIBUTES].sort());
  });

  it.each(CELEBA_ATTRIBUTES)('reads %s as label files write it, and its denial', (name) => {
    expect(parseDescription(name).attributes).toEqual({ [name]: 1 });
    expect(parseDescription(`not ${name}`).attributes).toEqual({ [name]: 0 });
    expect(parseDescription(`-${name}`).attributes).toEqual({ [name]: 0 });
  });
});

describe('a description', () => {
  it('tells the words that said so, as they stand in the text', () => {
    expect(parseDescription('She wears NO glasses; her Hair is long and Brown.').because).toEqual([
      { name: 'Male', value: 0, words: ['She', 'her'] },
      { name: 'Eyeglasses', value: 0, words: ['NO glasses'] },
      { name: 'Brown_Hair', value: 1, words: ['Hair', 'Brown'] },
    ]);
  });

  it.each([
    ['a man in a black hat', ['black']],
    ['a woman with red hair', ['red', 'hair']],
    ['brown eyes, green eyes', ['brown', 'eyes', 'green']],
    ['a smiling man', []],
    ['A photo of the face of a person who appears to be smiling a bit', []],
    ['a man with xyzzy', ['xyzzy']],
  ])('%s: names each word that decided nothing once', (text, words) => {
    expect(parseDescription(text).notUnderstood).toEqual(words);
  });

  it('leaves open what "or" leaves open, and says so', () => {
    const { attributes, ambiguous } = parseDescription('a man with black or brown hair');
    expect(attributes).toEqual({ Male: 1 });
    expect(ambiguous).toMatchObject([{ words: 'black or brown hair', names: ['Black_Hair', 'Brown_Hair'] }]);
    expect(parseDescription('smiling or laughing')).toMatchObject({ attributes: { Smiling: 1 }, ambiguous: [] });
  });

  it('takes the later word where it contradicts itself, and says so', () => {
    expect(parseDescription('A smiling man. He is not smiling.')).toMatchObject({
      attributes: { Male: 1, Smiling: 0 },
      contradictions: [{ name: 'Smiling', taken: 0 }],
    });
    expect(parseDescription('a bald woman with long blond hair')).toMatchObject({
      attributes: { Bald: 1, Blond_Hair: 1 },
      contradictions: [{ name: 'Bald', words: ['bald', 'blond hair'], taken: 1 }],
    });
  });

  it('tells the small spelling mistakes that it mends, and leaves other English words alone', () => {
    expect(parseDescription('a mustashe and eyeglases').corrections).toEqual([
      { found: 'mustashe', read: 'mustache' },
      { found: 'eyeglases', read: 'eyeglasses' },
    ]);
    expect(parseDescription('a man on a board with bread in a short shirt').corrections).toEqual([]);
  });

  it.each([
    '',
    ' ',
    '...',
    '-',
    ',,,or,or',
    'no',
    'not without',
    'neither nor',
    'or',
    "'s",
    'a'.repeat(5000),
    'no '.repeat(500),
    '😀 smiling',
    'o clock',
    'shadow',
    'under eye',
  ])('may be anything: %j', (text) => {
    expect(() => parseDescription(text)).not.toThrow();
  });

  it('of words in any order is read to its end, and every word it quotes stands in it', () => {
    const words = [...createDictionary().values()].flat().flatMap((phrase) => phrase.words);
    const random = createRandom(1, 'word salad');
    for (let i = 0; i < 300; i++) {
      const text = Array.from({ length: 12 }, () => words[random.integer(words.length)]).join(random.uniform() < 0.3 ? ', ' : ' ');
      const { because, ambiguous, notUnderstood } = parseDescription(text);
      const quoted = [
        ...because.flatMap((reason) => reason.words),
        ...ambiguous.flatMap((one) => one.words.split(' … ')),
        ...notUnderstood,
      ];
      expect(quoted.filter((word) => !text.includes(word))).toEqual([]);
    }
  });
});

describe('a data set of its own', () => {
  const vocabulary = {
    attributes: ['Has_Scar', 'Red_Hair', 'glowing-eyes'],
    phrases: { Has_Scar: { yes: ['scarred'], no: ['flawless skin'] } },
  };

  it.each([
    ['a man with a scar', { Male: 1, Has_Scar: 1 }],
    ['Has_Scar, Male', { Male: 1, Has_Scar: 1 }],
    ['no scars, smiling', { Has_Scar: 0, Smiling: 1 }],
    ['a scarred woman', { Male: 0, Has_Scar: 1 }],
    ['a woman with flawless skin', { Male: 0, Has_Scar: 0 }],
    ['her hair is red and wavy', { Male: 0, Red_Hair: 1, Wavy_Hair: 1 }],
    ['glowing eyes', { 'glowing-eyes': 1 }],
  ])('brings its names and phrases: %s', (text, attributes) => {
    expect(parseDescription(text, vocabulary).attributes).toEqual(attributes);
  });

  it('does not change what is read without it', () => {
    parseDescription('a scar', vocabulary);
    expect(parseDescription('a man with a scar and red hair')).toMatchObject({
      attributes: { Male: 1 },
      notUnderstood: ['scar', 'red', 'hair'],
    });
  });
});
