import { describe, expect, it } from 'vitest';
import { createRandom } from '../../../src/experiment/random.ts';
import { createConvolutions } from '../../../src/model/kernels/tensorflow/convolutions.ts';
import { Eager } from '../../../src/model/kernels/tensorflow/eager.ts';
import { type ConvolutionSize, chooseForms, FORMS, type Forms } from '../../../src/model/kernels/tensorflow/forms.ts';
import { DataType, type Handle } from '../../../src/model/kernels/tensorflow/handles.ts';
import { relativeError, withTensorflow } from '../../helpers/kernels.ts';

const own: Forms = FORMS.own;

/** Batch, height and width of y, channels of x and of y. */
const SIZES = [
  [2, 4, 6, 3, 8],
  [3, 5, 3, 7, 6],
  [1, 1, 1, 20, 10],
  [2, 3, 2, 40, 18], // an odd number of blocks of 16 channels
] as const;

describe.each(SIZES)('a convolution of %i pictures to %i x %i, from %i channels to %i', (batch, height, width, inputs, outputs) => {
  it('is the same in every form', async () => {
    await withTensorflow(async (binding) => {
      const tf = new Eager(binding);
      const random = createRandom(1, 'forms');
      const tensor = (...shape: number[]) =>
        tf.create(
          Float32Array.from({ length: shape.reduce((a, b) => a * b) }, () => random.normal()),
          shape,
        );
      const x = tensor(batch, 2 * height, 2 * width, inputs);
      const dy = tensor(batch, height, width, outputs);
      const filter = tensor(4, 4, inputs, outputs);
      const compute = (forms: Forms) => {
        const { conv, convInputGradient, convFilterGradient } = createConvolutions(tf, { forms, onGpu: false });
        return [conv(x, filter), convInputGradient(dy, filter), convFilterGradient(x, dy)];
      };
      const expected = compute(own);
      const others: Forms[] = [
        { ...own, conv: () => 'patches', filterGradient: () => 'patches', inputGradient: () => 'windows' },
        { ...own, inputGradient: () => 'fold' },
      ];
      for (const forms of others) {
        for (const [i, result] of compute(forms).entries()) {
          expect(result.shape).toEqual(expected[i]!.shape);
          const values = tf.values(result as Handle) as Float32Array;
          expect(relativeError(values, tf.values(expected[i] as Handle) as Float32Array)).toBeLessThan(1e-5);
        }
      }
    });
  });
});

it('without instructions for bfloat16, convolutions and products are computed in float32 and given as bfloat16', async () => {
  await withTensorflow(async (binding) => {
    const tf = new Eager(binding);
    const ran: number[] = [];
    const run = tf.run.bind(tf);
    tf.run = (name, attributes, inputs, outputs) => {
      if (/Conv2D|MatMul/.test(name)) ran.push((inputs.at(-1) as Handle).dtype);
      return run(name, attributes, inputs, outputs);
    };
    const { conv, convInputGradient, convFilterGradient } = createConvolutions(tf, { forms: FORMS.avx2, onGpu: false });
    const bfloat16 = (...shape: number[]) =>
      tf.cast(tf.create(new Float32Array(shape.reduce((a, b) => a * b)).fill(1), shape), DataType.bfloat16);
    const [x, dy, filter] = [bfloat16(1, 4, 4, 8), bfloat16(1, 2, 2, 6), bfloat16(4, 4, 8, 6)];
    const results = [conv(x, filter), convInputGradient(dy, filter), convFilterGradient(x, dy)] as Handle[];
    expect(results.map(({ dtype }) => dtype)).toEqual([DataType.bfloat16, DataType.bfloat16, DataType.float32]);
    expect(ran).toEqual([DataType.float32, DataType.float32, DataType.float32]);
    expect([...tf.values(results[0]!)].slice(0, 2)).toEqual([72, 72]); // 3 x 3 of the corner's 4 x 4 patch lie in the picture, 8 channels
  });
});

describe('the tables', () => {
  const size = (batch: number, side: number, inputs: number, outputs: number): ConvolutionSize => ({
    batch,
    inputs,
    outputs,
    height: side,
    width: side,
  });

  // What runs so far were trained with: a change here would change the last bits of every run that goes on.
  it.each([
    [size(32, 4, 512, 1024), 'patches', 'patches', 'own', 'patches'],
    [size(32, 8, 256, 512), 'own', 'patches', 'own', 'patches'],
    [size(32, 16, 128, 256), 'own', 'own', 'own', 'own'],
    [size(64, 4, 128, 256), 'own', 'own', 'own', 'patches'],
    [size(64, 4, 64, 128), 'own', 'own', 'own', 'own'],
    [size(64, 32, 3, 8), 'own', 'own', 'own', 'own'],
    [size(2, 4, 128, 256), 'patches', 'patches', 'own', 'patches'],
  ])('keep for AVX-512 and AMX what they were: %j', (each, conv, filterGradient, bfloat16Conv, bfloat16FilterGradient) => {
    for (const name of ['avx512', 'amx'] as const) {
      const forms = FORMS[name];
      expect([forms.conv(each, 'float32'), forms.filterGradient(each, 'float32')]).toEqual([conv, filterGradient]);
      expect([forms.conv(each, 'bfloat16'), forms.filterGradient(each, 'bfloat16')]).toEqual([bfloat16Conv, bfloat16FilterGradient]);
      expect([forms.inputGradient(each, 'float32'), forms.inputGradient(each, 'bfloat16'), forms.bfloat16]).toEqual([
        'own',
        'own',
        'bfloat16',
      ]);
    }
  });

  it.each([
    [size(32, 4, 512, 1024), 'patches', 'patches', 'fold'],
    [size(32, 8, 256, 512), 'own', 'patches', 'fold'],
    [size(32, 16, 128, 256), 'own', 'own', 'own'],
    [size(64, 4, 64, 128), 'own', 'own', 'own'],
    [size(64, 32, 3, 8), 'own', 'own', 'windows'],
  ])('take for AVX2 what was fastest there: %j', (each, conv, filterGradient, inputGradient) => {
    const forms = FORMS.avx2;
    expect([forms.conv(each, 'float32'), forms.filterGradient(each, 'float32')]).toEqual([conv, filterGradient]);
    expect(forms.inputGradient(each, 'float32')).toBe(inputGradient);
  });

  it.each([
    ['avx2', false, 'avx2', 'float32'],
    ['avx512', true, 'avx512', 'bfloat16'],
    ['avx512', false, 'avx512 without bfloat16', 'float32'],
    ['amx', true, 'amx', 'bfloat16'],
    ['other', false, 'avx512 without bfloat16', 'float32'],
    ['other', true, 'avx512', 'bfloat16'],
  ] as const)('are chosen by the class of the processor and its bfloat16: %s, %s', (processorClass, hasBfloat16, name, bfloat16) => {
    expect(chooseForms({ class: processorClass, hasBfloat16 })).toBe(name);
    expect(FORMS[name].bfloat16).toBe(bfloat16);
  });
});
