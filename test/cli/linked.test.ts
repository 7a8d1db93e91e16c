// A link in the place of an experiment's folder: every command says the same of it, and none follows it.

import { readdirSync, renameSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createWorkplace, type Workplace } from '../helpers/built-cli.ts';
import { readSweep } from '../helpers/running-sweep.ts';

let workplace: Workplace;
let id: string;
const elsewhere = () => join(workplace.folder, 'elsewhere');
beforeAll(async () => {
  workplace = createWorkplace();
  workplace.trainers = ['succeed'];
  workplace.writeSweep(1);
  await workplace.facet('run', 'sweep.yaml');
  id = readSweep(workplace).runs[0]!.id;
  renameSync(join(workplace.results, 'sweep'), elsewhere());
  symlinkSync(elsewhere(), join(workplace.results, 'sweep'));
});
afterAll(() => workplace.remove());

it.each(
  ['run FILE', 'plan FILE', 'grids FILE', 'status NAME', 'list NAME', 'compare NAME', 'stop NAME', 'rm NAME --yes'].concat(
    ['logs', 'note', 'evaluate', 'reproduce', 'rm --yes', 'generate'].flatMap((command) => [
      `${command} NAME/RUN`,
      `${command} results/NAME/RUN`,
    ]),
  ),
)('facet %s refuses it', async (words) => {
  const before = readdirSync(join(elsewhere(), id));
  const args = words.replace('FILE', 'sweep.yaml').replace('NAME', 'sweep').replace('RUN', id).split(' ');
  const { exitCode, stdout, stderr } = await workplace.facet(...args);
  expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: '' });
  expect(stderr).toBe(
    'results/sweep is a link, which is not followed; to keep results on another disk, let the results folder itself be a link',
  );
  expect(readdirSync(join(elsewhere(), id))).toEqual(before);
});
