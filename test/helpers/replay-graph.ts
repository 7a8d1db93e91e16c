// Computes a compiled graph one operation after the other, each by itself: for a profile, and to check what the graph says of itself.

import { Eager } from '../../src/model/kernels/tensorflow/eager.ts';
import type { Graph, GraphNode } from '../../src/model/kernels/tensorflow/graph.ts';
import { type Binding, DataType, type Handle } from '../../src/model/kernels/tensorflow/handles.ts';

interface Computed {
  node: GraphNode;
  outputs: Handle[];
  ms: number;
}

/** Inputs, and variables, are small positive numbers. `onNode` is called after each operation; constants and inputs are none. */
export function replayGraph(binding: Binding, graph: Graph, onNode: (computed: Computed) => void, now = () => performance.now()): void {
  const tf = new Eager(binding);
  tf.scope(() => {
    const made = new Map<string, Handle>();
    const some = (shape: readonly number[]) => {
      const values = new Float32Array(shape.reduce((a, b) => a * b, 1)).map((_, i) => 0.01 + 0.01 * ((i * 7919) % 31));
      return tf.create(values, shape);
    };
    const find = (ref: string): Handle => made.get(ref) ?? fail(ref);
    for (const node of graph.nodes) {
      const [first] = node.outputs;
      if (node.value) made.set(node.name, tf.create(node.value.values, node.value.shape));
      else if (node.op === 'Placeholder') made.set(node.name, tf.cast(some(first!.shape), first!.dtype));
      else {
        const inputs = node.inputs
          .filter((ref) => !ref.startsWith('^'))
          .map((ref) => {
            if (!made.has(ref) && ref.startsWith('variable')) made.set(ref, createVariable(tf, ref, some(graph.shapeOf(ref))));
            return find(ref);
          });
        const start = now();
        const outputs = tf.run(node.op, [...node.attributes], inputs, node.outputs.length);
        const ms = now() - start;
        for (const [i, output] of outputs.entries()) made.set(i === 0 ? node.name : `${node.name}:${i}`, output);
        onNode({ node, outputs: [...outputs], ms });
      }
    }
    return [];
  });
}

function createVariable(tf: Eager, name: string, value: Handle): Handle {
  const float = tf.type('dtype', DataType.float32);
  const given = [tf.string('container', ''), tf.string('shared_name', `${name}_replayed`), float, tf.shape('shape', value.shape)];
  const variable = tf.run('VarHandleOp', given, [])[0]!;
  tf.run('AssignVariableOp', [float, tf.bool('validate_shape', false)], [variable, value], 0);
  return variable;
}

function fail(ref: string): never {
  throw new Error(`nothing has made ${ref}`);
}
