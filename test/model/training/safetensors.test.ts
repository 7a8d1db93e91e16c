import { createHash } from 'node:crypto';
import { closeSync, ftruncateSync, mkdirSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { beginLargeFile } from '../../../src/model/training/checkpoints/large-file.ts';
import { DamagedFile, openSafetensors, readSafetensors, safetensorsHead } from '../../../src/model/training/checkpoints/safetensors.ts';

const tensors = new Map([
  ['a', { shape: [2, 3], values: Float32Array.of(1, -2, 3.5, 4, 5, Number.NaN) }],
  ['b.c', { shape: [], values: Float32Array.of(7) }],
]);
let folder: string;
let path: string;
let whole: Buffer;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'facet-safetensors-'));
  path = join(folder, 'file.safetensors');
  const file = beginLargeFile(path, { ...safetensorsHead(tensors, { step: '12' }), parts: tensors.size });
  for (const { values } of tensors.values()) file.append(new Uint8Array(values.slice().buffer));
  await file.written;
  whole = readFileSync(path);
});
afterAll(() => rmSync(folder, { recursive: true }));

/** A file of these bytes. */
function fileOf(bytes: Uint8Array): string {
  const other = join(folder, 'other.safetensors');
  writeFileSync(other, bytes);
  return other;
}

function fileWithHeader(header: string, data: Uint8Array = new Uint8Array()): string {
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(Buffer.byteLength(header)));
  return fileOf(Buffer.concat([length, Buffer.from(header), data]));
}

describe('safetensors', () => {
  it('gives back what was stored', () => {
    const { tensors: read, metadata } = readSafetensors(path);
    expect(read).toEqual(tensors);
    expect(metadata.step).toBe('12');
  });

  it('has the layout of the format: header length, JSON header aligned to 8, bytes', () => {
    const length = Number(whole.readBigUInt64LE(0));
    const header = JSON.parse(whole.toString('utf8', 8, 8 + length));
    expect((8 + length) % 8).toBe(0);
    expect(header.a).toEqual({ dtype: 'F32', shape: [2, 3], data_offsets: [0, 24] });
    expect(whole.readFloatLE(8 + length + 8)).toBe(3.5);
  });

  it('is refused as damaged when it is cut short, wherever', () => {
    for (let length = 0; length < whole.length; length++) {
      const cut = fileOf(whole.subarray(0, length));
      expect(() => readSafetensors(cut), `${length} bytes`).toThrow(DamagedFile);
      expect(() => readSafetensors(cut), `${length} bytes`).toThrow(/^\/.*other\.safetensors (is .*(too short|cut short)|holds \d+ bytes)/);
    }
  });

  it('is refused as damaged when one bit of a tensor flipped', () => {
    const bytes = Buffer.from(whole);
    bytes[bytes.length - 3]! ^= 1;
    const flipped = fileOf(bytes);
    expect(() => readSafetensors(flipped)).toThrow(DamagedFile);
    expect(() => readSafetensors(flipped)).toThrow(/do not match their SHA-256/);
  });

  it.each([
    ['is no JSON', '{', /no JSON/],
    ['is no object', '[]', /no JSON object/],
    ['does not say where a tensor lies', '{"a":{"dtype":"F32","shape":[1]}}', /without type, shape and place of a/],
    ['has another type', '{"a":{"dtype":"BF16","shape":[2],"data_offsets":[0,4]}}', /a as BF16, expected F32/],
    ['contradicts itself', '{"a":{"dtype":"F32","shape":[3],"data_offsets":[0,4]}}', /shape \[3\] in 4 bytes, expected 12/],
  ])('is refused as damaged when its header %s', (_, header, message) => {
    const file = fileWithHeader(header, new Uint8Array(4));
    expect(() => openSafetensors(file)).toThrow(DamagedFile);
    expect(() => openSafetensors(file)).toThrow(message);
  });

  it('tells what cannot be read from what is damaged', () => {
    expect(() => openSafetensors(join(folder, 'missing'))).toThrow(expect.objectContaining({ code: 'ENOENT', syscall: 'open' }));
    mkdirSync(join(folder, 'a folder'));
    expect(() => openSafetensors(join(folder, 'a folder'))).toThrow(/a folder is no file/);
  });

  it('is read in pieces, and gives the same', () => {
    for (const pieceBytes of [1, 5, 24, 1000]) {
      const file = openSafetensors(path, { pieceBytes });
      file.verify();
      expect([...file.shapes.keys()]).toEqual(['a', 'b.c']);
      for (const [name, { values }] of tensors) expect(file.read(name)).toEqual(values);
      file.close();
    }
  });

  it('is read beyond 2 GiB', () => {
    const large = join(folder, 'large.safetensors');
    const at = 3 * 2 ** 30;
    const header = JSON.stringify({
      before: { dtype: 'F32', shape: [at / 4], data_offsets: [0, at] },
      after: { dtype: 'F32', shape: [2], data_offsets: [at, at + 8] },
    });
    const length = Buffer.alloc(8);
    length.writeBigUInt64LE(BigInt(header.length));
    const file = openSync(large, 'w');
    writeSync(file, Buffer.concat([length, Buffer.from(header)]));
    ftruncateSync(file, 8 + header.length + at); // a hole: it takes no room on the disk
    writeSync(file, Buffer.from(Float32Array.of(3, 4).buffer), 0, 8, 8 + header.length + at);
    closeSync(file);
    const opened = openSafetensors(large);
    expect(opened.read('after')).toEqual(Float32Array.of(3, 4));
    opened.close();
    rmSync(large);
  });

  it('has a hash that a reader can compute tensor by tensor', () => {
    const hash = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest();
    const hashes = [...tensors.values()].map(({ values }) => hash(new Uint8Array(values.buffer)));
    expect(openSafetensors(path).metadata.sha256).toBe(hash(Buffer.concat(hashes)).toString('hex'));
  });
});
