import { describe, expect, it } from 'vitest';
import { describeAsked, describeOpen, differing, readBits, writeBits } from '../../../src/dashboard/client/generate/words.ts';

describe('what is said of faces', () => {
  it('names what is on before what is off, so that "not" reaches one word only', () => {
    expect(describeAsked({ Male: 0, Blond_Hair: 1, Young: 0 })).toBe('Blond Hair, not Male, not Young');
    expect(describeAsked({})).toBe('Nothing is fixed');
  });

  it('is under a picture what was left open, of many only what it has', () => {
    const bits = { Male: 1, Young: 0, Smiling: 1 } as const;
    expect(describeOpen(bits, { Male: 1 })).toBe('Smiling, not Young');
    expect(describeOpen(bits, bits)).toBe('');
    const many = Object.fromEntries(Array.from({ length: 12 }, (_, i) => [`A_${i}`, i < 8 ? 1 : 0] as const));
    expect(describeOpen(many, {})).toBe('A 0, A 1, A 2, A 3, A 4, A 5 and 2 more');
    expect(describeOpen(Object.fromEntries(Object.keys(many).map((name) => [name, 0])), { A_0: 0 })).toBe('none of the other 11');
  });
});

describe('settings in the address', () => {
  it('are read as they were written, also of names with a colon', () => {
    const bits = { Male: 1, 'a:b': 0, Young: 0 } as const;
    expect(readBits(writeBits(bits), ['Male', 'a:b', 'Young'])).toEqual(bits);
  });

  it.each([null, '', 'Male', 'Male:2', 'Nose:1', ':1', ',,,'])('say nothing where they are %j', (text) => {
    expect(readBits(text, ['Male'])).toEqual({});
  });

  it('differ where a bit is another, or there is none', () => {
    expect(differing({ Male: 1, Young: 0 }, { Male: 1 })).toEqual({ Young: 0 });
    expect(differing({ Male: 0 }, { Male: 1 })).toEqual({ Male: 0 });
    expect(differing({}, { Male: 1 })).toEqual({});
  });
});
