import { mkdtempSync, rmSync, truncateSync, unlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import * as tf from '@tensorflow/tfjs-core';
import { afterAll, describe, expect, it } from 'vitest';
import { createRandom } from '../../../src/experiment/random.ts';
import { openFeatureNetwork } from '../../../src/model/evaluation/feature-network.ts';
import { checkGraphModel } from '../../../src/model/evaluation/graph-model-files.ts';
import { featuresDistance } from '../../../src/model/evaluation/metrics/features-distance.ts';
import { COLOURS, writeGraphModel } from '../../helpers/graph-model.ts';
import { judgedPictures } from '../../helpers/judged-pictures.ts';
import { BACKENDS, withKernels } from '../../helpers/kernels.ts';

const root = mkdtempSync(join(tmpdir(), 'facet-graph-model-'));
afterAll(() => rmSync(root, { recursive: true, force: true }));
let models = 0;
const write = (options = {}) => writeGraphModel(join(root, String(models++)), options);

const SIDE = 16;
const COUNT = 40; // more than are computed at a time

/** Random pixels of their picture's own brightness. */
const pixels = (() => {
  const random = createRandom(1, 'pixels');
  return Float32Array.from({ length: COUNT * SIDE * SIDE * 3 }, (_, i) => {
    const brightness = Math.floor(i / (SIDE * SIDE * 3)) / COUNT - 0.5;
    return brightness + random.uniform() * 0.5;
  });
})();

/** What the model of the helper computes, of pictures in [0, 1]. */
function expectedFeatures(): number[] {
  return Array.from({ length: COUNT * 2 }, (_, i) => {
    const [picture, column] = [i >> 1, i & 1];
    const values = pixels.subarray(picture * SIDE * SIDE * 3, (picture + 1) * SIDE * SIDE * 3);
    const means = [0, 1, 2].map((c) => values.reduce((sum, value, at) => (at % 3 === c ? sum + (value + 1) / 2 : sum), 0) / SIDE ** 2);
    return means.reduce((sum, mean, c) => sum + mean * COLOURS[c * 2 + column]!, 0);
  });
}

for (const backend of BACKENDS) {
  describe(`on ${backend}`, () => {
    it('gives the features of pictures in [0, 1], and frees what it took', async () => {
      await withKernels(backend, async (k) => {
        const before = { kernels: k.count(), tfjs: tf.memory().numTensors };
        const network = await openFeatureNetwork(write({ side: SIDE }), { imageSize: SIDE });
        const features = await network.readFeatures(pixels);
        expect([network.size, features.length]).toEqual([2, COUNT * 2]);
        for (const [i, value] of expectedFeatures().entries()) expect(features[i]).toBeCloseTo(value, 4);
        network.free();
        expect({ kernels: k.count(), tfjs: tf.memory().numTensors }).toEqual(before);
      });
    });

    it('resizes pictures to the size that the model names', async () => {
      await withKernels(backend, async () => {
        const network = await openFeatureNetwork(write({ side: 24 }), { imageSize: SIDE });
        const grey = await network.readFeatures(new Float32Array(SIDE * SIDE * 3).fill(0.5));
        expect([...grey].map((value) => value.toFixed(3))).toEqual(['0.000', '4.125']); // 0.75 times the sums of the matrix
        network.free();
      });
    });
  });
}

it('gives the distances in its features, and none where there are none', async () => {
  await withKernels('wasm', async (k) => {
    const network = await openFeatureNetwork(write(), { imageSize: SIDE });
    const features = await network.readFeatures(pixels);
    const real = { ...judgedPictures({ count: COUNT }), features };
    const shifted = { ...real, features: features.map((value) => value + 1) };
    const values = await featuresDistance.measure(shifted, await featuresDistance.prepare(real, k), k);
    expect(values.featuresFrechetDistance).toBeCloseTo(2, 5); // the mean is off by (1, 1)
    expect(values.featuresKernelDistance).toBeGreaterThan(0);
    const without = judgedPictures({ count: COUNT });
    expect(await featuresDistance.measure(without, await featuresDistance.prepare(without, k), k)).toEqual({});
    network.free();
  });
});

it.each<[string, () => string, RegExp]>([
  ['a path where nothing is', () => join(root, 'nothing.json'), /: it does not exist \(ENOENT\)/],
  ['a folder', () => dirname(write()), /folder|directory/i],
  ['a file of something else', () => changed('model.json', (path) => writeFileSync(path, 'PK\u0003')), /it is no JSON/],
  ['JSON of something else', () => changed('model.json', (path) => writeFileSync(path, '{"a": 1}')), /it has no graph and weights/],
  ['a layers model', () => write({ change: (json: object) => ({ ...json, format: 'layers-model' }) }), /it is a "layers-model"/],
  ['a model without a shard', () => changed('group1-shard1of1.bin', unlinkSync), /: group1-shard1of1\.bin: it does not exist/],
  ['a model with half a shard', () => changed('group1-shard1of1.bin', (path) => truncateSync(path, 10)), /10 bytes, not the 32/],
])('refuses %s in one line before training begins', (_, make, reason) => {
  const path = make();
  const refused = () => checkGraphModel(path);
  expect(refused).toThrow(reason);
  expect(refused).toThrow(/^evaluation\.features: expected the model\.json of a tfjs graph model, got "[^\n]+$/);
});

it.each<[string, object, RegExp]>([
  ['that takes other pictures', { side: 16, channels: 1 }, /takes pictures as \[-1, 16, 16, 1\]/],
  ['with an operation that tfjs does not know', { operation: 'Teleport' }, /Teleport/],
])('refuses a model %s in one line', async (_, options, reason) => {
  await withKernels('wasm', async () => {
    const opening = openFeatureNetwork(write(options), { imageSize: SIDE });
    await expect(opening).rejects.toThrow(reason);
    await expect(opening).rejects.toThrow(/^evaluation\.features: expected [^\n]+$/);
  });
});

/** A model of which a file is other than it was. */
function changed(file: string, change: (path: string) => void): string {
  const model = write();
  change(join(dirname(model), file));
  return model;
}
