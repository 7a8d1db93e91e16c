import { describe, expect, it } from 'vitest';
import { createOracleEvaluation, type OracleEvaluationOptions } from '../../../src/model/evaluation/evaluate-with-oracle.ts';
import type { Evaluator, Pictures } from '../../../src/model/evaluation/evaluator.ts';
import type { Generator } from '../../../src/model/generation/generator.ts';
import type { Kernels } from '../../../src/model/kernels/kernels.ts';

const side = 32;
const pictureValues = side * side * 3;
/** Picture i is of one grey; it has the first attribute in every third, the second in every second picture. */
const heldOut = {
  count: 90,
  imageSize: side,
  attributes: ['Rare', 'Other', 'Common'],
  labels: Uint8Array.from({ length: 270 }, (_, at) => (at % 3 === 0 ? Number(at % 9 === 0) : at % 3 === 2 ? Math.floor(at / 3) % 2 : 0)),
  readPictures(indices: Uint32Array, into: Uint8Array) {
    indices.forEach((index, i) => {
      into.fill(index, i * pictureValues, (i + 1) * pictureValues);
    });
  },
};
const attributes = ['Common', 'Rare'];

/** An oracle whose one feature is the first pixel, and a label beside each attribute of the data. */
const judgedBlocks: number[] = [];
const oracle: OracleEvaluationOptions['oracle'] = {
  labels: [...heldOut.attributes, 'rotate_90'],
  accuracy: Object.fromEntries([...heldOut.attributes, 'rotate_90'].map((name) => [name, { balanced: 1, on: 30, off: 30 }])),
  async judge(pixels) {
    const count = pixels.length / pictureValues;
    judgedBlocks.push(count);
    const features = Float32Array.from({ length: count }, (_, i) => pixels[i * pictureValues]!);
    return {
      features,
      logits: Float32Array.from({ length: count * 4 }, (_, at) => pixels[Math.floor(at / 4) * pictureValues + 1]!),
      count,
    };
  },
};

interface Asked {
  z: number[];
  y: number[][];
}

/** Its pictures show in their first pixel the first number of the noise, and in the second whether the first condition is asked for. */
function createFakeGenerator(conditions: string[], asked: Asked): Generator {
  const shape = { latentSize: 2, conditions: conditions.length, width: 8, imageSize: side } as Generator['shape'];
  return {
    shape,
    conditions,
    async sample(z, y) {
      const count = z.length / 2;
      asked.z.push(...z);
      const pixels = new Float32Array(count * pictureValues);
      for (let i = 0; i < count; i++) {
        asked.y.push([...y.subarray(i * conditions.length, (i + 1) * conditions.length)]);
        pixels[i * pictureValues] = z[i * 2]!;
        pixels[i * pictureValues + 1] = y[i * conditions.length]! - 0.5;
      }
      return pixels;
    },
  };
}

function createSpy() {
  const seen = { real: [] as Pictures[], generated: [] as Pictures[] };
  const spy: Evaluator<null> = {
    names: ['spy'],
    usesOracle: true,
    async prepare(real) {
      seen.real.push(real);
      return null;
    },
    async measure(generated) {
      seen.generated.push(generated);
      return { spy: generated.count };
    },
  };
  const refused: Evaluator<null> = {
    names: ['pixels'],
    prepare: async () => expect.unreachable(),
    measure: async () => expect.unreachable(),
  };
  return { seen, evaluators: [refused, spy] };
}

function evaluationOf(evaluators: readonly Evaluator[]) {
  return createOracleEvaluation({ k: {} as Kernels, oracle, heldOut, attributes, evaluators });
}

const ask = async (conditions: string[], count: number, evaluators: readonly Evaluator[] = createSpy().evaluators) => {
  const asked: Asked = { z: [], y: [] };
  const measured = await evaluationOf(evaluators).measure(createFakeGenerator(conditions, asked), count);
  return { asked, measured };
};

describe('the evaluation with an oracle', () => {
  it('asks for the labels of held-out pictures, each once, then again from the first', async () => {
    const { asked } = await ask(attributes, 100);
    expect(asked.y).toHaveLength(100);
    const count = (bit: number) => asked.y.slice(0, 90).filter((row) => row[bit] === 1).length;
    expect([count(0), count(1)]).toEqual([45, 30]); // Common, Rare
    expect(asked.y.slice(90)).toEqual(asked.y.slice(0, 10));
  });

  it('asks every generator for the same: labels, noise, and the first ones of what a larger evaluation asks for', async () => {
    const [small, large] = [await ask(attributes, 40), await ask(attributes, 700)];
    expect(large.asked.y.slice(0, 40)).toEqual(small.asked.y);
    expect(large.asked.z.slice(0, 80)).toEqual(small.asked.z);
    expect(new Set(large.asked.z).size).toBe(1400);
  });

  it('hands features and logits of all pictures on, in their order, and no pixels', async () => {
    const { seen, evaluators } = createSpy();
    judgedBlocks.length = 0;
    const { asked, measured } = await ask(attributes, 1100, evaluators);
    expect(measured.values).toEqual({ spy: 1100 });
    expect(judgedBlocks).toEqual([512, 512, 76, 90]); // what is generated, block by block, then the real ones
    const [generated] = seen.generated;
    expect(generated).toMatchObject({ count: 1100, attributes, imageSize: side, pixels: new Float32Array(0), oracle });
    expect([...generated!.judged!.features]).toEqual(asked.z.filter((_, at) => at % 2 === 0));
    expect([...generated!.labels]).toEqual(asked.y.flat());
    const [real] = seen.real;
    expect(real).toMatchObject({ count: 90, attributes });
    const greys = [...real!.judged!.features].map((value) => Math.round((value + 1) * 127.5));
    expect([...greys].sort((a, b) => a - b)).toEqual(Array.from({ length: 90 }, (_, i) => i));
    expect(greys.map((grey) => [grey % 2, Number(grey % 3 === 0)])).toEqual(
      greys.map((_, i) => [real!.labels[i * 2], real!.labels[i * 2 + 1]]),
    );
  });

  it('looks at no held-out picture that the oracle saw when it was made, and takes what it saw', async () => {
    const { seen, evaluators } = createSpy();
    await ask(attributes, 10, evaluators);
    const all = new Uint8Array(heldOut.count * pictureValues);
    heldOut.readPictures(
      Uint32Array.from({ length: heldOut.count }, (_, i) => i),
      all,
    );
    const known = await oracle.judge(Float32Array.from(all, (byte) => byte / 127.5 - 1));
    judgedBlocks.length = 0;
    const evaluation = createOracleEvaluation({
      k: {} as Kernels,
      oracle: { ...oracle, heldOut: known },
      heldOut,
      attributes,
      evaluators,
    });
    await evaluation.measure(createFakeGenerator(attributes, { z: [], y: [] }), 10);
    expect(judgedBlocks).toEqual([10]);
    const [looked, taken] = seen.real;
    expect(taken!.judged).toEqual(looked!.judged);
    expect(taken!.labels).toEqual(looked!.labels);
  });

  it('measures each attribute, and judges the real pictures once', async () => {
    const { seen, evaluators } = createSpy();
    const evaluation = evaluationOf(evaluators);
    const generator = createFakeGenerator(attributes, { z: [], y: [] });
    const { attributes: measured } = await evaluation.measure(generator, 90);
    await evaluation.measure(generator, 90);
    expect(await evaluation.measureReal(heldOut)).toEqual({ spy: 90 });
    expect(seen.real).toHaveLength(1);
    // Every logit of a picture says whether Common was asked for.
    expect(measured.Common).toMatchObject({ balanced: 1, relative: 1, reliable: true });
    expect(measured.Rare!.balanced).toBeCloseTo(0.5, 1);
  });

  it('asks for orientations on pictures of their own, as many of each', async () => {
    const { seen, evaluators } = createSpy();
    const { asked } = await ask([...attributes, 'rotate_90', 'rotate_270'], 90, evaluators);
    expect(asked.y).toHaveLength(90 + 24);
    expect(asked.y.slice(0, 90).every(([, , quarter, three]) => quarter === 0 && three === 0)).toBe(true);
    const turned = asked.y.slice(90);
    expect(turned.map(([, , quarter, three]) => [quarter, three]).slice(0, 4)).toEqual([
      [0, 0],
      [1, 0],
      [0, 1],
      [0, 0],
    ]);
    expect(seen.generated[0]!.turned).toMatchObject({ count: 24, attributes: [...attributes, 'rotate_90', 'rotate_270'] });
    expect([...seen.generated[0]!.turned!.labels]).toEqual(turned.flat());
  });

  it('says how far it is, and ends where that throws, to begin again another time', async () => {
    const { seen, evaluators } = createSpy();
    const evaluation = evaluationOf(evaluators);
    const generator = createFakeGenerator(attributes, { z: [], y: [] });
    const told: [number, number][] = [];
    const stopAt = (call: number) => async (done: number, total: number) => {
      told.push([done, total]);
      if (told.length === call) throw new Error('stop');
    };
    await expect(evaluation.measure(generator, 600, stopAt(3))).rejects.toThrow('stop');
    expect(told).toEqual([
      [0, 600],
      [512, 600],
      [0, 90],
    ]);
    expect(seen.real).toHaveLength(0);
    expect((await evaluation.measure(generator, 600)).values).toEqual({ spy: 600 });
    expect(seen.real).toHaveLength(1);
  });
});
