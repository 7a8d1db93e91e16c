// The safetensors format (Hugging Face): an 8-byte little-endian header length, a JSON header that gives each tensor's type, shape and
// byte range, then the bytes. PyTorch, JAX and NumPy read it without running code. Files may be larger than memory and than 2 GiB:
// they are read tensor by tensor.

import { createHash } from 'node:crypto';
import { closeSync, constants, fstatSync, openSync, readSync } from 'node:fs';
import { isObject } from '../../../results/check-records.ts';

export interface NamedTensor {
  shape: readonly number[];
  /** float32, row-major. */
  values: Float32Array;
}

/** The file is not what was written, or was never such a file: cut short, changed, of another format. Its message begins with the path. */
export class DamagedFile extends Error {
  constructor(path: string, what: string, options?: ErrorOptions) {
    super(`${path} ${what}`, options);
  }
}

export interface SafetensorsFile {
  readonly path: string;
  readonly metadata: Readonly<Record<string, string>>;
  /** Tensor name -> shape, in the order of the file. */
  readonly shapes: ReadonlyMap<string, readonly number[]>;
  /** Reads one tensor. Its bytes are only known to be whole after `verify`. Throws where the file has no tensor of that name. */
  read(name: string): Float32Array;
  /** Reads everything once and compares it with the SHA-256 in the metadata, where there is one. Throws a DamagedFile. */
  verify(): void;
  close(): void;
}

interface Entry {
  dtype: string;
  shape: number[];
  data_offsets: [number, number];
}

/** The format's own limit. */
const MOST_HEADER_BYTES = 100_000_000;
/** What is read at once: the system takes no more than 2 GiB, and a piece of this size is hashed while it is in the cache. */
const PIECE_BYTES = 1 << 20;

/**
 * Opens a file and reads its header. Throws a DamagedFile, or the system's error where the file cannot be read. The caller closes it.
 * `pieceBytes`: the most that is read in one call.
 */
export function openSafetensors(path: string, { pieceBytes = PIECE_BYTES } = {}): SafetensorsFile {
  const file = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK); // a pipe in its place must not hold us up
  try {
    return readHeader(path, file, pieceBytes);
  } catch (error) {
    closeSync(file);
    throw error;
  }
}

/** Every tensor of a file, checked. Throws as openSafetensors and verify do. */
export function readSafetensors(path: string): { tensors: Map<string, NamedTensor>; metadata: Readonly<Record<string, string>> } {
  const file = openSafetensors(path);
  try {
    file.verify();
    const tensors = new Map([...file.shapes].map(([name, shape]) => [name, { shape, values: file.read(name) }]));
    return { tensors, metadata: file.metadata };
  } finally {
    file.close();
  }
}

function readHeader(path: string, file: number, pieceBytes: number): SafetensorsFile {
  const about = fstatSync(file);
  if (!about.isFile()) throw new DamagedFile(path, 'is no file');
  if (about.size < 8) throw new DamagedFile(path, `is ${about.size} bytes long, too short for a safetensors file`);
  const readAt = (bytes: Uint8Array, at: number) => readBytes(path, file, { bytes, at, pieceBytes });
  const headerLength = Number(Buffer.from(readAt(new Uint8Array(8), 0).buffer).readBigUInt64LE());
  if (headerLength > about.size - 8) throw new DamagedFile(path, 'is cut short within its header');
  if (headerLength > MOST_HEADER_BYTES)
    throw new DamagedFile(path, `is no safetensors file: its header would be ${headerLength} bytes long`);
  const dataStart = 8 + headerLength;
  const { metadata, entries } = parseHeader(path, Buffer.from(readAt(new Uint8Array(headerLength), 8).buffer).toString('utf8'));
  const expected = [...entries.values()].reduce((end, { data_offsets }) => Math.max(end, data_offsets[1]), 0);
  const found = about.size - dataStart;
  if (found !== expected) throw new DamagedFile(path, `holds ${found} bytes of tensors, its header says ${expected}`);

  return {
    path,
    metadata,
    shapes: new Map([...entries].map(([name, { shape }]) => [name, shape])),
    read(name) {
      const entry = entries.get(name);
      if (!entry) throw new DamagedFile(path, `lacks ${name}`);
      const [start, end] = entry.data_offsets;
      const values = new Float32Array((end - start) / 4);
      readAt(new Uint8Array(values.buffer), dataStart + start);
      return values;
    },
    verify() {
      if (metadata.sha256 === undefined) return;
      const hashes = createHash('sha256');
      const piece = new Uint8Array(pieceBytes);
      for (const { data_offsets } of entries.values()) {
        const [start, end] = data_offsets;
        const hash = createHash('sha256');
        for (let at = start; at < end; at += pieceBytes) hash.update(readAt(piece.subarray(0, end - at), dataStart + at));
        hashes.update(hash.digest());
      }
      if (metadata.sha256 !== hashes.digest('hex')) throw new DamagedFile(path, 'is damaged: its bytes do not match their SHA-256');
    },
    close: () => closeSync(file),
  };
}

/** Fills `bytes` with the file's bytes from `at` on. */
function readBytes(
  path: string,
  file: number,
  { bytes, at, pieceBytes }: { bytes: Uint8Array; at: number; pieceBytes: number },
): Uint8Array {
  for (let done = 0; done < bytes.length; ) {
    const count = readSync(file, bytes, done, Math.min(pieceBytes, bytes.length - done), at + done);
    if (count === 0) throw new DamagedFile(path, 'was cut short while it was read');
    done += count;
  }
  return bytes;
}

function parseHeader(path: string, json: string): { metadata: Record<string, string>; entries: Map<string, Entry> } {
  let header: unknown;
  try {
    header = JSON.parse(json);
  } catch (error) {
    throw new DamagedFile(path, 'has a header that is no JSON', { cause: error });
  }
  if (!isObject(header)) throw new DamagedFile(path, 'has a header that is no JSON object');
  const { __metadata__: metadata = {}, ...entries } = header;
  if (!isObject(metadata)) throw new DamagedFile(path, 'has metadata that are no JSON object');
  for (const [name, entry] of Object.entries(entries)) {
    if (!isEntry(entry)) throw new DamagedFile(path, `has a header without type, shape and place of ${name}`);
    if (entry.dtype !== 'F32') throw new DamagedFile(path, `holds ${name} as ${entry.dtype}, expected F32`);
    const [start, end] = entry.data_offsets;
    if (end - start !== bytesOfShape(entry.shape)) {
      throw new DamagedFile(path, `holds ${name} of shape [${entry.shape}] in ${end - start} bytes, expected ${bytesOfShape(entry.shape)}`);
    }
  }
  return { metadata: metadata as Record<string, string>, entries: new Map(Object.entries(entries as Record<string, Entry>)) };
}

function isEntry(value: unknown): value is Entry {
  if (!isObject(value)) return false;
  const { dtype, shape, data_offsets } = value;
  const isSize = (number: unknown) => Number.isSafeInteger(number) && (number as number) >= 0;
  const areSizes = (numbers: unknown) => Array.isArray(numbers) && numbers.every(isSize);
  return typeof dtype === 'string' && areSizes(shape) && areSizes(data_offsets) && (data_offsets as number[]).length === 2;
}

function bytesOfShape(shape: readonly number[]): number {
  return 4 * shape.reduce((product, size) => product * size, 1);
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
    const end = size + bytesOfShape(shape);
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
