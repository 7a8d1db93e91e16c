// The pictures with which runs are judged: those that the oracle learns from, and those that are held out, of all attributes of the data
// set. Packed into the cache like any other data.

import { createHash } from 'node:crypto';
import { createRandom, shuffle } from '../../experiment/random.ts';
import { resolveDataset } from '../../experiment/schema/dataset.ts';
import type { DatasetConfig } from '../../experiment/schema/schema.ts';
import type { HeldOutKind } from '../../results/records.ts';
import type { BatchData } from '../data/batches.ts';
import { type PackOptions, packDataset, packSource } from '../data/packing/pack.ts';
import type { PackedDataset } from '../data/packing/packed.ts';
import { openSource } from '../data/sources/index.ts';
import { DataError } from '../data/sources/source.ts';

export interface EvaluationData {
  oracleTraining: BatchData;
  heldOut: BatchData;
  kind: HeldOutKind;
  /** Names both sets of pictures: equal for all runs that are judged by the same pictures. */
  identity: string;
  /** Afterwards no picture can be read any more. */
  close(): void;
}

/** Faces of other seeds than a run's, or the next one where a run has that seed. */
const SYNTHETIC = { oracleTraining: { images: 12_000, seed: 1_000_777 }, heldOut: { images: 4000, seed: 2_000_778 } };
/** More held-out pictures than that make no figure better. */
const MOST_HELD_OUT = 10_000;
/** The share that the oracle alone does not learn from, where the run holds out nothing. */
const UNSEEN_BY_ORACLE = 1 / 5;
/** Of each set: batch statistics need at least two. */
const LEAST_PICTURES = 2;

/**
 * Packs what is not in the cache yet. `packed`: the run's own pictures where they are open already; they stay open. Throws a DataError
 * where the pictures or labels will not do.
 */
export async function openEvaluationData(
  dataset: DatasetConfig,
  { packed, ...options }: PackOptions & { packed?: PackedDataset },
): Promise<EvaluationData> {
  if (dataset.source === 'synthetic') {
    const faces = chooseOtherFaces(dataset);
    const oracleTraining = await packDataset(faces.oracleTraining, options);
    return describe('other seed', oracleTraining, await packDataset(faces.heldOut, options));
  }
  const own = packed ?? (await packDataset(dataset, options));
  const close = () => {
    if (!packed) own.close();
  };
  if ((dataset.heldOut ?? 0) > 0) return describe('share', own, await packHeldOut(dataset, options), close);
  const valid = await packValidPartition(dataset, options);
  return valid ? describe('partition', own, valid, close) : shareWithOracle(own, close);
}

/**
 * Of the pictures that a run learns from, `packed`, those that are not held out as well: what real pictures are worth is measured on them.
 */
export function withoutHeldOut({ kind, oracleTraining }: Pick<EvaluationData, 'kind' | 'oracleTraining'>, packed: BatchData): BatchData {
  return kind === 'seen' ? oracleTraining : packed;
}

/** Of synthetic faces: those that no run with this data set learns from. */
export function chooseOtherFaces(dataset: DatasetConfig): { oracleTraining: DatasetConfig; heldOut: DatasetConfig } {
  const ofSeed = ({ images, seed }: { images: number; seed: number }): DatasetConfig => {
    return { ...dataset, images, seed: resolveDataset(dataset).seed === seed ? seed + 1 : seed };
  };
  return { oracleTraining: ofSeed(SYNTHETIC.oracleTraining), heldOut: ofSeed(SYNTHETIC.heldOut) };
}

async function packHeldOut(dataset: DatasetConfig, options: PackOptions): Promise<PackedDataset> {
  return packSource(await openSource(dataset, 'held out'), dataset, options);
}

/** Of CelebA, where the run learns from its train partition and the other one is there. */
async function packValidPartition(dataset: DatasetConfig, options: PackOptions): Promise<PackedDataset | null> {
  if (dataset.source !== 'celeba' || resolveDataset(dataset).partition !== 'train') return null;
  const valid: DatasetConfig = { ...dataset, partition: 'valid', limit: MOST_HELD_OUT };
  const source = await openSource(valid);
  return source.total < LEAST_PICTURES ? null : packSource(source, valid, options);
}

/** Where all pictures are trained on by the runs: a part of them that at least the oracle has not seen. */
function shareWithOracle(own: PackedDataset, close: () => void): EvaluationData {
  const order = shuffle(
    Uint32Array.from({ length: own.count }, (_, i) => i),
    createRandom(0, 'held out', 'pictures'),
  );
  const count = Math.max(LEAST_PICTURES, Math.min(MOST_HELD_OUT, Math.round(own.count * UNSEEN_BY_ORACLE)));
  const [heldOut, oracleTraining] = [order.slice(0, count).sort(), order.slice(count).sort()].map((indices) =>
    choosePictures(own, indices),
  );
  return describe('seen', { ...oracleTraining!, manifest: own.manifest }, { ...heldOut!, manifest: own.manifest }, close);
}

/** Some of the pictures, as a data set of their own. */
function choosePictures(packed: BatchData, indices: Uint32Array): BatchData {
  const width = packed.attributes.length;
  const labels = new Uint8Array(indices.length * width);
  indices.forEach((from, to) => {
    labels.set(packed.labels.subarray(from * width, (from + 1) * width), to * width);
  });
  return {
    count: indices.length,
    imageSize: packed.imageSize,
    attributes: packed.attributes,
    labels,
    readPictures: (wanted, into) =>
      packed.readPictures(
        wanted.map((i) => indices[i]!),
        into,
      ),
  };
}

type Identified = BatchData & Pick<PackedDataset, 'manifest'> & { close?: () => void };

function describe(
  kind: HeldOutKind,
  oracleTraining: Identified,
  heldOut: Identified,
  closeTraining = oracleTraining.close,
): EvaluationData {
  for (const [what, { count }] of Object.entries({ 'to train the oracle': oracleTraining, 'held out': heldOut })) {
    if (count < LEAST_PICTURES)
      throw new DataError(
        `evaluation: expected at least ${LEAST_PICTURES} pictures ${what}, found ${count}; use more pictures, or set evaluation.oracle: false`,
      );
  }
  const identities = [oracleTraining, heldOut].map(({ manifest }) => [manifest.identity, manifest.pixelsSha256, manifest.labelsSha256]);
  return {
    oracleTraining,
    heldOut,
    kind,
    identity: createHash('sha256')
      .update(JSON.stringify([kind, identities]))
      .digest('hex')
      .slice(0, 16),
    close() {
      closeTraining?.();
      heldOut.close?.();
    },
  };
}
