// (pure) Seeded random streams. Every stream is named, so that adding one never moves another,
// and a stream of step 4,000 can be made without drawing the 3,999 before it: that is what makes exact resume simple.

import { uniformInt } from 'pure-rand/distribution/uniformInt';
import { xoroshiro128plusFromState } from 'pure-rand/generator/xoroshiro128plus';

export interface Random {
  /** Uniform in [0, 1), 32 bits of it. */
  uniform(): number;
  /** Uniform integer in [0, below). */
  integer(below: number): number;
  /** Standard normal, by Box-Muller. */
  normal(): number;
}

/** The stream with this name, e.g. createRandom(seed, 'noise', step). */
export function createRandom(seed: number, ...name: (string | number)[]): Random {
  const generator = xoroshiro128plusFromState(streamState(seed, name));
  let spare: number | undefined;
  const uniform = () => (generator.next() >>> 0) / 0x1_0000_0000;
  return {
    uniform,
    integer: (below) => uniformInt(generator, 0, below - 1),
    normal() {
      if (spare !== undefined) {
        const value = spare;
        spare = undefined;
        return value;
      }
      const radius = Math.sqrt(-2 * Math.log(1 - uniform()));
      const angle = 2 * Math.PI * uniform();
      spare = radius * Math.sin(angle);
      return radius * Math.cos(angle);
    },
  };
}

/** Fisher-Yates, in place. */
export function shuffle(values: Uint32Array, random: Random): Uint32Array {
  for (let i = values.length - 1; i > 0; i--) {
    const j = random.integer(i + 1);
    const value = values[i]!;
    values[i] = values[j]!;
    values[j] = value;
  }
  return values;
}

/** 64 bits of the name, as two FNV-1a hashes, spread over the generator's 128 bits of state: streams do not meet by chance. */
function streamState(seed: number, name: (string | number)[]): number[] {
  let first = 0x811c9dc5;
  let second = 0x9747b28c;
  for (const char of `${seed}/${name.join('/')}`) {
    first = Math.imul(first ^ char.charCodeAt(0), 0x01000193);
    second = Math.imul(second ^ char.charCodeAt(0), 0x5bd1e995);
    second ^= second >>> 15;
  }
  return [mix(first), mix(second), mix(first + Math.imul(second, 0x9e3779b1)), mix(second ^ Math.imul(first, 0x85ebca77))];
}

/** The finisher of murmur3: neighbouring names give unrelated words. */
function mix(word: number): number {
  let hash = Math.imul(word ^ (word >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) | 0;
}
