// Room: model/training/checkpoints. The safetensors format (Hugging Face): an 8-byte little-endian header length, a JSON header that
// gives each tensor's type, shape and byte range, then the bytes. PyTorch, JAX and NumPy read it without running code.

import { createHash } from 'node:crypto';

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

export interface SafetensorsHead {
  /** All that comes before the tensors' bytes, with a `sha256` of zeros in the metadata. */
  head: Uint8Array;
  /** Where the 64 characters of `sha256` belong: the hash of the tensors' own SHA-256 hashes, in their order. */
  hashAt: number;
}

/** The beginning of a file of these tensors; their bytes follow it, one after the other. */
export function safetensorsHead(
  tensors: ReadonlyMap<string, Pick<NamedTensor, 'shape'>>,
  metadata: Record<string, string>,
): SafetensorsHead {
  const entries: Record<string, Entry> = {};
  let size = 0;
  for (const [name, { shape }] of tensors) {
    const end = size + 4 * shape.reduce((a, b) => a * b, 1);
    entries[name] = { dtype: 'F32', shape: [...shape], data_offsets: [size, end] };
    size = end;
  }
  const unknown = '0'.repeat(64);
  const json = JSON.stringify({ __metadata__: { sha256: unknown, ...metadata }, ...entries });
  const header = Buffer.from(json + ' '.repeat((8 - (Buffer.byteLength(json) % 8)) % 8));
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(header.length));
  const head = Buffer.concat([length, header]);
  return { head, hashAt: head.indexOf(unknown) };
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
