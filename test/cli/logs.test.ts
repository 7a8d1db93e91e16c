// facet logs, as a process, over written logs and beside a facet run.

import { appendFileSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { execa } from 'execa';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { makeHarmless } from '../../src/cli/harmless.ts';
import { logFile } from '../../src/results/paths.ts';
import { createWorkplace, type Workplace } from '../helpers/built-cli.ts';
import { writeExampleResults } from '../helpers/example-results.ts';

let workplace: Workplace;
beforeEach(() => {
  workplace = createWorkplace();
});
afterEach(() => workplace.remove());

const example = () => writeExampleResults(workplace.results, { epochs: 4, stepsPerEpoch: 10, rows: 1, imageSize: 32 });
const folderOf = (id: string) => join(workplace.results, 'attr-sweep', id);

describe('facet logs', () => {
  it('prints the whole log, the unfinished last line too, whichever way the run is named', async () => {
    const ids = await example();
    const id = ids['ten 1']!;
    const expected = 'TensorFlow 2.21.0 (CPU), 1 thread\ndata: 12000 pictures\nepoch 1: grid written\nlossG is NaN';
    for (const name of [id, `attr-sweep/${id}`, `results/attr-sweep/${id}`, 'ten-seed1', id.slice(id.lastIndexOf('-') + 1, -2)]) {
      expect(await workplace.facet('logs', name)).toMatchObject({ exitCode: 0, stdout: expected, stderr: '' });
    }
  });

  it('says which runs a name could mean, which is nearest, and when there is nothing to print', async () => {
    const ids = await example();
    const several = await workplace.facet('logs', 'two');
    expect(several).toMatchObject({ exitCode: 2, stdout: '' });
    expect(several.stderr).toMatch(/names 3: attr-sweep\/two-seed1-\w+, attr-sweep\/two-seed2-\w+, attr-sweep\/two-seed3-\w+$/);
    const misspelt = await workplace.facet('logs', `${ids['two 1']}0`);
    expect(misspelt).toMatchObject({ exitCode: 2, stderr: expect.stringContaining(`did you mean "${ids['two 1']}"?`) });
    rmSync(logFile(folderOf(ids['two 1']!)));
    const silent = await workplace.facet('logs', 'two-seed1');
    expect(silent).toMatchObject({ exitCode: 0, stdout: '', stderr: `attr-sweep/${ids['two 1']} has printed nothing yet.` });
  });

  it('-f follows a run over its attempts until it has ended', async () => {
    workplace.trainers = ['crash-once'];
    workplace.writeSweep(1, 'execution: {retries: 1, backoff: 3s}');
    const runner = workplace.facet('run', 'sweep.yaml');
    await expect.poll(async () => (await workplace.facet('logs', 'seed1')).exitCode, { timeout: 60_000 }).toBe(0);
    const logs = await workplace.facet('logs', 'seed1', '-f');
    const { exitCode } = await runner;
    expect([logs.exitCode, exitCode]).toEqual([0, 0]);
    expect(logs.stdout).toContain('--- facet: another attempt, ');
    expect(logs.stdout).toBe((await workplace.facet('logs', 'seed1')).stdout);
  });

  it('-f prints lines as they come, and ends at Ctrl-C', async () => {
    const ids = await example();
    const id = ids['five 2']!; // this process holds it
    const logs = workplace.facet('logs', id, '--follow');
    appendFileSync(logFile(folderOf(id)), '\nhalf a li');
    appendFileSync(logFile(folderOf(id)), 'ne, then whole\n');
    let text = '';
    for await (const chunk of logs.stdout.iterator({ destroyOnReturn: false })) {
      text += chunk;
      if (text.includes('then whole')) break;
    }
    expect(text).toContain('half a line, then whole\n');
    logs.kill('SIGINT');
    expect((await logs).exitCode).toBe(130);
  });

  it('is not held up by a pipe in the place of the log', async () => {
    const ids = await example();
    const path = logFile(folderOf(ids['two 1']!));
    rmSync(path);
    await execa('mkfifo', [path]);
    expect(await workplace.facet('logs', 'two-seed1')).toMatchObject({ exitCode: 0, stdout: '' });
  });

  it('lets no log move the cursor, set the title, or turn the direction of writing', async () => {
    mkdirSync(join(workplace.results, 'sweep', 'run-0123456789ab'), { recursive: true });
    const evil = '\u001b]0;owned\u0007\u001b[2J\u001b[1;1Hroot# \u009b31m\u202egnp.exe\u2028\b\u0000tab\there ü 顔\n';
    writeFileSync(logFile(join(workplace.results, 'sweep', 'run-0123456789ab')), evil);
    const { stdout } = await workplace.facet('logs', '0123');
    expect(stdout).toBe('\\u{1b}]0;owned\\u{7}\\u{1b}[2J\\u{1b}[1;1Hroot# \\u{9b}31m\\u{202e}gnp.exe\\u{2028}\\u{8}\\u{0}tab\there ü 顔');
  });
});

it.each([
  ['colours', '\u001b[31mred\u001b[0m', 'red'],
  ['a line drawn over', 'step 1\rstep 2\rstep 3', 'step 3'],
  ['a line of another system', 'step 1\r', 'step 1'],
])('makes %s plain', (_case, line, plain) => expect(makeHarmless(line)).toBe(plain));
