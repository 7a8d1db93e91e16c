// An oracle on disk: a safetensors file in the cache, named by what it was made of and how.

import { createHash } from 'node:crypto';
import { existsSync, readdirSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { removeIfPossible, writeFileAtomic } from '../../../results/files/write.ts';
import { DamagedFile, type NamedTensor, readSafetensors, safetensorsHead } from '../../training/checkpoints/safetensors.ts';
import type { LabelAccuracy } from './accuracy.ts';
import type { OracleShape } from './network.ts';

export const oracleFile = (cacheRoot: string, key: string): string => join(cacheRoot, 'oracles', `${key}.safetensors`);

/** Beside the file: who makes it now, and how far that is. */
export const oracleLeaseFile = (path: string): string => `${path}.lease.json`;
export const oracleProgressFile = (path: string): string => `${path}.progress.json`;

export interface StoredOracle {
  /** Of data, recipe and labels; the name of the file. */
  key: string;
  shape: OracleShape;
  labels: readonly string[];
  accuracy: readonly LabelAccuracy[];
  /** Parameters and running statistics by name. */
  tensors: ReadonlyMap<string, NamedTensor>;
}

const FORMAT = '1';

/** Replaces the file whole. Throws a WriteFailure. */
export function writeOracle(path: string, { key, shape, labels, accuracy, tensors }: StoredOracle): void {
  const metadata = {
    format: FORMAT,
    key,
    shape: JSON.stringify(shape),
    labels: JSON.stringify(labels),
    accuracy: JSON.stringify(accuracy),
  };
  const { head, hashAt } = safetensorsHead(tensors, metadata);
  const parts = [...tensors.values()].map(({ values }) => new Uint8Array(values.buffer, values.byteOffset, values.byteLength));
  const hashes = createHash('sha256');
  for (const part of parts) hashes.update(createHash('sha256').update(part).digest());
  const bytes = Buffer.concat([head, ...parts]);
  bytes.write(hashes.digest('hex'), hashAt, 'latin1');
  writeFileAtomic(path, bytes);
}

/** Undefined where there is none. Throws a DamagedFile, or the system's error where it cannot be read. `hash`: of its weights. */
export function readOracle(path: string, key: string): (StoredOracle & { hash: string }) | undefined {
  if (!existsSync(path)) return undefined;
  const { tensors, metadata } = readSafetensors(path);
  if (metadata.format !== FORMAT || metadata.key !== key || !metadata.sha256)
    throw new DamagedFile(path, `is no oracle of format ${FORMAT}`);
  try {
    const [shape, labels, accuracy] = [metadata.shape!, metadata.labels!, metadata.accuracy!].map((text) => JSON.parse(text));
    return { key, shape, labels, accuracy, tensors, hash: metadata.sha256 };
  } catch (cause) {
    throw new DamagedFile(path, 'has metadata that are no JSON', { cause });
  }
}

/** What a process that was killed while it wrote this file has left. Only for who holds the lease. */
export function removeLeftovers(path: string): void {
  for (const name of readdirSync(dirname(path))) {
    const isLeftover = name.startsWith(`${basename(path)}.`) && /^\.\d+\.[0-9a-f]+\.tmp$/.test(name.slice(basename(path).length));
    if (isLeftover) removeIfPossible(join(dirname(path), name));
  }
}
