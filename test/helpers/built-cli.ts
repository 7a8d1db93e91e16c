// The facet command as a user starts it, in a folder of its own, with fixture trainers in place of TensorFlow.

import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { trainer } from './sweep.ts';

export interface Workplace {
  folder: string;
  results: string;
  /** The checkout whose command is started. */
  root: string;
  /** Behaviour of each seed's run, from 1. */
  trainers: string[];
  env: Record<string, string>;
  /** Words before the command. */
  prefix: string[];
  /** Writes sweep.yaml: so many runs of 4 epochs, and whatever is added. */
  writeSweep(runs: number, more?: string): void;
  /** Writes sweep.yaml: the same, with the sweep given. */
  writeText(text: string): void;
  /** Starts the command; resolves when it has ended, however it did. */
  facet(...args: string[]): ReturnType<typeof startFacet>;
  remove(): void;
}

export function createWorkplace(): Workplace {
  const folder = mkdtempSync(join(tmpdir(), 'facet-cli-'));
  installFor(folder);
  const workplace: Workplace = {
    folder,
    results: join(folder, 'results'),
    root: FACET_ROOT,
    trainers: [],
    env: {},
    prefix: [],
    writeSweep(runs, more = '') {
      const seeds = Array.from({ length: runs }, (_, index) => index + 1);
      workplace.writeText(`sweep: {grid: {training.seed: [${seeds}]}}\n${more}`);
    },
    writeText(text) {
      const data = 'dataset: {source: synthetic, images: 8, imageSize: 32}\nattributes: [Male]\ntraining: {epochs: 4, batchSize: 4}\n';
      writeFileSync(join(folder, 'sweep.yaml'), `name: sweep\n${data}${text}\n`);
    },
    facet: (...args) => startFacet(workplace, args),
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
  return workplace;
}

/** As npm does it, so that `npx facet` works there and messages name it. */
function installFor(folder: string): void {
  mkdirSync(join(folder, 'node_modules', '.bin'), { recursive: true });
  symlinkSync(join(FACET_ROOT, 'bin', 'facet.js'), join(folder, 'node_modules', '.bin', 'facet'));
}

function startFacet({ folder, root, trainers, env, prefix }: Workplace, args: string[]) {
  const [program, ...words] = [...prefix, process.execPath, join(root, 'bin', 'facet.js'), ...args];
  return execa(program!, words, {
    cwd: folder,
    reject: false,
    all: true,
    stdin: 'ignore',
    forceKillAfterDelay: false,
    env: {
      FACET_TRAINER: trainer('by-seed'),
      TRAINERS: trainers.join(','),
      FACET_CACHE: join(tmpdir(), 'facet-cli-test-cache'),
      FACET_BACKEND: 'wasm',
      FACET_GRACE_SECONDS: '0.5',
      ...env,
    },
  });
}
