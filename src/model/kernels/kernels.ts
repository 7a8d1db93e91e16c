// The list of operations: what a backend must compute for the networks and the training loop. Everything above this folder is the same on
// every backend; everything that differs lives in it. gradients.ts holds the gradient rule of each that is differentiated.

/** A dense array on the device. Layout is NHWC. Opaque: only the kernels that made it can use it. */
export interface Tensor {
  readonly shape: readonly number[];
}

/** A trainable array. */
export interface ParameterSpec {
  name: string;
  shape: readonly number[];
  /**
   * A bias ahead of a batch norm. The norm subtracts the batch mean and the bias with it, so its gradient is exactly
   * zero: it is stored and counted, never computed.
   */
  inert?: boolean;
  /** Read in float32, also where activations are bfloat16. */
  isFloat32?: boolean;
}

export interface AdamStep {
  learningRate: number;
  beta1: number;
  beta2: number;
  /** From 1. */
  step: number;
}

/** What scales and shifts a norm, float32: [channels] */
export interface Affine {
  gamma: Tensor;
  beta: Tensor;
}

/** Of each channel, float32: [channels] */
export interface Statistics {
  mean: Tensor;
  variance: Tensor;
}

/** What batchNormGradient needs from the forward pass. */
interface SavedNorm {
  x: Tensor;
  gamma: Tensor;
  saved: readonly Tensor[];
}

interface NormResult {
  y: Tensor;
  saved: SavedNorm;
  /** Running statistics after this batch, where those before it were given. */
  running: Statistics | undefined;
}

/** The parameters of one network with their Adam moments and, where asked for, their averages over the steps, on the device. */
export interface Parameters {
  readonly specs: readonly ParameterSpec[];
  /** Shapes of all that `read` knows, by name. */
  readonly stored: ReadonlyMap<string, readonly number[]>;
  /**
   * The current value, in the precision of the activations or in float32 as the spec says. The same tensor each time, and valid, until the
   * next applyAdam or call of what was compiled.
   */
  get(name: string): Tensor;
  /**
   * The average that applyAverage keeps, as `get` gives the value, valid until the next applyAverage too. Where none is kept (without
   * `averaged`, or of an inert parameter), the value itself.
   */
  getAverage(name: string): Tensor;
  /**
   * Adam (Kingma and Ba 2015) in its efficient form, with epsilon 1e-8 added to the uncorrected root. Works inside `compile`
   * only. `step` is asked at every call of what was compiled.
   */
  applyAdam(gradients: ReadonlyMap<string, Tensor>, step: () => AdamStep): void;
  /**
   * Moves every average towards the value as it is now, that is after an applyAdam before: average = decay * average + (1 - decay) * value,
   * in float32. Works inside `compile` only, for parameters made with `averaged`. `decay` is asked at every call of what was compiled.
   */
  applyAverage(decay: () => number): void;
  /** A copy of a value; of moments by `<name>.adam_m` and `<name>.adam_v`, of the average by `<name>.ema`. */
  read(name: string): Promise<Float32Array>;
  /** name -> copy of all that `read` knows. */
  export(): Promise<Map<string, Float32Array>>;
  /** Takes what `export` gave; missing moments are zero, and a missing average is the value. */
  import(values: ReadonlyMap<string, Float32Array>): void;
}

/** Of stored pictures: float32 holds each of these numbers. */
export const MOST_PICTURES = 2 ** 24;

export const BATCH_NORM_EPSILON = 1e-5;
/** Share of the newest batch in the running statistics. */
export const BATCH_NORM_MOMENTUM = 0.1;
export const LEAKY_SLOPE = 0.2;
export const ADAM_EPSILON = 1e-8;

/** Pictures of one byte a value. */
export interface PictureSource {
  count: number;
  /** Of a picture: three bytes each. Their bytes are a multiple of four. */
  pixels: number;
  /** What a byte stands for, [256]. */
  numbers: Float32Array;
  /** Ways to walk over a picture: which pixel comes at each place, [walks, pixels]. */
  walks(): Float32Array;
  /** All pictures, one after the other: [count, pixels, 3]. May be called again. */
  read(): Uint8Array<ArrayBuffer>;
}

/** Pictures that lie on the device as bytes. */
export interface StoredPictures {
  /**
   * Works inside `compile` only. Pictures by their numbers, and the walk over each, both [B] float32 -> [B, pixels, 3] float32, bit for bit
   * `numbers` of its bytes.
   */
  take(pictures: Tensor, walks: Tensor): Tensor;
}

export type Work = (inputs: readonly Tensor[]) => readonly Tensor[];

export interface Kernels {
  /** Format of activations. Parameters, their moments and batch statistics are float32. */
  readonly precision: 'float32' | 'bfloat16';

  /** Frees every tensor made inside, but for those returned. */
  scope<T extends readonly Tensor[]>(work: () => T): T;
  /** Takes a tensor out of its scope, until `free`. */
  keep<T extends Tensor>(tensor: T): T;
  free(...tensors: Tensor[]): void;
  /** Tensors alive now, for leak tests. */
  count(): number;
  /** Resolves when the device has little left to do: whoever calls faster than it computes waits here. */
  ready(): Promise<void>;

  /**
   * Makes one function of many kernels. `work` may read parameters and apply Adam, but neither read, keep nor free a tensor; what
   * it uses beside its inputs must stay as it is. A backend that compiles calls `work` once for inputs of the same shapes.
   */
  compile(work: Work): Work;

  /** Keeps pictures on the device; null where they would not be nearer there, or take too much of its memory. */
  storePictures(source: PictureSource): StoredPictures | null;

  /** Uploads in the precision of the activations. */
  tensor(values: Float32Array, shape: readonly number[]): Tensor;
  /** Uploads as float32. */
  tensorFloat32(values: Float32Array, shape: readonly number[]): Tensor;
  read(tensor: Tensor): Promise<Float32Array>;
  /** `initial` as for `import`. With `averaged`, an average of each parameter that is not inert is kept. */
  parameters(specs: readonly ParameterSpec[], initial: ReadonlyMap<string, Float32Array>, options?: { averaged?: boolean }): Parameters;

  /** To the precision of the activations. */
  activation(x: Tensor): Tensor;
  float32(x: Tensor): Tensor;
  reshape(x: Tensor, shape: readonly number[]): Tensor;
  /** [.., a] and [.., b] -> [.., a + b] */
  concat(a: Tensor, b: Tensor): Tensor;
  /** [.., a + b] -> [.., a] and [.., b] */
  split(x: Tensor, a: number): [Tensor, Tensor];
  transpose(x: Tensor, permutation: readonly number[]): Tensor;
  /** 2-D product, or one product for each leading index, where a 2-D operand is shared. */
  matMul(a: Tensor, b: Tensor, options?: { transposeA?: boolean; transposeB?: boolean }): Tensor;
  /** Elementwise, of two tensors of one type and one rank. A size may be 1 in one of them: it is spread over the other's. */
  add(a: Tensor, b: Tensor): Tensor;
  /** a - b, as `add`. */
  sub(a: Tensor, b: Tensor): Tensor;
  /** As `add`. */
  mul(a: Tensor, b: Tensor): Tensor;
  negate(x: Tensor): Tensor;
  /** 1 / x */
  reciprocal(x: Tensor): Tensor;
  /** 1 / sqrt(x); has no gradient rule. */
  rsqrt(x: Tensor): Tensor;
  /** Has no gradient rule. */
  sigmoid(x: Tensor): Tensor;
  /** Over `axes`, which are kept with size 1; summed in float32, and given in the type of x. */
  sum(x: Tensor, axes: readonly number[]): Tensor;
  /** Repeats along the axes in which x has size 1 and `shape`, of the same rank, has more. */
  spread(x: Tensor, shape: readonly number[]): Tensor;
  /** x [.., c] + bias [c] */
  addBias(x: Tensor, bias: Tensor): Tensor;
  /** Sum over all but the last axis, float32: [c] */
  biasGradient(dy: Tensor): Tensor;

  /** Kernel 4, stride 2, padding 1: x [B, 2h, 2w, i], filter [4, 4, i, o] -> [B, h, w, o] */
  conv(x: Tensor, filter: Tensor): Tensor;
  /** dy [B, h, w, o], filter [4, 4, i, o] -> [B, 2h, 2w, i]; also the forward pass of a transposed convolution. */
  convInputGradient(dy: Tensor, filter: Tensor): Tensor;
  /** x [B, 2h, 2w, i], dy [B, h, w, o] -> [4, 4, i, o] */
  convFilterGradient(x: Tensor, dy: Tensor): Tensor;

  leakyRelu(x: Tensor): Tensor;
  /** From the output: its sign is the input's. */
  leakyReluGradient(dy: Tensor, y: Tensor): Tensor;
  tanh(x: Tensor): Tensor;
  tanhGradient(dy: Tensor, y: Tensor): Tensor;

  /** Over all but the last axis, with the batch's own statistics (Ioffe and Szegedy 2015). Updates `running` where given. */
  batchNorm(x: Tensor, affine: Affine, running?: Statistics): NormResult;
  batchNormGradient(dy: Tensor, saved: SavedNorm): { dx: Tensor; dgamma: Tensor; dbeta: Tensor };
  /** With running statistics. */
  batchNormInference(x: Tensor, affine: Affine, running: Statistics): Tensor;

  /** Gradient of mean binary cross-entropy with respect to logits [B]: (sigmoid(logit) - target) / B; target from 0 to 1 */
  crossEntropyGradient(logits: Tensor, target: number): Tensor;
  /**
   * Gradient of the mean hinge loss with respect to logits [B] (Lim and Ye 2017): of mean(max(0, 1 - x)) for target 1, which is -1 / B
   * where x < 1; of mean(max(0, 1 + x)) for target 0, which is 1 / B where x > -1; and 0 elsewhere.
   */
  hingeGradient(logits: Tensor, target: 0 | 1): Tensor;
}
