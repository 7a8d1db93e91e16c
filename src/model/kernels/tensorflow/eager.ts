// TensorFlow's operations on raw handles, through the addon of @tensorflow/tfjs-node-gpu, with scopes that
// free what they made. Handles can hold what a tfjs tensor cannot: bfloat16. While a graph is traced, operations go into it.

import type { Tensor } from '../kernels.ts';
import { type Attribute, type Binding, DataType, type Handle, type Recorder } from './handles.ts';

/** Eager execution with scopes: what the kernels and the parameters are written with. */
export class Eager {
  readonly binding: Binding;
  #graph: Recorder | undefined;
  #alive = 0;
  #scopes: Set<number>[] = [];
  #attributes = new Map<string, Attribute>();
  #shapes = new Map<string, Handle>();

  constructor(binding: Binding) {
    this.binding = binding;
  }

  /** Runs `work` with every operation written into the graph instead of computed. */
  trace<T>(graph: Recorder, work: () => T): T {
    if (this.#graph) throw new Error('a graph is being traced already');
    this.#graph = graph;
    try {
      return work();
    } finally {
      this.#graph = undefined;
    }
  }

  run(name: string, attributes: Attribute[], inputs: readonly Tensor[], outputs = 1): Handle[] {
    if (this.#graph) return this.#graph.add(name, attributes, inputs);
    const ids = inputs.map((input) => (input as Handle).id);
    return this.adopt(this.binding.executeOp(name, attributes, ids, outputs));
  }

  /** Takes handles that the addon has made into the scope. */
  adopt(handles: Handle[]): Handle[] {
    for (const { id } of handles) this.#track(id);
    return handles;
  }

  create(values: Float32Array | Int32Array, shape: readonly number[]): Handle {
    const dtype = values instanceof Float32Array ? DataType.float32 : DataType.int32;
    if (this.#graph) return this.#graph.constant({ dtype, shape, values });
    const id = this.binding.createTensor([...shape], dtype, values);
    this.#track(id);
    return { id, shape: [...shape], dtype };
  }

  /** A copy of the values, as float32 or int32; also while a graph is traced. */
  values({ id, dtype }: Handle): Float32Array | Int32Array {
    if (dtype === DataType.float32 || dtype === DataType.int32) return this.binding.tensorDataSync(id);
    const [cast] = this.binding.executeOp('Cast', this.castAttributes(dtype, DataType.float32), [id], 1);
    const values = this.binding.tensorDataSync(cast!.id);
    this.binding.deleteTensor(cast!.id);
    return values;
  }

  cast(x: Tensor, dtype: number): Handle {
    const from = (x as Handle).dtype;
    if (from === dtype) return x as Handle;
    return this.run('Cast', this.castAttributes(from, dtype), [x])[0]!;
  }

  castAttributes(from: number, to: number): Attribute[] {
    return [this.type('SrcT', from), this.type('DstT', to), this.bool('Truncate', false)];
  }

  /** A small int32 tensor that lives as long as the process: shapes, axes, permutations. */
  constant(values: readonly number[], shape: readonly number[] = [values.length]): Handle {
    const key = `${shape.join()}:${values.join()}`;
    let handle = this.#shapes.get(key);
    if (!handle) {
      handle = {
        id: this.binding.createTensor([...shape], DataType.int32, Int32Array.from(values)),
        shape: [...shape],
        dtype: DataType.int32,
      };
      this.#shapes.set(key, handle);
    }
    return handle;
  }

  scope<T extends readonly Tensor[]>(work: () => T): T {
    if (this.#graph) return work(); // nothing is made that could be freed
    const mine = new Set<number>();
    this.#scopes.push(mine);
    try {
      const kept = work();
      this.#scopes.pop();
      for (const tensor of kept) if (mine.delete((tensor as Handle).id)) this.#scopes.at(-1)?.add((tensor as Handle).id);
      return kept;
    } finally {
      if (this.#scopes.at(-1) === mine) this.#scopes.pop();
      for (const id of mine) this.#delete(id);
    }
  }

  keep<T extends Tensor>(tensor: T): T {
    if (this.#graph) throw new Error('a tensor cannot outlive the graph that is being traced');
    for (const scope of this.#scopes) scope.delete((tensor as unknown as Handle).id);
    return tensor;
  }

  free(...tensors: Tensor[]): void {
    for (const tensor of tensors) {
      this.keep(tensor);
      this.#delete((tensor as Handle).id);
    }
  }

  count(): number {
    return this.#alive;
  }

  type(name: string, value: number): Attribute {
    return this.#attribute(name, this.binding.TF_ATTR_TYPE, value);
  }
  bool(name: string, value: boolean): Attribute {
    return this.#attribute(name, this.binding.TF_ATTR_BOOL, value);
  }
  int(name: string, value: number | number[]): Attribute {
    return this.#attribute(name, this.binding.TF_ATTR_INT, value);
  }
  float(name: string, value: number): Attribute {
    return this.#attribute(name, this.binding.TF_ATTR_FLOAT, value);
  }
  string(name: string, value: string): Attribute {
    return this.#attribute(name, this.binding.TF_ATTR_STRING, value);
  }
  shape(name: string, value: readonly number[]): Attribute {
    return this.#attribute(name, this.binding.TF_ATTR_SHAPE, [...value]);
  }

  #attribute(name: string, type: number, value: unknown): Attribute {
    const key = `${name}:${type}:${String(value)}`;
    let attribute = this.#attributes.get(key);
    if (!attribute) {
      attribute = { name, type, value };
      this.#attributes.set(key, attribute);
    }
    return attribute;
  }

  #track(id: number): void {
    this.#alive++;
    this.#scopes.at(-1)?.add(id);
  }

  #delete(id: number): void {
    this.#alive--;
    this.binding.deleteTensor(id);
  }
}
