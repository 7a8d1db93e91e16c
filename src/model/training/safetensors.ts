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
 * Encodes tensors with string metadata, to which it adds `sha256`, the hash of all tensor bytes. The values are copied before
 * the first wait; hashing leaves the thread free. Returns header and bytes, to be written one after the other.
 */
export async function encodeSafetensors(
  tensors: ReadonlyMap<string, NamedTensor>,
  metadata: Record<string, string>,
): Promise<[header: Uint8Array, data: Uint8Array]> {
  const entries: Record<string, Entry> = {};
  let size = 0;
  for (const [name, { shape, values }] of tensors) {
    entries[name] = { dtype: 'F32', shape: [...shape], data_offsets: [size, size + values.byteLength] };
    size += values.byteLength;
  }
  const data = new Uint8Array(size);
  let at = 0;
  for (const { values } of tensors.values()) {
    data.set(new Uint8Array(values.buffer, values.byteOffset, values.byteLength), at);
    at += values.byteLength;
  }
  const sha256 = Buffer.from(await webcrypto.subtle.digest('SHA-256', data)).toString('hex');
  const json = JSON.stringify({ __metadata__: { ...metadata, sha256 }, ...entries });
  const header = Buffer.from(json + ' '.repeat((8 - (Buffer.byteLength(json) % 8)) % 8));
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(header.length));
  return [Buffer.concat([length, header]), data];
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
  const sha256 = createHash('sha256').update(data).digest('hex');
  if (metadata.sha256 !== undefined && metadata.sha256 !== sha256) throw new Error('is damaged: its bytes do not match their SHA-256');
  const tensors = new Map<string, NamedTensor>();
  for (const [
    name,
    {
      dtype,
      shape,
      data_offsets: [start, end],
    },
  ] of Object.entries(entries)) {
    if (dtype !== 'F32') throw new Error(`holds ${name} as ${dtype}, expected F32`);
    const values = new Float32Array((end - start) / 4);
    new Uint8Array(values.buffer).set(data.subarray(start, end));
    tensors.set(name, { shape, values });
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
