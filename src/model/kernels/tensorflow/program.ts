// Compiled functions and the variables that they share, as one session of TensorFlow. The addon opens
// sessions for SavedModels only, so the graph is handed over as one, in TensorFlow's file system in memory. A session takes no
// further nodes: where a function is new, or gets inputs of new shapes, the next call opens another session, and the values move.

import type { Tensor, Work } from '../kernels.ts';
import type { Eager } from './eager.ts';
import { Graph, type GraphNode } from './graph.ts';
import { type Attribute, DataType, type GraphTensor, type Handle } from './handles.ts';
import { encodeSavedModel, SERVE } from './saved-model.ts';

/** One folder for each session: that file system appends to a file that is there. */
const folder = (session: number) => `ram://facet/${session}`;
let sessionsOpened = 0;

export interface Variable {
  name: string;
  shape: readonly number[];
}

/** A variable that keeps the values that `read` gives, which a new session asks for again. */
interface Store extends Variable {
  read: () => Float32Array;
}

/** A function for inputs of certain shapes. */
interface Version {
  graph: Graph;
  /** `node:output`, separated by commas. */
  inputNames: string;
  outputNames: string;
}

export class Program {
  readonly tf: Eager;
  readonly #variables = new Map<string, Variable>();
  readonly #stores: Store[] = [];
  readonly #graphs: Graph[] = [];
  /** While a function is traced. */
  #traced: Graph | undefined;
  #session: number | undefined;
  /** How many graphs, and which variables, the session holds. */
  #graphsHeld = 0;
  #variablesHeld = new Set<string>();
  #storesHeld = 0;
  /** Values of the other variables. */
  readonly #initial = new Map<string, Float32Array>();
  /** What `value` gave, until the next run. It shares the variables' memory, which an update would have to copy. */
  readonly #values = new Map<string, Handle>();

  constructor(tf: Eager) {
    this.tf = tf;
  }

  /** What has been compiled, for a profile. */
  get graphs(): readonly Graph[] {
    return this.#graphs;
  }

  /** A new variable of zeros, float32. */
  variable(shape: readonly number[]): Variable {
    const variable = { name: `variable${this.#variables.size}`, shape };
    this.#variables.set(variable.name, variable);
    this.#initial.set(variable.name, new Float32Array(shape.reduce((a, b) => a * b, 1)));
    return variable;
  }

  /** Float32 values that stay as they are, and on the device: `read` may be called again. They are moved, never computed with: any bits will do. */
  store(shape: readonly number[], read: () => Float32Array): Variable {
    const store = { name: `variable_stored${this.#stores.length}`, shape, read };
    this.#stores.push(store);
    return store;
  }

  /** Inside `compile` what is stored. */
  stored(store: Variable): Handle {
    return this.#read(this.#traced!, store);
  }

  assign(values: ReadonlyMap<Variable, Float32Array>): void {
    this.#forgetValues();
    const held = new Map([...values].filter(([{ name }]) => this.#variablesHeld.has(name)));
    if (held.size > 0) this.#upload(held);
    for (const [variable, value] of values) if (!held.has(variable)) this.#initial.set(variable.name, value.slice());
  }

  /** Inside `compile` what the variable then holds, outside what it holds now; that is valid until the next call or `assign`. */
  value(variable: Variable, dtype: number = DataType.float32): Handle {
    const graph = this.#traced;
    if (graph)
      return cached(graph.cache, `${variable.name}:${dtype}`, () => this.tf.cast(this.#read(graph, variable), dtype) as GraphTensor);
    if (this.#values.size === 0) this.#fetchValues();
    return cached(this.#values, `${variable.name}:${dtype}`, () =>
      this.tf.keep(this.tf.cast(this.#values.get(`${variable.name}:${DataType.float32}`)!, dtype)),
    );
  }

  /** Inside `compile`: an operation that changes variables in place. They are its first inputs. */
  update(op: string, { attributes, variables, inputs }: { attributes: Attribute[]; variables: Variable[]; inputs: Tensor[] }): void {
    const graph = this.#traced;
    if (!graph) throw new Error(`${op} works inside compile only`);
    graph.add(op, attributes, [...variables.map(({ name, shape }) => graph.variable(name, shape)), ...inputs]);
    for (const { name } of variables) {
      for (const key of graph.cache.keys()) if (key.startsWith(`${name}:`)) graph.cache.delete(key);
    }
  }

  /** Inside `compile`: a scalar that is asked for at each call. */
  scalar(value: () => number): Tensor {
    return this.#traced!.feed(value);
  }

  compile(work: Work): Work {
    const versions = new Map<string, Version>();
    return (inputs) => {
      const key = (inputs as Handle[]).map(({ shape, dtype }) => `${dtype}[${shape}]`).join();
      return this.#run(
        cached(versions, key, () => this.#trace(work, inputs as Handle[])),
        inputs as Handle[],
      );
    };
  }

  #trace(work: Work, inputs: Handle[]): Version {
    const graph = new Graph(this.tf, `graph${this.#graphs.length}_`);
    const placeholders = inputs.map(({ dtype, shape }) => graph.placeholder(dtype, shape));
    const outputs = this.#record(graph, () => work(placeholders)) as GraphTensor[];
    const last = graph.afterUpdates(outputs.at(-1)!);
    this.#graphs.push(graph);
    return {
      graph,
      inputNames: [...placeholders, ...graph.feeds].map(({ ref }) => outputName(ref)).join(),
      outputNames: [...outputs.slice(0, -1), last].map(({ ref }) => outputName(ref)).join(),
    };
  }

  #record<T>(graph: Graph, work: () => T): T {
    this.#traced = graph;
    try {
      return this.tf.trace(graph, work);
    } finally {
      this.#traced = undefined;
    }
  }

  #run({ graph, inputNames, outputNames }: Version, inputs: Handle[]): Handle[] {
    this.#forgetValues();
    const isHeld =
      this.#graphsHeld === this.#graphs.length &&
      this.#variablesHeld.size === this.#variables.size &&
      this.#storesHeld === this.#stores.length;
    if (!isHeld) this.#openSession();
    return this.tf.scope(() => {
      const fed = graph.feeds.map(({ values }) => this.tf.create(values(), []));
      const ids = [...inputs, ...fed].map(({ id }) => id);
      return this.tf.adopt(this.tf.binding.runSavedModel(this.#session!, ids, inputNames, outputNames));
    });
  }

  #openSession(): void {
    const { binding } = this.tf;
    const variables = [...this.#variables.values()];
    const values = new Map(variables.map((variable) => [variable, this.tf.values(this.value(variable)) as Float32Array]));
    this.#forgetValues();
    if (this.#session !== undefined) binding.deleteSavedModel(this.#session);
    const nodes = [
      ...[...variables, ...this.#stores].flatMap((variable) => this.#variableNodes(variable)),
      ...this.#graphs.flatMap((graph) => graph.nodes),
    ];
    const from = folder(sessionsOpened++);
    const [path, content] = [Buffer.from(`${from}/saved_model.pb`), encodeSavedModel(nodes, binding)].map((bytes) =>
      binding.createTensor([], DataType.string, [bytes]),
    );
    binding.executeOp('WriteFile', [], [path!, content!], 0);
    for (const id of [path!, content!]) binding.deleteTensor(id);
    this.#session = binding.loadSavedModel(from, SERVE);
    this.#graphsHeld = this.#graphs.length;
    this.#variablesHeld = new Set(this.#variables.keys());
    this.#storesHeld = this.#stores.length;
    this.#initial.clear();
    this.#upload(values);
    for (const store of this.#stores) this.#uploadStore(store);
  }

  /** The variable itself, and how it is read and assigned from outside. */
  #variableNodes({ name, shape }: Variable): GraphNode[] {
    const { tf } = this;
    const float = tf.type('dtype', DataType.float32);
    const handleAttributes = [tf.string('container', ''), tf.string('shared_name', name), float, tf.shape('shape', shape)];
    const value = { dtype: DataType.float32, shape: [], values: new Float32Array(1) };
    const outputs = [{ shape, dtype: DataType.float32 }];
    return [
      { name, op: 'VarHandleOp', attributes: handleAttributes, inputs: [], outputs: [{ shape, dtype: DataType.resource }] },
      { name: `${name}_read`, op: 'ReadVariableOp', attributes: [float], inputs: [name], outputs },
      { name: `${name}_new`, op: 'Placeholder', attributes: [float, tf.shape('shape', shape)], inputs: [], outputs },
      { name: `${name}_assign`, op: 'AssignVariableOp', attributes: [float], inputs: [name, `${name}_new`], outputs: [] },
      { name: `${name}_assigned`, op: 'Const', attributes: [float], inputs: [`^${name}_assign`], outputs: [value], value },
    ];
  }

  #upload(values: ReadonlyMap<Variable, Float32Array>): void {
    if (values.size === 0) return;
    const { tf } = this;
    tf.scope(() => {
      const ids = [...values].map(([{ shape }, value]) => {
        // The upload shares JavaScript's memory; the product is TensorFlow's own, to be updated in place.
        const uploaded = tf.create(value, shape);
        return tf.run('Mul', [tf.type('T', DataType.float32)], [uploaded, tf.create(Float32Array.of(1), [])])[0]!.id;
      });
      const names = (suffix: string) => [...values.keys()].map(({ name }) => `${name}_${suffix}:0`).join();
      tf.adopt(tf.binding.runSavedModel(this.#session!, ids, names('new'), names('assigned')));
      return [];
    });
  }

  /** Nothing updates it in place: it may share JavaScript's memory, where the device is this processor. */
  #uploadStore({ name, shape, read }: Store): void {
    const { tf } = this;
    tf.scope(() => {
      tf.adopt(tf.binding.runSavedModel(this.#session!, [tf.create(read(), shape).id], `${name}_new:0`, `${name}_assigned:0`));
      return [];
    });
  }

  /** All at once: each set of outputs that is asked for costs the session a plan of its own. */
  #fetchValues(): void {
    const { tf } = this;
    const held = [...this.#variablesHeld];
    const fetched = held.length === 0 ? [] : tf.binding.runSavedModel(this.#session!, [], '', held.map((name) => `${name}_read:0`).join());
    const keep = (name: string, handle: Handle) => this.#values.set(`${name}:${DataType.float32}`, tf.keep(handle));
    for (const [i, handle] of tf.adopt(fetched).entries()) keep(held[i]!, handle);
    for (const [name, value] of this.#initial) keep(name, tf.create(value, this.#variables.get(name)!.shape));
  }

  #read(graph: Graph, { name, shape }: Variable): Handle {
    return graph.add('ReadVariableOp', [this.tf.type('dtype', DataType.float32)], [graph.variable(name, shape)])[0]!;
  }

  #forgetValues(): void {
    this.tf.free(...this.#values.values());
    this.#values.clear();
  }
}

const outputName = (ref: string) => (ref.includes(':') ? ref : `${ref}:0`);

function cached<T>(map: Map<string, T>, key: string, make: () => T): T {
  let value = map.get(key);
  if (value === undefined) {
    value = make();
    map.set(key, value);
  }
  return value;
}
