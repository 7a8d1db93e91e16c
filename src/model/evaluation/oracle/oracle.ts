// The oracle of a data set: a small classifier that says which attributes a picture shows, and whose features distances are measured in.
// Trained once on real pictures and kept in the cache; it judges generated ones.

import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { canonicalJson } from '../../../experiment/canonical.ts';
import type { RunConfig } from '../../../experiment/schema/schema.ts';
import { removeIfPossible, writeFileAtomic } from '../../../results/files/write.ts';
import { makeOnce } from '../../../results/leases/make-once.ts';
import type { QuarterTurns } from '../../data/pictures/copy-picture.ts';
import type { Kernels } from '../../kernels/kernels.ts';
import type { Network } from '../../networks/network.ts';
import { DamagedFile, type NamedTensor } from '../../training/checkpoints/safetensors.ts';
import type { EvaluationData } from '../held-out.ts';
import type { LabelAccuracy } from './accuracy.ts';
import { type Judged, judgePictures } from './judge.ts';
import { createLessons } from './lessons.ts';
import { measureAccuracy } from './measure-accuracy.ts';
import type { OracleShape } from './network.ts';
import { RECIPE, type Recipe } from './recipe.ts';
import { oracleFile, oracleLeaseFile, oracleProgressFile, readOracle, removeLeftovers, type StoredOracle, writeOracle } from './store.ts';
import { createOracleNetwork, trainOracle } from './train-oracle.ts';

export type { Judged } from './judge.ts';

export interface Oracle {
  /** Names the data, the recipe, the labels, and the weights that came of them, which differ from backend to backend in their last bits. */
  readonly identity: string;
  /** All attributes of the data set in its order, then rotate_90, … for each rotation of the run. */
  readonly labels: readonly string[];
  readonly featureSize: number;
  /** By label. */
  readonly accuracy: Readonly<Record<string, LabelAccuracy>>;
  /** What it saw in the first held-out pictures when it was made, in their order; an oracle of former versions does not tell. */
  readonly heldOut?: Judged;
  /** pixels [count, S, S, 3] in [-1, 1], any count */
  judge(pixels: Float32Array): Promise<Judged>;
  free(): void;
}

export interface OracleOptions {
  /** In float32, also where the run computes in bfloat16, and of its own: RunEngine.float32 makes them. */
  k: Kernels;
  data: EvaluationData;
  /** The run's `augmentation.rotations`. */
  rotations: RunConfig['augmentation']['rotations'];
  cacheRoot: string;
  /** Steps done of all; also called while another process trains the oracle. Not called where it is in the cache. */
  onProgress?: (done: number, total: number) => void;
  /** One line for a person, e.g. that a damaged file is made again. */
  onNotice?: (notice: string) => void;
  /** Stops the training; nothing is left behind, and the promise rejects with the signal's reason. */
  signal?: AbortSignal;
  recipe?: Recipe;
}

/** What the process that makes an oracle is told. */
export type MakeOracle = Pick<RunConfig, 'dataset'> & Pick<OracleOptions, 'rotations'>;

/** What it sends meanwhile: steps done of all, and lines for a person. */
export type OracleMessage = { type: 'progress'; done: number; total: number } | { type: 'notice'; text: string };

/** Whether the oracle is in the cache, whole as far as its size and header tell. */
export function hasOracle(options: Pick<OracleOptions, 'data' | 'rotations' | 'cacheRoot' | 'recipe'>): boolean {
  const { key, path } = planOracle(options);
  try {
    return readOracle(path, key) !== undefined;
  } catch {
    return false; // whoever opens it says why
  }
}

/**
 * The oracle of this identity, or one made again of the same pictures by the same recipe, without opening any picture. Undefined where the
 * cache has none, or one that is damaged or cannot be read.
 */
export function openKnownOracle({ k, identity, cacheRoot }: { k: Kernels; identity: string; cacheRoot: string }): Oracle | undefined {
  const key = identity.split('-')[0]!;
  try {
    const stored = readOracle(oracleFile(cacheRoot, key), key);
    return stored && loadOracle(k, stored);
  } catch {
    return undefined; // whoever opens it by its pictures says why, or makes it again
  }
}

/**
 * Reads the oracle from the cache, or trains it first, once for all processes. Throws a WriteFailure where the cache cannot be written, a
 * UserError where the process that trains it hangs.
 */
export async function openOracle(options: OracleOptions): Promise<Oracle> {
  const { recipe = RECIPE, onNotice, signal } = options;
  const plan = planOracle(options);
  const { key, path } = plan;
  const find = (isHolder: boolean) => {
    try {
      return readOracle(path, key);
    } catch (error) {
      if (!(error instanceof DamagedFile)) throw error;
      if (isHolder) onNotice?.(`The oracle is damaged and is trained again (${error.message}).`);
      return undefined;
    }
  };
  const stored = await makeOnce({
    leaseFile: oracleLeaseFile(path),
    find,
    make: () => makeOracle({ ...options, recipe }, plan),
    watch() {
      const progress = readProgress(path);
      options.onProgress?.(progress.done, progress.total);
      return progress.done;
    },
    idleness: 'trained nothing of an oracle',
    signal,
  });
  return loadOracle(options.k, stored);
}

type StoredWithHash = StoredOracle & { hash: string };

interface Plan {
  key: string;
  path: string;
  shape: OracleShape;
  labels: readonly string[];
}

function planOracle({
  data,
  rotations,
  cacheRoot,
  recipe = RECIPE,
}: Pick<OracleOptions, 'data' | 'rotations' | 'cacheRoot' | 'recipe'>): Plan {
  const { attributes, imageSize } = data.heldOut;
  const labels = [...attributes, ...rotations.map((angle) => `rotate_${angle}`)];
  const { width, featureSize } = recipe;
  const shape: OracleShape = { imageSize: imageSize as OracleShape['imageSize'], width, featureSize, labels: labels.length };
  const hash = createHash('sha256').update(canonicalJson({ recipe, data: data.identity, labels, shape })!);
  const key = hash.digest('hex').slice(0, 16);
  return { key, path: oracleFile(cacheRoot, key), shape, labels };
}

async function makeOracle(
  { k, data, rotations, recipe, onProgress, signal }: OracleOptions & { recipe: Recipe },
  { key, path, shape, labels }: Plan,
): Promise<StoredWithHash> {
  removeLeftovers(path);
  const turns = rotations.map((angle) => (angle / 90) as QuarterTurns);
  const tell = tellProgress(path, onProgress);
  try {
    const lessons = createLessons({ data: data.oracleTraining, turns, recipe });
    const network = await trainOracle(k, { shape, lessons, recipe, onProgress: tell, signal });
    const judge = (pixels: Float32Array) => judgePictures(k, { shape, network }, pixels);
    const { accuracy, heldOut } = await measureAccuracy({ data: data.heldOut, turns, judge, signal });
    writeOracle(path, {
      key,
      shape,
      labels,
      accuracy,
      tensors: new Map([...(await collectTensors(k, network)), ...heldOutTensors(heldOut)]),
    });
    freeNetwork(k, network);
    return readOracle(path, key)!;
  } finally {
    removeIfPossible(oracleProgressFile(path));
  }
}

const TELL_EVERY_MS = 500;

/** Also leaves in the cache how far it is, for the processes that wait. */
function tellProgress(path: string, onProgress: OracleOptions['onProgress']): (done: number, total: number) => void {
  let toldMs = Number.NEGATIVE_INFINITY;
  return (done, total) => {
    onProgress?.(done, total);
    if (performance.now() - toldMs < TELL_EVERY_MS) return;
    toldMs = performance.now();
    writeFileAtomic(oracleProgressFile(path), JSON.stringify({ done, total }));
  };
}

/** Of another process; nothing done where it has not begun, or has ended just now. */
function readProgress(path: string): { done: number; total: number } {
  try {
    const { done, total } = JSON.parse(readFileSync(oracleProgressFile(path), 'utf8'));
    return { done: Number(done), total: Number(total) };
  } catch {
    return { done: 0, total: 1 };
  }
}

async function collectTensors(k: Kernels, { parameters, state }: Network): Promise<Map<string, NamedTensor>> {
  const tensors = new Map<string, NamedTensor>();
  for (const { name, shape } of parameters.specs) tensors.set(name, { shape, values: await parameters.read(name) });
  for (const [name, tensor] of state) tensors.set(name, { shape: tensor.shape, values: await k.read(tensor) });
  return tensors;
}

function loadOracle(k: Kernels, { key, hash, shape, labels, accuracy, tensors }: StoredWithHash): Oracle {
  const network = createOracleNetwork(k, shape, 0);
  network.parameters.import(new Map(network.parameters.specs.map(({ name }) => [name, tensors.get(name)!.values])));
  for (const [name, tensor] of network.state) {
    k.free(tensor);
    network.state.set(name, k.keep(k.tensorFloat32(tensors.get(name)!.values, tensors.get(name)!.shape)));
  }
  return {
    identity: `${key}-${hash.slice(0, 8)}`,
    labels,
    featureSize: shape.featureSize,
    accuracy: Object.fromEntries(labels.map((label, i) => [label, accuracy[i]!])),
    ...readHeldOut(tensors),
    judge: (pixels) => judgePictures(k, { shape, network }, pixels),
    free: () => freeNetwork(k, network),
  };
}

const HELD_OUT = { features: 'held_out.features', logits: 'held_out.logits' };

function heldOutTensors({ features, logits, count }: Judged): [string, NamedTensor][] {
  const rows = (values: Float32Array): NamedTensor => ({ shape: [count, values.length / count], values });
  return [
    [HELD_OUT.features, rows(features)],
    [HELD_OUT.logits, rows(logits)],
  ];
}

function readHeldOut(tensors: StoredOracle['tensors']): Pick<Oracle, 'heldOut'> {
  const [features, logits] = [tensors.get(HELD_OUT.features), tensors.get(HELD_OUT.logits)];
  if (!features || !logits) return {};
  return { heldOut: { features: features.values, logits: logits.values, count: features.shape[0]! } };
}

function freeNetwork(k: Kernels, { state }: Network): void {
  k.free(...state.values());
}
