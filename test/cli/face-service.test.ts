// What the page of a run is told before any face is made, whatever lies in the folder of the run.

import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type ClosableFaceService, createFaceService } from '../../src/cli/generate/face-service.ts';
import type { RunPlace } from '../../src/dashboard/faces.ts';
import { checkpointsFolder, runFile } from '../../src/results/paths.ts';
import { writeExampleResults } from '../helpers/example-results.ts';

let results: string;
let service: ClosableFaceService;
let ids: Record<string, string>;

beforeAll(async () => {
  results = mkdtempSync(join(tmpdir(), 'facet-face-service-'));
  ids = await writeExampleResults(results, { epochs: 1, stepsPerEpoch: 2, rows: 1, imageSize: 32 });
  const maker = fileURLToPath(new URL('../fixtures/face-maker.mjs', import.meta.url));
  service = createFaceService({ results, maker, version: '0' });
});

afterAll(async () => {
  await service.close();
  rmSync(results, { recursive: true });
});

function place(label: string): RunPlace {
  const id = ids[label]!;
  return { experiment: 'attr-sweep', id, folder: join(results, 'attr-sweep', id) };
}
const WISH = { text: '', fixed: {}, change: {}, count: 1, seed: 1 };
const NEVER = new AbortController().signal;

describe('a run that can make no faces', () => {
  it.each([
    ['keeps no checkpoint', () => {}, /^attr-sweep\/\S+: expected a checkpoint, and it /],
    ['has a file in the place of its checkpoints', ({ folder }: RunPlace) => writeFileSync(checkpointsFolder(folder), ''), /checkpoints/],
    ['has a run.json that is none', ({ folder }: RunPlace) => writeFileSync(runFile(folder), '{"config": 7'), /run\.json/],
    ['has lost its run.json', ({ folder }: RunPlace) => rmSync(runFile(folder)), /run\.json/],
    ['is gone', ({ folder }: RunPlace) => rmSync(folder, { recursive: true }), /run\.json/],
  ])('because it %s says so in a line, and when it is asked as well', async (_case, damage, says) => {
    const run = place('two 1');
    damage(run);
    expect(service.look(run).problem).toMatch(says);
    expect(service.look(run).problem).not.toContain('\n');
    await expect(service.make(run, WISH, NEVER)).rejects.toThrow(says);
  });
});

describe('a text', () => {
  it('is read as the command reads it, with what the run was not trained on', () => {
    expect(service.read(place('two 2'), 'a young bald womn, xyzzy')).toEqual({
      bits: expect.objectContaining({ Young: 1 }),
      said: expect.arrayContaining([{ name: 'Bald', value: 1, words: ['"bald"'], isTrained: false }]),
      warnings: expect.arrayContaining(['"womn" was read as "woman".', 'Not understood: "xyzzy".']),
    });
    expect(service.read(place('two 2'), '')).toEqual({ bits: {}, said: [], warnings: [] });
  });
});

describe('a run with a checkpoint', () => {
  it('is asked for attributes that it has, and no two rotations', async () => {
    const run = place('two 3');
    mkdirSync(checkpointsFolder(run.folder));
    writeFileSync(join(checkpointsFolder(run.folder), '00000002.safetensors'), '');
    expect(service.look(run)).toEqual({ conditions: expect.arrayContaining(['Male', 'Young']), problem: null });
    await expect(service.make(run, { ...WISH, fixed: { Nose: 1 } }, NEVER)).rejects.toThrow(
      /^--set: expected an attribute of this run, got "Nose"/,
    );
    await expect(service.make(run, { ...WISH, change: { Bald: 1 } }, NEVER)).rejects.toThrow(/^--change: this run was not trained on Bald/);
    const { faces, error } = await service.make(run, { ...WISH, text: 'young', fixed: { Young: 1, Male: 0 } }, NEVER);
    expect(error).toBeUndefined();
    expect(faces!.command).toMatch(
      new RegExp(`generate attr-sweep/${run.id} young --set Male=0 --count 1 --seed 1 .*--results ${results}$`),
    );
  });
});
