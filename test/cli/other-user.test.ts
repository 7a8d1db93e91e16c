// Facet for a user without a home folder, and for one who may not read what another has set up; as processes of such users.

import { spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { execa } from 'execa';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ensureBuilt } from '../../scripts/build.js';
import { bundle } from '../helpers/bundle.ts';
import { trainer } from '../helpers/sweep.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'facet-other-user-'));
});
afterEach(() => {
  chmodSync(folder, 0o700);
  rmSync(folder, { recursive: true, force: true });
});

/** A user id that no passwd file knows, with the rights of this user. */
const asNobody = ['unshare', '--user', '--map-user=54321', '--map-group=54321'];
const mayBeNobody = process.platform === 'linux' && spawnSync(asNobody[0]!, [...asNobody.slice(1), 'true']).status === 0;

describe.runIf(mayBeNobody)('a user without HOME and without an entry in the list of users', () => {
  const facet = async (...args: string[]) => {
    const [program, ...words] = [...asNobody, process.execPath, join(await ensureBuilt(), 'cli.js'), ...args];
    const env = { PATH: process.env.PATH, FACET_BACKEND: 'wasm', FACET_TRAINER: trainer('succeed') };
    return execa(program!, words, { cwd: folder, reject: false, extendEnv: false, env });
  };
  beforeEach(() => {
    const data = 'dataset: {source: synthetic, images: 8, imageSize: 32}\nattributes: [Male]\ntraining: {epochs: 4, batchSize: 4}\n';
    writeFileSync(join(folder, 'sweep.yaml'), `name: sweep\n${data}`);
  });

  it.each([['run'], ['data']])('is told in one line which variable to set: facet %s', async (command) => {
    const { exitCode, stdout, stderr } = await facet(command, 'sweep.yaml');
    expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: '' });
    expect(stderr).toMatch(/^Facet knows no folder for packed data: .+ Set FACET_CACHE to a folder that can be written to$/);
  });

  it('may look at results, plans and the machine', async () => {
    const doctor = await facet('doctor');
    expect(doctor).toMatchObject({ exitCode: 0, stderr: '' });
    expect(doctor.stdout).toMatch(/^Cache +none: HOME is not set/m);
    expect(doctor.stdout).toMatch(/^ {2}- Set FACET_CACHE to a folder that can be written to/m);
    expect(await facet('plan', 'sweep.yaml')).toMatchObject({ exitCode: 0, stderr: '' });
    expect(await facet('status')).toMatchObject({ exitCode: 0, stderr: '' });
  });
});

/** Root may read everything: then it becomes somebody else. */
const asOther = process.getuid?.() === 0 ? ['setpriv', '--reuid', '54321', '--regid', '54321', '--clear-groups'] : ['env'];
const mayBeOther = process.platform === 'linux' && spawnSync(asOther[0]!, [...asOther.slice(1), 'true']).status === 0;

describe.runIf(mayBeOther)('native TensorFlow that another user has set up', () => {
  /** As scripts/setup.js leaves it: the files lie in a cache, and tfjs-node-gpu links there. */
  function setUp(): { tfjs: string; cache: string } {
    const [tfjs, cache] = [join(folder, 'tfjs'), join(folder, 'cache')];
    for (const part of ['lib/napi-v8', 'deps/lib']) mkdirSync(join(cache, part), { recursive: true });
    for (const file of ['lib/napi-v8/tfjs_binding.node', 'deps/lib/libtensorflow_cc.so.2', 'deps/lib/libtensorflow_framework.so.2'])
      writeFileSync(join(cache, file), '');
    mkdirSync(tfjs);
    for (const part of ['lib', 'deps']) symlinkSync(join(cache, part), join(tfjs, part));
    const installation = { tensorflow: '2.21.0', kind: 'cpu', gpu: false, note: null, cacheFolder: cache, libraryPath: '' };
    writeFileSync(join(tfjs, 'facet-install.json'), JSON.stringify(installation));
    chmodSync(folder, 0o755);
    return { tfjs, cache };
  }

  it('is not called gone where this user may not read it', async () => {
    const { tfjs, cache } = setUp();
    const program = await bundle('test/fixtures/tell-installation.ts');
    chmodSync(dirname(program), 0o755);
    const tell = async () => {
      const [command, ...words] = [...asOther, process.execPath, program, tfjs];
      return JSON.parse((await execa(command!, words, { cwd: '/' })).stdout);
    };
    try {
      expect(await tell()).toMatchObject({ installation: { tensorflow: '2.21.0' }, fault: null });
      chmodSync(cache, 0o000);
      const { fault } = await tell();
      expect(fault).toContain(`was set up in ${cache}, which this user may not read`);
      expect(fault).not.toContain('gone');
      chmodSync(cache, 0o755);
      rmSync(join(cache, 'deps'), { recursive: true });
      expect((await tell()).fault).toContain(`its files in ${cache} are gone`);
    } finally {
      chmodSync(cache, 0o755);
      rmSync(dirname(program), { recursive: true, force: true });
    }
  });
});
