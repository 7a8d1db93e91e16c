import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { createCheckpointWriter } from '../../../src/model/training/checkpoints/save.ts';

const snapshot = (step: number) => ({
  position: { step, seconds: step },
  tensors: new Map([['a', { shape: [2], read: async () => Float32Array.of(1, step) }]]),
  metadata: { format: '1' },
});

describe('checkpoints written behind the training', () => {
  it('are all on disk after the end, but for those that are not kept', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'facet-checkpoints-'));
    const writer = createCheckpointWriter({ folder, keep: 2 });
    for (const step of [1, 2, 3]) await writer.save(snapshot(step));
    await writer.finish();
    expect(readdirSync(join(folder, 'checkpoints')).sort()).toEqual(['000002.safetensors', '000003.safetensors']);
  });

  it('do not fail in silence: the next one reports it, or the end', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'facet-checkpoints-'));
    writeFileSync(join(folder, 'checkpoints'), 'in the way');
    const writer = createCheckpointWriter({ folder, keep: 2 });
    await writer.save(snapshot(1));
    await expect(writer.save(snapshot(2))).rejects.toThrow(/EEXIST|ENOTDIR/);
    await expect(writer.finish()).rejects.toThrow(/EEXIST|ENOTDIR/);
    rmSync(folder, { recursive: true });
  });
});
