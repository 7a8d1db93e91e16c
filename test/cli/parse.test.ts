// facet parse, as a process.

import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createWorkplace, type Workplace } from '../helpers/built-cli.ts';
import { readSweep } from '../helpers/running-sweep.ts';

let workplace: Workplace;
beforeEach(() => {
  workplace = createWorkplace();
});
afterEach(() => workplace.remove());

describe('facet parse', () => {
  it('prints each attribute with the words that said so, and what was doubtful', async () => {
    const text = 'a smiling woman with dark lipstik, black or brown hair and no glasses, upside down';
    const { exitCode, stdout, stderr } = await workplace.facet('parse', text);
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
    expect(stdout.split('\n').map((line) => line.replace(/ {2,}/g, ' '))).toEqual([
      ' Smiling yes "smiling"',
      ' Male no "woman"',
      ' Wearing_Lipstick yes "lipstik"',
      ' Eyeglasses no "no glasses"',
      ' rotate_180 yes "upside down"',
      '"lipstik" was read as "lipstick".',
      expect.stringMatching(/^"black or brown hair" leaves Black_Hair, Brown_Hair open: /),
      'Not understood: "dark".',
    ]);
  });

  it('prints JSON', async () => {
    const { exitCode, stdout } = await workplace.facet('parse', 'a bearded man', '--json');
    expect(exitCode).toBe(0);
    expect(JSON.parse(stdout)).toEqual({
      text: 'a bearded man',
      attributes: { No_Beard: 0, Male: 1 },
      rotation: null,
      because: [
        { name: 'No_Beard', value: 0, words: ['bearded'] },
        { name: 'Male', value: 1, words: ['man'] },
      ],
      ambiguous: [],
      contradictions: [],
      corrections: [],
      notUnderstood: [],
    });
  });

  it('names what a run was never trained on', async () => {
    workplace.trainers = ['succeed'];
    workplace.writeSweep(1);
    await workplace.facet('run', 'sweep.yaml');
    const run = readSweep(workplace).runs[0]!;
    const { stdout } = await workplace.facet('parse', 'a double chin, rotated by 90 degrees', '--run', run.id);
    expect(stdout).toContain('This run was never trained on Double_Chin, rotate_90');
    const json = await workplace.facet('parse', 'a double chin', '--run', run.id, '--json');
    expect(JSON.parse(json.stdout).untrained).toEqual(['Double_Chin']);
  });

  it.each([
    [['hello'], /^Expected a description of a face, such as "a smiling young woman", got "hello", which decides nothing$/],
    [['a', 'man'], /^Expected one description, in quotes, got 2 arguments: facet parse "a man"$/],
    [['a man', '--run', 'none'], /^Expected a run, .*got "none"/],
  ])('%s ends with one line', async (args, line) => {
    const { exitCode, stderr } = await workplace.facet('parse', ...args);
    expect({ exitCode, lines: stderr.trimEnd().split('\n') }).toEqual({ exitCode: 2, lines: [expect.stringMatching(line)] });
  });
});
