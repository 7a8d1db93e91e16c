// What the runner costs, each beside the plainest thing that does the same work in the same minute.

import { join } from 'node:path';
import { measureUse, median, readTimes, runLoop, runSweep, time, type Workshop, writeSweep } from './workshop.ts';

export interface Row {
  what: string;
  facet: string;
  beside: string;
  /** The figure that has a bound, and the bound. */
  figure: number;
  bound: number;
  /** Lowest and highest of the repetitions. */
  range: [number, number];
}

const facetFile = join(FACET_ROOT, 'bin/facet.js');

/** `facet --help` and `facet plan` of a small file, as a user starts them, beside Node doing nothing. */
export function measureStart(workshop: Workshop, repetitions: number): Row[] {
  const none = join(workshop.folder, 'none');
  const small = writeSweep(workshop, 'small', 3, 1);
  const helps: number[] = [];
  const plans: number[] = [];
  const nodes: number[] = [];
  for (let i = 0; i < repetitions; i++) {
    nodes.push(time([process.execPath, '-e', '0']));
    helps.push(time([process.execPath, facetFile, '--help']));
    plans.push(time([process.execPath, facetFile, 'plan', small, '--results', none]));
  }
  const row = (what: string, times: number[], bound: number) => {
    const ratios = times.map((ms, i) => ms / nodes[i]!);
    return createRow({
      what,
      facet: `${whole(median(times))} ms`,
      beside: `node -e 0: ${whole(median(nodes))} ms`,
      figures: ratios,
      bound,
    });
  };
  return [row('facet --help', helps, 4), row('facet plan of 3 runs', plans, 7)];
}

/** `facet plan` of a large sweep: seconds, megabytes. */
export function measurePlanning(workshop: Workshop, { repetitions, runs }: { repetitions: number; runs: number }): Row[] {
  const file = writeSweep(workshop, 'large', runs, 1);
  const command = [workshop.cli, 'plan', file, '--results', join(workshop.folder, 'none')];
  const times: number[] = [];
  const nodes: number[] = [];
  for (let i = 0; i < repetitions; i++) {
    nodes.push(time([process.execPath, '-e', '0']));
    times.push(time([process.execPath, ...command]) / 1000);
  }
  const { peakMegabytes: peak, processorSeconds } = measureUse(workshop, command);
  const beside = `processor ${processorSeconds.toFixed(2)} s; node -e 0: ${whole(median(nodes))} ms`;
  return [
    createRow({ what: `planning ${runs} runs, s`, facet: `${median(times).toFixed(2)} s`, beside, figures: times, bound: 1 }),
    createRow({ what: `planning ${runs} runs, MB`, facet: `${whole(peak)} MB`, beside: '', figures: [peak], bound: 200 }),
  ];
}

/** Children of 200 ms, two at a time, beside xargs: the whole, and what happens around the end of a child. */
export async function measureChildren(workshop: Workshop, { repetitions, runs }: { repetitions: number; runs: number }): Promise<Row[]> {
  const file = writeSweep(workshop, 'children', runs, 2);
  const ratios: number[] = [];
  const facets: number[] = [];
  const loops: number[] = [];
  const notices: number[] = [];
  const turnarounds: number[] = [];
  const loopTurnarounds: number[] = [];
  for (let i = 0; i < repetitions; i++) {
    const results = join(workshop.folder, `children-${i}`);
    const { ms, lines } = await runSweep(workshop, file, { results, trainerMs: 200 });
    const folder = join(workshop.folder, `loop-${i}`);
    const loop = runLoop(workshop, { folder, runs, parallel: 2, trainerMs: 200 });
    const times = readTimes(join(results, 'children'));
    facets.push(ms);
    turnarounds.push(median(findTurnarounds(times, 2)));
    for (const [id, { endedMs }] of times) {
      const told = lines.find(({ atMs, text }) => atMs >= endedMs && text.includes(id));
      if (told) notices.push(told.atMs - endedMs);
    }
    if (loop === undefined) continue;
    loops.push(loop);
    ratios.push(ms / loop);
    loopTurnarounds.push(median(findTurnarounds(readTimes(folder), 2)));
  }
  const seconds = (ms: number[]) => `${(median(ms) / 1000).toFixed(2)} s`;
  return [
    createRow({
      what: `${runs} runs of 200 ms, two at a time`,
      facet: seconds(facets),
      beside: `xargs -P2: ${seconds(loops)}`,
      figures: ratios,
      bound: 1.08,
    }),
    createRow({
      what: "from a child's last act to the line about it, ms",
      facet: `${median(notices).toFixed(1)} ms`,
      beside: `9 of 10 within ${median(notices, 0.9).toFixed(1)} ms`,
      figures: notices,
      bound: 20,
    }),
    createRow({
      what: "from a child's last act to the next one's first, ms",
      facet: `${median(turnarounds).toFixed(1)} ms`,
      beside: `xargs -P2: ${median(loopTurnarounds).toFixed(1)} ms`,
      figures: turnarounds,
      bound: 20,
    }),
  ];
}

/** Memory of the runner over many runs, and how soon it has seen that they are done. */
export async function measureMany(workshop: Workshop, { repetitions, runs }: { repetitions: number; runs: number }): Promise<Row[]> {
  const results = join(workshop.folder, 'many');
  const file = writeSweep(workshop, 'many', runs, 8);
  const { ms, memory, lines } = await runSweep(workshop, file, { results, trainerMs: 0 });
  const loop = runLoop(workshop, { folder: join(workshop.folder, 'loop-many'), runs, parallel: 8, trainerMs: 0 });
  const share = Math.min(1000, runs / 5) / runs;
  const within = (from: number, to: number) =>
    memory.filter((sample) => sample.lines >= from * lines.length && sample.lines <= to * lines.length).map(({ megabytes }) => megabytes);
  const first = median(within(0, share));
  const last = median(within(1 - share, 1));
  const again: number[] = [];
  const wider: number[] = [];
  for (let i = 0; i < repetitions; i++) {
    again.push((await runSweep(workshop, file, { results, trainerMs: 0 })).ms / 1000);
    const more = writeSweep(workshop, 'many', runs + 1 + i, 8);
    wider.push((await runSweep(workshop, more, { results, trainerMs: 0 })).ms / 1000);
  }
  const beside = `${(runs / (ms / 1000)).toFixed(0)} runs a second; xargs -P8: ${loop === undefined ? '-' : (runs / (loop / 1000)).toFixed(0)}`;
  const { processorSeconds } = measureUse(workshop, [workshop.cli, 'run', file, '--results', results]);
  const processor = `processor ${processorSeconds.toFixed(2)} s`;
  const counted = Math.round(share * runs);
  return [
    createRow({
      what: `memory, last ${counted} of ${runs} runs / first ${counted}`,
      facet: `${whole(first)} to ${whole(last)} MB`,
      beside,
      figures: [last / first],
      bound: 1.1,
    }),
    createRow({
      what: `facet run, ${runs} runs done, nothing to do, s`,
      facet: `${median(again).toFixed(2)} s`,
      beside: processor,
      figures: again,
      bound: 2,
    }),
    createRow({
      what: `facet run, ${runs} runs done, one new, s`,
      facet: `${median(wider).toFixed(2)} s`,
      beside: '',
      figures: wider,
      bound: 2,
    }),
  ];
}

/** From each end to the start that used its place: the k-th end frees the place for the k-th start after the first ones. */
function findTurnarounds(times: ReadonlyMap<string, { begunMs: number; endedMs: number }>, parallel: number): number[] {
  const begun = [...times.values()].map(({ begunMs }) => begunMs).sort((a, b) => a - b);
  const ended = [...times.values()].map(({ endedMs }) => endedMs).sort((a, b) => a - b);
  return begun.slice(parallel).map((ms, i) => ms - ended[i]!);
}

function createRow({ figures, ...rest }: Omit<Row, 'figure' | 'range'> & { figures: number[] }): Row {
  return { ...rest, figure: rounded(median(figures)), range: [rounded(Math.min(...figures)), rounded(Math.max(...figures))] };
}

const whole = (value: number): string => value.toFixed(0);
const rounded = (value: number): number => Number(value.toPrecision(4));
