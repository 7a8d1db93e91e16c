import { mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Provenance, RunRecord } from '../../src/results/records.ts';
import { createTestDashboard, type TestDashboard } from '../helpers/dashboard.ts';
import { exampleRun } from '../helpers/example-results.ts';

let dashboard: TestDashboard;
let folder: string;
beforeEach(() => {
  dashboard = createTestDashboard();
  folder = join(dashboard.resultsRoot, 'faces/run-abc');
  mkdirSync(folder, { recursive: true });
});
afterEach(() => dashboard.remove());

const base = exampleRun({ id: 'run-abc', experiment: 'faces', axes: {}, attributes: ['Male'] });
const COMMIT = '45c4074e0c2f1a7b9d8e6f5a4b3c2d1e0f9a8b7c';
const write = (provenance: Partial<Provenance>, more: Partial<RunRecord> = {}): void =>
  writeFileSync(join(folder, 'run.json'), JSON.stringify({ ...base, provenance: { ...base.provenance, ...provenance }, ...more }));
const page = async (): Promise<string> => (await dashboard.get('/experiments/faces/runs/run-abc')).text();
const words = async (): Promise<string> => (await page()).replace(/<[^>]+>/g, '');
const patch = (name: string) => dashboard.get(`/experiments/faces/runs/run-abc/${name}`);

describe("a run's page", () => {
  it('links the uncommitted changes of its code, which are shown as text whatever they hold', async () => {
    write({ git: { commit: COMMIT, dirty: true, patch: 'code-0123abcd.patch', note: 'left out of the patch: faces.zip (3.1 MB)' } });
    writeFileSync(join(folder, 'code-0123abcd.patch'), '+<script>alert(1)</script>\n');
    const html = await page();
    expect(html).toContain('<a href="../../../experiments/faces/runs/run-abc/code-0123abcd.patch">code-0123abcd.patch</a>');
    expect(await words()).toContain('with uncommitted changes: code-0123abcd.patch (left out of the patch: faces.zip (3.1 MB))');
    const response = await patch('code-0123abcd.patch');
    expect(response.headers.get('content-type')).toBe('text/plain; charset=utf-8');
    expect(response.headers.get('x-content-type-options')).toBe('nosniff');
    expect(response.headers.get('content-security-policy')).toContain("default-src 'none'");
    expect(await response.text()).toBe('+<script>alert(1)</script>\n');
  });

  it('says what was installed, and how to repeat the run', async () => {
    write({ lockHash: 'ab'.repeat(32) });
    expect(await words()).toContain(`SHA-256 ${'ab'.repeat(32)}`);
    expect(await words()).toContain('npx facet reproduce run-abc');
  });

  it('says what the data were that it learns from, and does without where that is not known or no record', async () => {
    const data = {
      pictures: 1990,
      leftOut: 10,
      leftOutReasons: [{ count: 10, example: '<b>.jpg: an empty file' }],
      leftOutFile: '/cache/left-out.txt',
      enlarged: 3,
      filesSha256: 'f'.repeat(64),
      pixelsSha256: 'a'.repeat(64),
      having: { Male: 0 },
      warnings: ['Male: 0 of 1990 pictures have it; nothing can be learned of it'],
    };
    write({}, { data });
    const html = await page();
    expect(html).toContain('10 such as &lt;b&gt;.jpg: an empty file');
    for (const text of [
      'What it learns from',
      '1,990',
      '0 (0.0 %)',
      '3 pictures smaller than asked for',
      data.warnings[0]!,
      '/cache/left-out.txt',
    ])
      expect(html).toContain(text);
    for (const other of [undefined, 'text', { ...data, having: null }, { ...data, leftOutReasons: [null] }, { ...data, warnings: [{}] }]) {
      write({}, { data: other as never });
      expect(await words()).not.toContain('What it learns from');
      expect(await words()).toContain('Where it comes from');
    }
  });

  it('says under what the run went on, each time, and only what was not as at the start', async () => {
    const changed = {
      createdAt: '2026-01-11T10:00:00.000Z',
      threads: 2,
      git: { commit: `f${COMMIT.slice(1)}`, dirty: false, patch: null },
    };
    const resumptions = [
      { ...base.provenance, createdAt: '2026-01-10T12:00:00.000Z' },
      { ...base.provenance, ...changed },
    ];
    write({}, { resumptions });
    const text = await words();
    expect(text).toContain('2026-01-10 12:00:00 UTC, under the same code and on the same machine');
    expect(text).toContain('2026-01-11 10:00:00 UTC, 2 threads, other code: git f5c4074e0c2f');
    write({}, { resumptions: Array.from({ length: 300 }, () => base.provenance) });
    expect((await words()).match(/Went on/g)).toHaveLength(11);
    expect(await words()).toContain('300 times; the last 10:');
  });

  it('of a run that an older version wrote leaves out what that did not know', async () => {
    write({ lockHash: undefined, git: null });
    expect(await words()).toContain('not in a git checkout');
    expect(await words()).not.toContain('package-lock.json');
  });

  it.each(['../../secret.patch', 'code-0123abcd.patch" onclick="alert(1)', 'javascript:alert(1)', 7])(
    'links nothing named %j',
    async (name) => {
      write({ git: { commit: COMMIT, dirty: true, patch: name as string } });
      const html = await page();
      expect(html).toContain('with uncommitted changes');
      expect(html).not.toMatch(/href="[^"]*(patch|javascript)/);
    },
  );
});

describe('a patch', () => {
  it.each([
    'code-0123abcd.patch',
    'code-0123ABCD.patch',
    'run.json',
    '..%2frun.json',
    'code-0123abcd.patch%00',
    'code-0123abcd%2epatch%2f..%2frun.json',
    '%2e%2e%2fcode-0123abcd.patch',
  ])('is not found as %s where the run has none', async (name) => {
    write({});
    writeFileSync(join(dashboard.resultsRoot, 'faces/code-0123abcd.patch'), 'SECRET');
    const response = await patch(name);
    expect(response.status).toBe(404);
    expect(await response.text()).not.toContain('SECRET');
  });

  it('that is a link out of the results is not shown, nor one of a run that is a link', async () => {
    write({});
    const outside = createTestDashboard().resultsRoot;
    writeFileSync(join(outside, 'code-0123abcd.patch'), 'SECRET');
    symlinkSync(join(outside, 'code-0123abcd.patch'), join(folder, 'code-0123abcd.patch'));
    symlinkSync(outside, join(dashboard.resultsRoot, 'faces/linked'));
    expect((await patch('code-0123abcd.patch')).status).toBe(404);
    expect((await dashboard.get('/experiments/faces/runs/linked/code-0123abcd.patch')).status).toBe(404);
    rmSync(outside, { recursive: true });
  });
});
