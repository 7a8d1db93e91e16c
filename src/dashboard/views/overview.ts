// The list of experiments. A look opens only the files that have changed since the look before; curves are never read.

import { readdirSync } from 'node:fs';
import { sep } from 'node:path';
import { LINK_NOT_FOLLOWED, listLinks } from '../../results/files/linked-experiments.ts';
import { logFile, metricsFile, outcomeFile, samplesFolder } from '../../results/paths.ts';
import type { Run } from '../../results/read.ts';
import type { RunState } from '../../results/records.ts';
import { listSamples } from '../../results/samples.ts';
import { countStates } from '../../results/states.ts';
import { experimentAddress } from '../http/addresses.ts';
import type { ExperimentReaders, SeenResults } from './experiment-reader.ts';
import { shareLooks, takeTurns, waitAtMost } from './look.ts';
import { isOld, isSettled, Rest, stampOf, stampOfStat, statOf } from './stamps.ts';

export interface ExperimentCard {
  name: string;
  url: string;
  description: string | null;
  /** Runs of each state that occurs. */
  states: [RunState, number][];
  runs: number;
  /** The numbers of attributes of its runs, each once, ascending. */
  attributeCounts: number[];
  /** When a file of its runs was last written; null where there is none. */
  activeAtMs: number | null;
  /** The newest sample grid. */
  thumbnail: { url: string; imageSize: number } | null;
  problems: string[];
}

export interface ExperimentList {
  /** The one last written to first. */
  cards: ExperimentCard[];
  /** What else lies in the results folder and is not shown, and why. */
  problems: string[];
}

/** What a card needs of a run's folder besides its records. */
interface RunTraces {
  run: Run;
  rest: Rest;
  samplesStamp: string | null;
  /** The newest picture, without the address of its experiment. */
  picture: { path: string; writtenAtMs: number } | null;
  activeAtMs: number;
}

/** Nothing is going on where no run is at work and nothing has been written for so long. */
const QUIET_MS = 20_000;

export class Overview {
  readonly #resultsRoot: string;
  readonly #readers: ExperimentReaders;
  readonly #refresh: () => Promise<void>;
  readonly #patienceMs: number;
  #list: ExperimentList | null = null;
  #traces = new Map<string, RunTraces>();

  /** `restMs`: how long one look is good for. `patienceMs`: how long a request waits for it. */
  constructor(resultsRoot: string, { readers, restMs, patienceMs }: { readers: ExperimentReaders; restMs: number; patienceMs: number }) {
    this.#patienceMs = patienceMs;
    this.#resultsRoot = resultsRoot;
    this.#readers = readers;
    this.#refresh = shareLooks(() => this.#look(), restMs);
  }

  async list(): Promise<ExperimentList> {
    if (this.#list === null) await this.#refresh();
    else await waitAtMost(this.#refresh(), this.#patienceMs);
    return this.#list!;
  }

  async #look(): Promise<{ isQuiet: boolean }> {
    const { folders, links } = listEntries(this.#resultsRoot);
    const traces = new Map<string, RunTraces>();
    const cards: ExperimentCard[] = [];
    for (const name of folders) {
      const results = await this.#readers.of(name).look();
      if (results.record || results.problems.length > 0 || results.runs.length > 0) cards.push(await this.#describe(results, traces));
    }
    cards.sort((a, b) => (b.activeAtMs ?? 0) - (a.activeAtMs ?? 0) || a.name.localeCompare(b.name));
    this.#readers.keepOnly(folders);
    this.#traces = traces;
    this.#list = { cards, problems: links.map((name) => `${name}: ${LINK_NOT_FOLLOWED}`) };
    const lastMs = Math.max(0, ...cards.map(({ activeAtMs }) => activeAtMs ?? 0));
    return { isQuiet: Date.now() - lastMs > QUIET_MS && !cards.some(({ states }) => states.some(([state]) => state === 'running')) };
  }

  async #describe({ name, record, runs, problems, stamps }: SeenResults, traces: Map<string, RunTraces>): Promise<ExperimentCard> {
    const url = experimentAddress(name);
    const current = runs.filter((run) => run.current);
    const turn = takeTurns();
    const attributeCounts = new Set<number>();
    let activeAtMs = 0;
    let newest: { url: string; imageSize: number; writtenAtMs: number } | null = null;
    for (const run of current) {
      await turn();
      const found = lookForTraces(run, { last: this.#traces.get(run.folder), stamp: stamps.get(run.id) ?? '' });
      traces.set(run.folder, found);
      activeAtMs = Math.max(activeAtMs, found.activeAtMs);
      if (run.record) attributeCounts.add(run.record.config.attributes.length);
      const { picture } = found;
      if (picture === null || picture.writtenAtMs <= (newest?.writtenAtMs ?? 0)) continue;
      newest = { ...picture, url: `${url}${picture.path}`, imageSize: run.record?.config.dataset.imageSize ?? 64 };
    }
    return {
      name,
      url,
      description: record?.description ?? null,
      states: [...countStates(current.map(({ state }) => state))],
      runs: current.length,
      attributeCounts: [...attributeCounts].sort((a, b) => a - b),
      activeAtMs: activeAtMs > 0 ? activeAtMs : null,
      thumbnail: newest && { url: newest.url, imageSize: newest.imageSize },
      problems: [...problems, ...runs.flatMap((run) => run.problems)].map((problem) =>
        problem.replaceAll(`${this.#resultsRoot}${sep}`, ''),
      ),
    };
  }
}

/** Folders and links by name; hidden ones are no results. None where there is no folder. */
function listEntries(resultsRoot: string): { folders: string[]; links: string[] } {
  try {
    const entries = readdirSync(resultsRoot, { withFileTypes: true }).filter(({ name }) => !name.startsWith('.'));
    const names = (shown: typeof entries): string[] => shown.map(({ name }) => name).sort();
    return {
      folders: names(entries.filter((entry) => entry.isDirectory())),
      links: listLinks(resultsRoot),
    };
  } catch {
    return { folders: [], links: [] };
  }
}

/** `stamp`: of its folder. */
function lookForTraces(run: Run, { last, stamp }: { last: RunTraces | undefined; stamp: string }): RunTraces {
  if (last?.run === run && last.rest.lasts(stamp)) return last;
  const samples = statOf(samplesFolder(run.folder));
  const samplesStamp = isSettled(samples) ? stampOfStat(samples) : null;
  const isUnchanged = last !== undefined && last.samplesStamp !== null && last.samplesStamp === samplesStamp;
  // A finished run has written its outcome last.
  const written = run.outcome ? [outcomeFile] : [metricsFile, logFile];
  const stats = [samples, ...written.map((file) => statOf(file(run.folder)))];
  const rest = last?.rest ?? new Rest();
  rest.begin(stamp, run.outcome !== null && stats.every(isOld));
  return {
    run,
    rest,
    samplesStamp,
    picture: isUnchanged ? last.picture : samples?.isDirectory() ? findNewestPicture(run) : null,
    activeAtMs: Math.max(...stats.map((stat) => stat?.mtimeMs ?? 0)),
  };
}

function findNewestPicture({ id, folder }: Run): RunTraces['picture'] {
  const newest = listSamples(folder).findLast(({ image }) => statOf(image)?.isFile());
  if (!newest) return null;
  const path = `/runs/${encodeURIComponent(id)}/samples/${newest.epoch}.png?v=${stampOf(newest.image)}`;
  return { path, writtenAtMs: statOf(newest.image)?.mtimeMs ?? 0 };
}
