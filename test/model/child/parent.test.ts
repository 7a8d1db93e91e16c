import { mkdtempSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { createSender } from '../../../src/model/child/parent.ts';
import { trainingFile } from '../../../src/results/paths.ts';

const { send } = process;
let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'facet-parent-'));
  delete process.send; // as a job of a cluster has none
});
afterEach(() => {
  if (send) process.send = send;
  rmSync(folder, { recursive: true, force: true });
});

it('a process without a channel shows by the time of training.json that it gets on, once that is there', () => {
  createSender(folder)({ type: 'phase', phase: 'loading data' });
  writeFileSync(trainingFile(folder), '{}');
  utimesSync(trainingFile(folder), 1, 1);
  createSender(folder)({ type: 'phase', phase: 'evaluating' });
  expect(Date.now() - statSync(trainingFile(folder)).mtimeMs).toBeLessThan(60_000);
});
