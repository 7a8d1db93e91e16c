// A folder with an experiment in it, the facet command as built once, and the fake trainer in place of TensorFlow.

import { mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { execa } from 'execa';
import { ensureBuilt } from '../../scripts/build.js';
import { bundle } from '../helpers/bundle.ts';

const EPOCHS = 3;
export const STEPS = 18;

export interface Programs {
  /** The bundle of src/cli.ts: one for the whole test, whatever happens to the sources meanwhile. */
  cli: string;
  trainer: string;
  remove(): void;
}

export async function buildPrograms(): Promise<Programs> {
  const trainer = await bundle('test/faults/programs/trainer.ts');
  return { cli: join(await ensureBuilt(), 'cli.js'), trainer, remove: () => rmSync(dirname(trainer), { recursive: true, force: true }) };
}

export interface Battlefield {
  folder: string;
  results: string;
  /** Where the trainers say what is safe. */
  acknowledgements: string;
  /** In the environment of every process that is started here. */
  mark: string;
  env: Record<string, string>;
  writeSweep(seeds: number, execution: Record<string, unknown>): void;
  /** facet with these arguments; resolves when it has ended, however it did. */
  facet(...args: string[]): ReturnType<typeof startFacet>;
  /** The same through another command, which gets the words of this one after its own. */
  start(through: readonly string[], args: readonly string[]): ReturnType<typeof startFacet>;
  /** Bytes that the trainers have acknowledged with so far. */
  acknowledgedBytes(): number;
  remove(): void;
}

export function createBattlefield(programs: Programs): Battlefield {
  const folder = mkdtempSync(join(tmpdir(), 'facet-faults-'));
  const acknowledgements = join(folder, 'acknowledgements');
  mkdirSync(acknowledgements);
  const field: Battlefield = {
    folder,
    results: join(folder, 'results'),
    acknowledgements,
    mark: `FAULTS_ACKNOWLEDGEMENTS=${acknowledgements}`,
    env: {},
    writeSweep(seeds, execution) {
      const list = Array.from({ length: seeds }, (_, index) => index + 1);
      const data = 'dataset: {source: synthetic, images: 8, imageSize: 32}\nattributes: [Male]\n';
      const text = `name: sweep\n${data}training: {epochs: ${EPOCHS}, batchSize: 4}\nsweep: {grid: {training.seed: [${list}]}}\n`;
      writeFileSync(join(folder, 'sweep.yaml'), `${text}execution: ${JSON.stringify(execution)}\n`);
    },
    facet: (...args) => startFacet(field, programs, { through: [], args }),
    start: (through, args) => startFacet(field, programs, { through, args }),
    acknowledgedBytes: () => readdirSync(acknowledgements).reduce((sum, name) => sum + statSync(join(acknowledgements, name)).size, 0),
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
  return field;
}

interface Command {
  through: readonly string[];
  args: readonly string[];
}

function startFacet({ folder, acknowledgements, env }: Battlefield, { cli, trainer }: Programs, { through, args }: Command) {
  const [file, ...words] = [...through, process.execPath, cli, ...args];
  return execa(file!, words, {
    cwd: folder,
    reject: false,
    all: true,
    stdin: 'ignore',
    forceKillAfterDelay: false,
    env: {
      FACET_TRAINER: trainer,
      FACET_CACHE: join(tmpdir(), 'facet-cli-test-cache'),
      FACET_BACKEND: 'wasm',
      FACET_GRACE_SECONDS: '5',
      FAULTS_ACKNOWLEDGEMENTS: acknowledgements,
      ...env,
    },
  });
}
