// Room: model/kernels. Parameters of native TensorFlow: resource variables, updated in place by one fused Adam op each.

import { DataType, type Eager, type Handle } from './eager.ts';
import { ADAM_EPSILON, type AdamStep, type ParameterSpec, type Parameters, type Tensor } from './kernels.ts';

interface Variable {
  spec: ParameterSpec;
  value: Handle;
  m: Handle | undefined;
  v: Handle | undefined;
}

interface Options {
  specs: readonly ParameterSpec[];
  initial: ReadonlyMap<string, Float32Array>;
  /** Data type of the activations. */
  activation: number;
}

let variablesMade = 0;

export function createTensorflowParameters(tf: Eager, { specs, initial, activation }: Options): Parameters {
  const variables = new Map<string, Variable>();
  /** What a checkpoint holds: values and moments by name. */
  const stored = new Map<string, Handle>();
  const reads = new Map<string, Handle>();
  const casts = new Map<string, Handle>();

  for (const spec of specs) {
    const make = () => createVariable(tf, spec.shape);
    const variable = { spec, value: make(), m: spec.inert ? undefined : make(), v: spec.inert ? undefined : make() };
    variables.set(spec.name, variable);
    stored.set(spec.name, variable.value);
    if (variable.m) stored.set(`${spec.name}.adam_m`, variable.m);
    if (variable.v) stored.set(`${spec.name}.adam_v`, variable.v);
  }
  const assignAll = (values: ReadonlyMap<string, Float32Array>) => {
    forgetReads();
    for (const { spec, value, m, v } of variables.values()) {
      const size = spec.shape.reduce((a, b) => a * b, 1);
      assign(tf, value, values.get(spec.name) ?? new Float32Array(size), spec.shape);
      if (m) assign(tf, m, values.get(`${spec.name}.adam_m`) ?? new Float32Array(size), spec.shape);
      if (v) assign(tf, v, values.get(`${spec.name}.adam_v`) ?? new Float32Array(size), spec.shape);
    }
  };
  /** A read shares the variable's memory; while one is held, an update would have to copy it. */
  const forgetReads = () => {
    tf.free(...reads.values(), ...casts.values());
    reads.clear();
    casts.clear();
  };
  const getFloat32 = (name: string): Handle => {
    let handle = reads.get(name);
    if (!handle) {
      const variable = variables.get(name);
      if (!variable) throw new Error(`no parameter named ${name}`);
      handle = tf.keep(readVariable(tf, variable.value));
      reads.set(name, handle);
    }
    return handle;
  };
  assignAll(initial);

  return {
    specs,
    getFloat32,
    get(name) {
      if (activation === DataType.float32) return getFloat32(name);
      let handle = casts.get(name);
      if (!handle) {
        handle = tf.keep(tf.cast(getFloat32(name), activation));
        casts.set(name, handle);
      }
      return handle;
    },
    applyAdam(gradients: ReadonlyMap<string, Tensor>, { learningRate, beta1, beta2, step }: AdamStep) {
      forgetReads();
      tf.scope(() => {
        const scalar = (value: number) => tf.create(Float32Array.of(value), []);
        const settings = [beta1 ** step, beta2 ** step, learningRate, beta1, beta2, ADAM_EPSILON].map(scalar);
        const attributes = [tf.type('T', DataType.float32), tf.bool('use_locking', false), tf.bool('use_nesterov', false)];
        for (const { spec, value, m, v } of variables.values()) {
          if (!m || !v) continue;
          const gradient = gradients.get(spec.name);
          if (!gradient) throw new Error(`no gradient for ${spec.name}`);
          tf.run('ResourceApplyAdam', attributes, [value, m, v, ...settings, tf.cast(gradient, DataType.float32)], 0);
        }
        return [];
      });
    },
    async read(name) {
      const handle = stored.get(name);
      if (!handle) throw new Error(`no parameter named ${name}`);
      return readValues(tf, handle);
    },
    async export() {
      return new Map([...stored].map(([name, handle]) => [name, readValues(tf, handle)]));
    },
    import: assignAll,
  };
}

function createVariable(tf: Eager, shape: readonly number[]): Handle {
  const name = `facet_${process.pid}_${variablesMade++}`;
  const attributes = [
    tf.string('container', ''),
    tf.string('shared_name', name),
    tf.type('dtype', DataType.float32),
    tf.shape('shape', shape),
  ];
  return tf.keep(tf.run('VarHandleOp', attributes, [])[0]!);
}

function assign(tf: Eager, variable: Handle, values: Float32Array, shape: readonly number[]): void {
  tf.scope(() => {
    // The upload shares JavaScript's memory; the product is TensorFlow's own.
    const uploaded = tf.create(values, shape);
    const own = tf.run('Mul', [tf.type('T', DataType.float32)], [uploaded, tf.create(Float32Array.of(1), [])])[0]!;
    tf.run('AssignVariableOp', [tf.type('dtype', DataType.float32), tf.bool('validate_shape', false)], [variable, own], 0);
    return [];
  });
}

function readVariable(tf: Eager, variable: Handle): Handle {
  return tf.run('ReadVariableOp', [tf.type('dtype', DataType.float32)], [variable])[0]!;
}

function readValues(tf: Eager, variable: Handle): Float32Array {
  let values: Float32Array = new Float32Array();
  tf.scope(() => {
    values = tf.binding.tensorDataSync(readVariable(tf, variable).id); // a copy already
    return [];
  });
  return values;
}
