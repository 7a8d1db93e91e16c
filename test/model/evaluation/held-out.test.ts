import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { DatasetConfig } from '../../../src/experiment/schema/schema.ts';
import type { BatchData } from '../../../src/model/data/batches.ts';
import { packDataset } from '../../../src/model/data/packing/pack.ts';
import { openSource } from '../../../src/model/data/sources/index.ts';
import { chooseOtherFaces, type EvaluationData, openEvaluationData, withoutHeldOut } from '../../../src/model/evaluation/held-out.ts';
import { bitsOf, codedPicture, codeOf, writeFiles } from '../data/coded-pictures.ts';

let root: string;
let cacheRoot: string;
const open: { close(): void }[] = [];
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'facet-held-out-'));
  cacheRoot = mkdtempSync(join(tmpdir(), 'facet-held-out-cache-'));
});
afterEach(() => {
  for (const data of open.splice(0)) data.close();
  for (const folder of [root, cacheRoot]) rmSync(folder, { recursive: true, force: true });
});

const codes = Array.from({ length: 40 }, (_, i) => i + 1);
const nameOf = (code: number) => `${String(code).padStart(6, '0')}.jpg`;

async function writeFolder(order = codes): Promise<DatasetConfig> {
  for (const code of order) writeFiles(root, { [nameOf(code)]: await codedPicture(code, { width: 40, height: 40 }) });
  const rows = order.map((code) => [nameOf(code), ...bitsOf(code, 3)].join());
  writeFiles(root, { 'labels.csv': `file,A,B,C\n${rows.join('\n')}\n` });
  return { source: 'folder', root, imageSize: 32 };
}

/** 1 to 24 train, 25 to 32 valid, the others test. */
async function writeCeleba(): Promise<DatasetConfig> {
  for (const code of codes) writeFiles(root, { [`img_align_celeba/${nameOf(code)}`]: await codedPicture(code, { width: 40, height: 40 }) });
  const rows = codes.map(
    (code) =>
      `${nameOf(code)} ${bitsOf(code, 3)
        .map((bit) => (bit ? 1 : -1))
        .join(' ')}`,
  );
  writeFiles(root, {
    'list_attr_celeba.txt': [`${codes.length}`, 'A B C', ...rows, ''].join('\n'),
    'list_eval_partition.txt': codes.map((code) => `${nameOf(code)} ${code <= 24 ? 0 : code <= 32 ? 1 : 2}\n`).join(''),
  });
  return { source: 'celeba', root, imageSize: 32, crop: 40 };
}

async function openFor(dataset: DatasetConfig): Promise<EvaluationData> {
  const data = await openEvaluationData(dataset, { cacheRoot });
  open.push(data);
  return data;
}

/** Which pictures there are, after checking that each has the labels that were written for it. */
function codesOf({ count, imageSize, labels, readPictures }: BatchData): number[] {
  const bytes = new Uint8Array(count * imageSize ** 2 * 3);
  readPictures(
    Uint32Array.from({ length: count }, (_, i) => i),
    bytes,
  );
  return Array.from({ length: count }, (_, i) => {
    const code = codeOf(bytes, i * imageSize ** 2 * 3);
    expect([...labels.subarray(i * 3, i * 3 + 3)]).toEqual(bitsOf(code, 3));
    return code;
  });
}

const sorted = (list: readonly number[]) => list.toSorted((a, b) => a - b);

async function trainedOn(dataset: DatasetConfig): Promise<number[]> {
  const packed = await packDataset(dataset, { cacheRoot });
  open.push(packed);
  return codesOf(packed);
}

describe('what a run is judged by', () => {
  it('is, of a folder, the share that dataset.heldOut sets aside: no run learns from it', async () => {
    const dataset = { ...(await writeFolder()), heldOut: 0.25 };
    const { kind, oracleTraining, heldOut } = await openFor(dataset);
    expect(kind).toBe('share');
    expect(heldOut.count).toBe(10);
    const trained = await trainedOn(dataset);
    expect(codesOf(oracleTraining)).toEqual(trained);
    expect(sorted([...trained, ...codesOf(heldOut)])).toEqual(codes);
  });

  it('is the same share whatever the order of the list, and part of a larger one', async () => {
    const dataset = await writeFolder();
    const quarter = codesOf((await openFor({ ...dataset, heldOut: 0.25 })).heldOut);
    const half = codesOf((await openFor({ ...dataset, heldOut: 0.5 })).heldOut);
    expect(half).toEqual(expect.arrayContaining(quarter));
    await writeFolder(codes.toReversed());
    expect(sorted(codesOf((await openFor({ ...dataset, heldOut: 0.25 })).heldOut))).toEqual(sorted(quarter));
  });

  it('is, of a folder without that, a fifth that the oracle alone has not seen, and says so', async () => {
    const dataset = await writeFolder();
    const { kind, oracleTraining, heldOut } = await openFor(dataset);
    expect(kind).toBe('seen');
    expect(heldOut.count).toBe(8);
    expect(sorted([...codesOf(oracleTraining), ...codesOf(heldOut)])).toEqual(codes);
    expect(await trainedOn(dataset)).toEqual(codes);
    const packed = await packDataset(dataset, { cacheRoot });
    open.push(packed);
    expect(codesOf(withoutHeldOut({ kind, oracleTraining }, packed))).toEqual(codesOf(oracleTraining)); // no picture is compared with itself
    expect(codesOf(withoutHeldOut({ kind: 'other seed', oracleTraining }, packed))).toEqual(codes);
  });

  it("is CelebA's own valid partition for runs on its train partition, whatever their limit", async () => {
    const dataset = { ...(await writeCeleba()), limit: 20 };
    const { kind, oracleTraining, heldOut } = await openFor(dataset);
    expect(kind).toBe('partition');
    expect(codesOf(oracleTraining)).toEqual(codes.slice(0, 20));
    expect(codesOf(heldOut)).toEqual(codes.slice(24, 32));
  });

  it('is a share of CelebA where a run learns from all of it, or asks for one', async () => {
    const dataset = await writeCeleba();
    expect((await openFor({ ...dataset, partition: 'all' })).kind).toBe('seen');
    const { kind, oracleTraining, heldOut } = await openFor({ ...dataset, heldOut: 0.5 });
    expect([kind, heldOut.count]).toEqual(['share', 12]);
    expect(sorted([...codesOf(oracleTraining), ...codesOf(heldOut)])).toEqual(codes.slice(0, 24));
  });

  it('has one identity for all runs on the same data, and another where the pictures are others', async () => {
    const dataset = await writeFolder();
    const { identity } = await openFor(dataset);
    expect((await openFor(dataset)).identity).toBe(identity);
    expect((await openFor({ ...dataset, heldOut: 0.25 })).identity).not.toBe(identity);
  });

  it('must be two pictures at least', async () => {
    const dataset = await writeFolder(codes.slice(0, 3));
    await expect(openFor(dataset)).rejects.toThrow(
      'evaluation: expected at least 2 pictures to train the oracle, found 1; use more pictures, or set evaluation.oracle: false',
    );
  });

  it.each([1, 1_000_777, 2_000_778])('is, of synthetic faces, never what a run of seed %i learns from', async (seed) => {
    const dataset: DatasetConfig = { source: 'synthetic', imageSize: 32, images: 100, seed };
    const faces = chooseOtherFaces(dataset);
    expect(new Set([seed, faces.oracleTraining.seed, faces.heldOut.seed]).size).toBe(3);
    expect(faces).toMatchObject({ oracleTraining: { images: 12_000, imageSize: 32 }, heldOut: { images: 4000, imageSize: 32 } });
    const pictures = await Promise.all([dataset, faces.oracleTraining, faces.heldOut].map(firstPicture));
    expect(new Set(pictures).size).toBe(3);
  });
});

async function firstPicture(dataset: DatasetConfig): Promise<string> {
  const source = await openSource({ ...dataset, images: 1 });
  for await (const { pixels } of source.read()) return Buffer.from(pixels).toString('base64');
  return '';
}
