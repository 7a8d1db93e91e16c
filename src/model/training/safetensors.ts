// Room: model/training. The safetensors format (Hugging Face): an 8-byte little-endian header length, a JSON header that
// gives each tensor's type, shape and byte range, then the bytes. PyTorch, JAX and NumPy read it without running code.

import { createHash, webcrypto } from 'node:crypto';

export interface NamedTensor {
  shape: readonly number[];
  /** float32, row-major. */
  values: Float32Array;
}

interface Entry {
  dtype: string;
  shape: number[];
  data_offsets: [number, number];
}

/**
 * Encodes tensors with string metadata, to which it adds `sha256`: the hash of the tensors' own SHA-256 hashes, in their
 * order. Hashing leaves the thread free; the values must stay as they are meanwhile. Returns the parts of the file in order.
 */
export async function encodeSafetensors(
  tensors: ReadonlyMap<string, NamedTensor>,
  metadata: Record<string, string>,
): Promise<Uint8Array[]> {
  const entries: Record<string, Entry> = {};
  const parts: Uint8Array<ArrayBuffer>[] = [];
  let size = 0;
  for (const [name, { shape, values }] of tensors) {
    entries[name] = { dtype: 'F32', shape: [...shape], data_offsets: [size, size + values.byteLength] };
    parts.push(new Uint8Array(values.buffer as ArrayBuffer, values.byteOffset, values.byteLength));
    size += values.byteLength;
  }
  const hashes = await Promise.all(parts.map((part) => webcrypto.subtle.digest('SHA-256', part)));
  const sha256 = hashOfHashes(hashes.map((hash) => new Uint8Array(hash)));
  const json = JSON.stringify({ __metadata__: { ...metadata, sha256 }, ...entries });
  const header = Buffer.from(json + ' '.repeat((8 - (Buffer.byteLength(json) % 8)) % 8));
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(header.length));
  return [length, header, ...parts];
}

function hashOfHashes(hashes: readonly Uint8Array[]): string {
  const all = createHash('sha256');
  for (const hash of hashes) all.update(hash);
  return all.digest('hex');
}

/** Throws a plain sentence when the bytes are cut short, damaged or no safetensors file. */
export function decodeSafetensors(file: Buffer): { tensors: Map<string, NamedTensor>; metadata: Record<string, string> } {
  if (file.length < 8) throw new Error(`is ${file.length} bytes long, too short for a safetensors file`);
  const headerLength = Number(file.readBigUInt64LE(0));
  if (headerLength > file.length - 8) throw new Error('is cut short within its header');
  const { __metadata__: metadata = {}, ...entries } = parseHeader(file.toString('utf8', 8, 8 + headerLength));
  const data = file.subarray(8 + headerLength);
  const expected = Math.max(0, ...Object.values(entries).map((entry) => entry.data_offsets[1]));
  if (data.length !== expected) throw new Error(`holds ${data.length} bytes of tensors, its header says ${expected}`);
  const bytesOf = ({ data_offsets: [start, end] }: Entry) => data.subarray(start, end);
  const sha256 = hashOfHashes(Object.values(entries).map((entry) => createHash('sha256').update(bytesOf(entry)).digest()));
  if (metadata.sha256 !== undefined && metadata.sha256 !== sha256) throw new Error('is damaged: its bytes do not match their SHA-256');
  const tensors = new Map<string, NamedTensor>();
  for (const [name, entry] of Object.entries(entries)) {
    if (entry.dtype !== 'F32') throw new Error(`holds ${name} as ${entry.dtype}, expected F32`);
    const bytes = bytesOf(entry);
    const values = new Float32Array(bytes.length / 4);
    new Uint8Array(values.buffer).set(bytes);
    tensors.set(name, { shape: entry.shape, values });
  }
  return { tensors, metadata };
}

function parseHeader(json: string): { __metadata__?: Record<string, string> } & Record<string, Entry> {
  try {
    return JSON.parse(json);
  } catch (error) {
    throw new Error('has a header that is no JSON', { cause: error });
  }
}
