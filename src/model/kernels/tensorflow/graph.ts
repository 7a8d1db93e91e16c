// A graph of TensorFlow operations while a step is traced: the same kernels run, but each operation is
// written down instead of computed. Reads and updates of variables keep the order in which they were traced.

import type { Tensor } from '../kernels.ts';
import type { Eager } from './eager.ts';
import { type Attribute, DataType, type GraphConstant, type GraphOutput, type GraphTensor, type Handle, type Recorder } from './handles.ts';
import { describeOperation } from './operations.ts';

export interface GraphNode {
  name: string;
  op: string;
  attributes: readonly Attribute[];
  /** `name` or `name:output`; `^name` is a node that must come first. */
  inputs: string[];
  outputs: readonly GraphOutput[];
  /** Of a Const. */
  value?: GraphConstant;
}

const isGraphTensor = (x: Tensor): x is GraphTensor => 'ref' in x;

/** What an update of a variable has to wait for. */
interface VariableState {
  lastUpdate: string | undefined;
  /** Reads since then, and what uses their memory: an update in place must not overtake them. */
  users: Set<string>;
}

interface Feed {
  ref: string;
  values: () => Float32Array;
}

export class Graph implements Recorder {
  readonly nodes: GraphNode[] = [];
  /** Scalars that are asked for anew at each run. */
  readonly feeds: Feed[] = [];
  /** What the owner of the graph likes to make only once. */
  readonly cache = new Map<string, GraphTensor>();
  readonly #tf: Eager;
  readonly #prefix: string;
  readonly #variables = new Map<string, VariableState>();
  /** Outputs that share the memory of a variable. */
  readonly #views = new Map<string, VariableState>();
  readonly #shapes = new Map<string, readonly number[]>();
  readonly #captured = new Map<number, GraphTensor>();
  readonly #updates: string[] = [];

  /** `prefix` keeps the names of several graphs apart in one session. */
  constructor(tf: Eager, prefix: string) {
    this.#tf = tf;
    this.#prefix = prefix;
  }

  /** Writes the operation down. A tensor from outside the graph becomes a constant, with the values that it has now. */
  add(op: string, attributes: readonly Attribute[], inputs: readonly Tensor[]): GraphTensor[] {
    const tensors = inputs.map((input) => (isGraphTensor(input) ? input : this.#capture(input as Handle)));
    const { outputs, sharesMemory } = describeOperation(op, attributes, tensors);
    const node = this.#node(op, { attributes, inputs: tensors.map(({ ref }) => ref), outputs });
    for (const { ref } of tensors) this.#views.get(ref)?.users.add(node.name);
    for (const { ref, dtype } of tensors) if (dtype === DataType.resource) this.#order(node, ref);
    if (tensors[0]?.dtype === DataType.resource && op !== 'ReadVariableOp') this.#updates.push(node.name);
    const results = outputs.map((output, i) => this.#tensor(i === 0 ? node.name : `${node.name}:${i}`, output));
    const view = tensors[0] && this.#views.get(tensors[0].ref);
    if (view && sharesMemory) for (const { ref } of results) this.#views.set(ref, view);
    return results;
  }

  /** A variable of the session, as a resource: [..shape] float32. */
  variable(name: string, shape: readonly number[]): GraphTensor {
    this.#shapes.set(name, shape);
    return this.#tensor(name, { shape, dtype: DataType.resource });
  }

  /** Of a variable that is used here. */
  shapeOf(name: string): readonly number[] {
    return this.#shapes.get(name)!;
  }

  constant(constant: GraphConstant): GraphTensor {
    const node = this.#node('Const', { attributes: [this.#tf.type('dtype', constant.dtype)], inputs: [], outputs: [constant] });
    node.value = constant;
    return { ...this.#tensor(node.name, constant), values: constant.values };
  }

  placeholder(dtype: number, shape: readonly number[]): GraphTensor {
    const attributes = [this.#tf.type('dtype', dtype), this.#tf.shape('shape', shape)];
    const node = this.#node('Placeholder', { attributes, inputs: [], outputs: [{ shape, dtype }] });
    return this.#tensor(node.name, { shape, dtype });
  }

  /** A float32 scalar whose value is asked for at each run. */
  feed(value: () => number): GraphTensor {
    const placeholder = this.placeholder(DataType.float32, []);
    this.feeds.push({ ref: placeholder.ref, values: () => Float32Array.of(value()) });
    return placeholder;
  }

  /** The same tensor, computed after every update of a variable. */
  afterUpdates(x: Tensor): GraphTensor {
    const [result] = this.add('Identity', [this.#tf.type('T', (x as Handle).dtype)], [x]);
    this.nodes.at(-1)!.inputs.push(...this.#updates.map((name) => `^${name}`));
    return result!;
  }

  #order(node: GraphNode, variable: string): void {
    const state = this.#variables.get(variable) ?? { lastUpdate: undefined, users: new Set() };
    this.#variables.set(variable, state);
    if (state.lastUpdate) node.inputs.push(`^${state.lastUpdate}`);
    if (node.op === 'ReadVariableOp') {
      state.users.add(node.name);
      this.#views.set(node.name, state);
      return;
    }
    node.inputs.push(...[...state.users].map((name) => `^${name}`));
    state.users = new Set();
    state.lastUpdate = node.name;
  }

  #capture(handle: Handle): GraphTensor {
    let constant = this.#captured.get(handle.id);
    if (!constant) {
      const isInteger = handle.dtype === DataType.int32;
      const dtype = isInteger ? DataType.int32 : DataType.float32;
      constant = this.constant({ dtype, shape: handle.shape, values: this.#tf.values(handle) });
      if (handle.dtype !== dtype) constant = this.add('Cast', this.#tf.castAttributes(dtype, handle.dtype), [constant])[0]!;
      this.#captured.set(handle.id, constant);
    }
    return constant;
  }

  #node(op: string, parts: Omit<GraphNode, 'name' | 'op'>): GraphNode {
    const node: GraphNode = { name: `${this.#prefix}${this.nodes.length}`, op, ...parts };
    this.nodes.push(node);
    return node;
  }

  /** Its id is no handle of TensorFlow's: using it outside the graph is an error there. */
  #tensor(ref: string, { shape, dtype }: GraphOutput): GraphTensor {
    return { id: -1, ref, shape, dtype };
  }
}
