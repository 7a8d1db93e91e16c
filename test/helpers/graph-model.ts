// A tfjs graph model as small as can be: mean over height and width of each colour, times a matrix.

import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** [3, 2] */
export const COLOURS = [1, 0.5, -1, 2, 0, 3];

/** Returns the path of its model.json. `side`: of the pictures that it takes; -1: of any. */
export function writeGraphModel(
  folder: string,
  { side = -1, channels = 3, operation = 'MatMul', change = (json: object): object => json } = {},
): string {
  const floats = (values: number[]) => Buffer.from(Float32Array.from(values).buffer);
  const shape = [-1, side, side, channels].map((size) => ({ size: String(size) }));
  const constant = (name: string, dtype: string) => ({ name, op: 'Const', attr: { dtype: { type: dtype } } });
  const json = {
    format: 'graph-model',
    modelTopology: {
      node: [
        { name: 'pictures', op: 'Placeholder', attr: { dtype: { type: 'DT_FLOAT' }, shape: { shape: { dim: shape } } } },
        constant('axes', 'DT_INT32'),
        constant('matrix', 'DT_FLOAT'),
        { name: 'mean', op: 'Mean', input: ['pictures', 'axes'], attr: { keep_dims: { b: false }, T: { type: 'DT_FLOAT' } } },
        { name: 'features', op: operation, input: ['mean', 'matrix'], attr: { transpose_a: { b: false }, transpose_b: { b: false } } },
      ],
      versions: { producer: 27 },
    },
    signature: {
      inputs: { pictures: { name: 'pictures:0', dtype: 'DT_FLOAT', tensorShape: { dim: shape } } },
      outputs: { features: { name: 'features:0', dtype: 'DT_FLOAT', tensorShape: { dim: [{ size: '-1' }, { size: '2' }] } } },
    },
    weightsManifest: [
      {
        paths: ['group1-shard1of1.bin'],
        weights: [
          { name: 'axes', shape: [2], dtype: 'int32' },
          { name: 'matrix', shape: [3, 2], dtype: 'float32' },
        ],
      },
    ],
  };
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'group1-shard1of1.bin'), Buffer.concat([Buffer.from(Int32Array.from([1, 2]).buffer), floats(COLOURS)]));
  writeFileSync(join(folder, 'model.json'), JSON.stringify(change(json)));
  return join(folder, 'model.json');
}
