// Commands as messages name them: quoted, with their folder of results, from where they were given.

import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, vi } from 'vitest';
import { commandFor, commandToGoOn, defaultResults, describeCommand, repeatCommand } from '../../src/results/commands.ts';
import type { ExperimentRecord } from '../../src/results/records.ts';

describe('a command', () => {
  it('is quoted for a shell, and leaves out what starts over or looks at another runner', () => {
    expect(describeCommand(['run', 'a b.yaml', '--set', "x=it's", '--fresh', '--retry-failed', '--attach', '--take-over'])).toBe(
      "npx facet run 'a b.yaml' --set 'x=it'\\''s'",
    );
    expect(describeCommand(['run', '$(date)', '~', '*', ''])).toBe("npx facet run '$(date)' '~' '*' ''");
  });

  it('names the folder of results unless it is the usual one', () => {
    expect(commandFor('results', 'status', 'a')).toBe('npx facet status a');
    expect(commandFor('my results', 'status', 'a')).toBe("npx facet status a --results 'my results'");
    vi.stubEnv('FACET_RESULTS', '/data/runs');
    expect(defaultResults()).toBe('/data/runs');
    expect(commandFor('/data/runs', 'status')).toBe('npx facet status --results /data/runs');
    expect(commandFor('results', 'status')).toBe('npx facet status --results results');
    expect(defaultResults({ FACET_RESULTS: '' })).toBe('results');
  });

  it('that was given elsewhere is repeated there, by what starts Facet there', () => {
    const command = ['facet', 'run', 'a.yaml', '--set', 'dataset.root=my faces', '--fresh'];
    const words = "run a.yaml --set 'dataset.root=my faces'";
    expect(repeatCommand({ command, workingDirectory: process.cwd() })).toBe(`npx facet ${words}`);
    expect(repeatCommand({ command })).toBe(`npx facet ${words}`);
    const away = repeatCommand({ command, workingDirectory: tmpdir() });
    expect(away).toBe(`cd ${tmpdir()} && node ${join(FACET_ROOT, 'bin/facet.js')} ${words}`);
    expect(repeatCommand({ command, workingDirectory: '/gone/since' })).toBe(`npx facet ${words}`);
  });

  it('goes on with an experiment as it was started, or by its file where that is not recorded', () => {
    const record: ExperimentRecord = { format: 1, name: 'a', description: null, file: 'a.yaml', startedAt: '', runs: [] };
    const goOn = (more: Partial<ExperimentRecord>) => commandToGoOn('results', { name: 'a', record: { ...record, ...more }, runs: [] });
    expect(goOn({ command: ['facet', 'run', 'a.yaml', '--set', 'name=a'] })).toBe('npx facet run a.yaml --set name=a');
    expect(goOn({})).toBe('npx facet run a.yaml');
  });
});
