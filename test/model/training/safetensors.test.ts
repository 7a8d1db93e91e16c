import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { beginLargeFile } from '../../../src/model/training/checkpoints/large-file.ts';
import { decodeSafetensors, safetensorsHead } from '../../../src/model/training/checkpoints/safetensors.ts';

const tensors = new Map([
  ['a', { shape: [2, 3], values: Float32Array.of(1, -2, 3.5, 4, 5, Number.NaN) }],
  ['b.c', { shape: [], values: Float32Array.of(7) }],
]);
async function encode(): Promise<Buffer> {
  const folder = mkdtempSync(join(tmpdir(), 'facet-safetensors-'));
  const file = beginLargeFile(join(folder, 'file'), { ...safetensorsHead(tensors, { step: '12' }), parts: tensors.size });
  for (const { values } of tensors.values()) file.append(new Uint8Array(values.slice().buffer));
  await file.written;
  const bytes = readFileSync(join(folder, 'file'));
  rmSync(folder, { recursive: true });
  return bytes;
}

describe('safetensors', () => {
  it('gives back what was stored', async () => {
    const { tensors: read, metadata } = decodeSafetensors(await encode());
    expect(read).toEqual(tensors);
    expect(metadata.step).toBe('12');
  });

  it('has the layout of the format: header length, JSON header aligned to 8, bytes', async () => {
    const file = await encode();
    const length = Number(file.readBigUInt64LE(0));
    const header = JSON.parse(file.toString('utf8', 8, 8 + length));
    expect((8 + length) % 8).toBe(0);
    expect(header.a).toEqual({ dtype: 'F32', shape: [2, 3], data_offsets: [0, 24] });
    expect(file.readFloatLE(8 + length + 8)).toBe(3.5);
  });

  it('refuses a file that is cut short, wherever', async () => {
    const file = await encode();
    for (let length = 0; length < file.length; length++) {
      expect(() => decodeSafetensors(file.subarray(0, length)), `${length} bytes`).toThrow(/too short|cut short|holds \d+ bytes/);
    }
  });

  it('refuses a file in which one bit of a tensor flipped', async () => {
    const file = await encode();
    file[file.length - 3]! ^= 1;
    expect(() => decodeSafetensors(file)).toThrow(/do not match their SHA-256/);
  });
});
