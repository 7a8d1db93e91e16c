// Pictures that lie on a card as bytes, and are taken from there inside a compiled step. Every operation here has a kernel for cards in
// TensorFlow's build for CUDA (docs/decisions/021), in which GatherV2 takes no bytes: they are kept as float32, four to a value.

import type { PictureSource, StoredPictures } from '../kernels.ts';
import { DataType, type Handle } from './handles.ts';
import type { Program } from './program.ts';

export function storePictures(program: Program, { count, pixels, numbers, walks, read }: PictureSource): StoredPictures {
  const { tf } = program;
  const words = (pixels * 3) / 4;
  const orders = walks();
  const store = program.store([count, words], () => new Float32Array(read().buffer));
  const gather = (from: Handle, indices: Handle, axis = 0) =>
    tf.run(
      'GatherV2',
      [
        tf.type('Tparams', DataType.float32),
        tf.type('Tindices', DataType.int32),
        tf.type('Taxis', DataType.int32),
        tf.int('batch_dims', axis),
      ],
      [from, indices, tf.constant([axis], [])],
    )[0]!;
  const reshape = (x: Handle, shape: readonly number[]) =>
    tf.run('Reshape', [tf.type('T', x.dtype), tf.type('Tshape', DataType.int32)], [x, tf.constant(shape)])[0]!;
  const asIndices = (x: Handle) => tf.cast(x, DataType.int32);

  return {
    take(chosen, walked) {
      const batch = chosen.shape[0]!;
      const packed = gather(program.stored(store), asIndices(chosen as Handle));
      const bytes = tf.run('Bitcast', [tf.type('T', DataType.float32), tf.type('type', DataType.uint8)], [packed])[0]!;
      const values = gather(tf.create(numbers, [256]), asIndices(reshape(bytes, [batch, pixels, 3])));
      const order = gather(tf.create(orders, [orders.length / pixels, pixels]), asIndices(walked as Handle));
      return gather(values, asIndices(order), 1);
    },
  };
}
