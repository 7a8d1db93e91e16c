// The files of a tfjs graph model: model.json, and beside it the shards with the weights.

import { readFileSync, statSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import type { io } from '@tensorflow/tfjs-core';
import { UserError } from '../../experiment/user-error.ts';
import { quote } from '../../experiment/yaml/quote.ts';
import { describeSystemError, isSystemError } from '../../results/errors.ts';

/** path: of the model.json. Reads all but the weights. Throws a UserError of one line for what is no graph model, or lacks a shard. */
export function checkGraphModel(path: string): void {
  const { shards, weightSpecs } = readModelJson(path);
  const found = shards.reduce((sum, shard) => sum + explain(path, shard, () => statSync(shard).size), 0);
  const expected = countBytes(weightSpecs);
  if (expected !== null && found !== expected) throw refuse(path, `its shards have ${found} bytes, not the ${expected} of its weights`);
}

/** What tfjs needs to make the model. Throws as checkGraphModel does. */
export function readGraphModel(path: string): io.ModelArtifacts {
  checkGraphModel(path);
  const { shards, weightSpecs, json } = readModelJson(path);
  const weights = Buffer.concat(shards.map((shard) => explain(path, shard, () => readFileSync(shard))));
  const weightData = weights.buffer.slice(weights.byteOffset, weights.byteOffset + weights.byteLength) as ArrayBuffer;
  const { modelTopology, format, signature, userDefinedMetadata } = json;
  return {
    modelTopology,
    format,
    weightSpecs,
    weightData,
    ...(signature && { signature }),
    ...(userDefinedMetadata && { userDefinedMetadata }),
  };
}

interface ModelFiles {
  json: io.ModelJSON;
  weightSpecs: io.WeightsManifestEntry[];
  /** Paths, in their order. */
  shards: string[];
}

function readModelJson(path: string): ModelFiles {
  const text = explain(path, path, () => readFileSync(path, 'utf8'));
  const json = parseJson(path, text);
  if (json.format !== undefined && json.format !== 'graph-model') throw refuse(path, `it is a ${quote(String(json.format))}`);
  const graph = json.modelTopology as { node?: unknown; versions?: unknown } | undefined;
  if (!Array.isArray(graph?.node) || !graph.versions || !Array.isArray(json.weightsManifest))
    throw refuse(path, 'it has no graph and weights');
  return {
    json,
    weightSpecs: json.weightsManifest.flatMap(({ weights }) => weights),
    shards: json.weightsManifest.flatMap(({ paths }) => paths).map((shard) => join(dirname(path), shard)),
  };
}

function parseJson(path: string, text: string): Partial<io.ModelJSON> & io.ModelJSON {
  try {
    const value = JSON.parse(text);
    if (typeof value === 'object' && value !== null) return value;
  } catch {}
  throw refuse(path, 'it is no JSON');
}

/** null where text is among the weights, whose length only the shards tell. */
function countBytes(specs: readonly io.WeightsManifestEntry[]): number | null {
  let bytes = 0;
  for (const { shape, dtype, quantization } of specs) {
    const size = BYTES[quantization?.dtype ?? dtype];
    if (size === undefined) return null;
    bytes += size * shape.reduce((product, length) => product * length, 1);
  }
  return bytes;
}

const BYTES: Record<string, number> = { float32: 4, int32: 4, complex64: 8, float16: 2, uint16: 2, uint8: 1, bool: 1 };

function explain<T>(path: string, file: string, read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (!isSystemError(error)) throw error;
    throw refuse(path, `${file === path ? '' : `${basename(file)}: `}${describeSystemError(error)}`, error);
  }
}

/** The line for a person. */
export function refuse(path: string, reason: string, cause?: unknown): UserError {
  return new UserError(`evaluation.features: expected the model.json of a tfjs graph model, got ${quote(path)}: ${reason}`, { cause });
}
