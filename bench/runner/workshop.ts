// What the measurements of the runner share: a folder of their own, the smallest trainer, and ways to run Facet and the loop.

import { spawn, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Provenance, RunRecord } from '../../src/results/records.ts';
import { writeRunRecord } from '../../src/results/write-run.ts';

export interface Workshop {
  /** Removed at the end. */
  folder: string;
  /** The bundle of the command line as it was at the beginning, so that an edit does not change what is measured. */
  cli: string;
  /** An executable: `<trainer> <run folder>`. */
  trainer: string;
}

/** Where the bundles of the sources as they are lie. */
export async function findBuild(): Promise<string> {
  const { ensureBuilt }: typeof import('../../scripts/build.js') = await import(pathToFileURL(join(FACET_ROOT, 'scripts/build.js')).href);
  return ensureBuilt();
}

/** Removed when this process ends. */
export function makeFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'facet-bench-'));
  process.on('exit', () => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

export async function openWorkshop(): Promise<Workshop> {
  const cli = join(await findBuild(), 'cli.js');
  const folder = makeFolder();
  const trainer = join(folder, 'trainer');
  const { status } = spawnSync('cc', ['-O2', '-o', trainer, join(FACET_ROOT, 'bench/runner/trainer.c')], { stdio: 'inherit' });
  if (status !== 0) throw new Error('The trainer of this benchmark is a C program: install a C compiler (cc).');
  return { folder, cli, trainer };
}

/** A sweep of so many runs that differ in their seeds; a larger one has the runs of a smaller one. */
export function writeSweep({ folder }: Workshop, name: string, runs: number, parallel: number): string {
  const file = join(folder, `${name}-${runs}.yaml`);
  const lines = [
    `name: ${name}`,
    'attributes: [Male]',
    'dataset: {images: 64, imageSize: 32}',
    'model: {width: 8}',
    'training: {batchSize: 16, epochs: 1}',
    `execution: {parallel: ${parallel}}`,
    `sweep: {random: {samples: ${runs}, training.seed: {min: 0, max: 4294967295}}}`,
  ];
  writeFileSync(file, `${lines.join('\n')}\n`);
  return file;
}

/** Wall time of a command in ms. Throws where it fails. */
export function time(command: readonly string[], env: NodeJS.ProcessEnv = process.env): number {
  const [program, ...args] = command;
  const start = performance.now();
  const { status, stderr } = spawnSync(program!, args, { env, maxBuffer: 2 ** 28 });
  const ms = performance.now() - start;
  if (status !== 0) throw new Error(`${command.join(' ')} ended with ${status}: ${stderr}`);
  return ms;
}

export interface Use {
  /** The most memory that it took at any time, in MB (10^6 bytes). */
  peakMegabytes: number;
  /** Of processors, without its children. On a busy machine it tells more than the wall time. */
  processorSeconds: number;
}

/** What a Node program used, by its own account. */
export function measureUse({ folder }: Workshop, args: readonly string[]): Use {
  const file = join(folder, 'use.json');
  const report = join(folder, 'report-use.mjs');
  writeFileSync(
    report,
    `import { writeFileSync } from 'node:fs';
process.on('exit', () => writeFileSync(${JSON.stringify(file)}, JSON.stringify(process.resourceUsage())));
`,
  );
  time([process.execPath, '--import', pathToFileURL(report).href, ...args]);
  const { maxRSS, userCPUTime, systemCPUTime } = JSON.parse(readFileSync(file, 'utf8'));
  return { peakMegabytes: (maxRSS * 1024) / 1e6, processorSeconds: (userCPUTime + systemCPUTime) / 1e6 };
}

export interface SweepRun {
  ms: number;
  /** Lines of its output with the time at which each arrived, in ms since 1970. */
  lines: { atMs: number; text: string }[];
  /** Memory in MB and lines so far, several times a second. Linux only. */
  memory: { megabytes: number; lines: number }[];
}

/** `facet run` with the smallest trainer, watched. */
export async function runSweep(
  workshop: Workshop,
  file: string,
  { results, trainerMs }: { results: string; trainerMs: number },
): Promise<SweepRun> {
  const start = performance.now();
  const child = spawn(process.execPath, [workshop.cli, 'run', file, '--results', results], {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { ...process.env, FACET_TRAINER: workshop.trainer, TRAINER_MS: String(trainerMs) },
  });
  const run: SweepRun = { ms: 0, lines: [], memory: [] };
  const sampling = setInterval(() => {
    const megabytes = readMemory(child.pid!);
    if (megabytes !== undefined) run.memory.push({ megabytes, lines: run.lines.length });
  }, 200);
  let rest = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    const atMs = performance.timeOrigin + performance.now();
    const lines = (rest + text).split('\n');
    rest = lines.pop()!;
    for (const line of lines) run.lines.push({ atMs, text: line });
  });
  const code = await new Promise((resolve) => child.on('close', resolve));
  run.ms = performance.now() - start;
  clearInterval(sampling);
  if (code !== 0) throw new Error(`facet run ended with ${code}: ${run.lines.at(-1)?.text}`);
  return run;
}

/** The plain loop: the same children in folders made beforehand. Wall time in ms; undefined where there is no xargs. */
export function runLoop(
  workshop: Workshop,
  { folder, runs, parallel, trainerMs }: { folder: string; runs: number; parallel: number; trainerMs: number },
) {
  for (let i = 0; i < runs; i++) mkdirSync(join(folder, String(i)), { recursive: true });
  const input = Array.from({ length: runs }, (_, i) => `${join(folder, String(i))}\n`).join('');
  const start = performance.now();
  const { status } = spawnSync('xargs', [`-P${parallel}`, '-n1', workshop.trainer], {
    input,
    env: { ...process.env, TRAINER_MS: String(trainerMs) },
  });
  return status === 0 ? performance.now() - start : undefined;
}

/** When each child of a folder of runs began and ended, in ms since 1970, by run id. */
export function readTimes(folder: string): Map<string, { begunMs: number; endedMs: number }> {
  const ids = readdirSync(folder, { withFileTypes: true }).filter((entry) => entry.isDirectory() && !entry.name.startsWith('.'));
  return new Map(
    ids.map(({ name }) => {
      const [begun, ended] = readFileSync(join(folder, name, 'times.txt'), 'utf8')
        .trim()
        .split(' ')
        .map(Number);
      return [name, { begunMs: begun! * 1000, endedMs: ended! * 1000 }];
    }),
  );
}

/** Makes a run folder with all that a child reads of run.json. */
export function writeRun(folder: string, { config, dataIdentity }: Pick<RunRecord, 'config' | 'dataIdentity'>): void {
  mkdirSync(folder);
  const provenance = { oneDnn: true } as Provenance;
  writeRunRecord(folder, { format: 1, id: 'bench', experiment: 'bench', axes: {}, config, dataIdentity, provenance });
}

/** The value in the middle, or at another share of the way from the lowest to the highest; NaN where there is none. */
export function median(values: readonly number[], share = 0.5): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
}

function readMemory(pid: number): number | undefined {
  try {
    return (Number(/VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]) * 1024) / 1e6;
  } catch {
    return undefined;
  }
}
