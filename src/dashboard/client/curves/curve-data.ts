// Fetches the curves that are drawn, and nothing else: those of runs or of groups, over all steps, and in more detail where one has zoomed in.

import type { BandsReply, GroupBands, RunSeriesData, SeriesReply } from '../../data/api.ts';

interface CurveRequest {
  metrics: readonly string[];
  /** The fields whose values make the groups; null: single runs. */
  by: readonly string[] | null;
  /** Ids of the runs to draw; null: all. */
  runs: readonly string[] | null;
  /** Steps in sight; null: all. */
  range: { from: number; to: number } | null;
  points: number;
}

export interface CurveData {
  /** What is drawn now. Asks where something of it is not there, or is older than `version`. */
  ask(request: CurveRequest, version: string): void;
  /** By run: in the range, or over all steps while the range is not there yet. */
  series(id: string): RunSeriesData | null;
  whole(id: string): RunSeriesData | null;
  groups(): readonly GroupBands[];
  /** Whether an answer to what is drawn has come. */
  isThere(): boolean;
}

interface Slot {
  address: string;
  version: string;
  isAsking: boolean;
  cursor: string;
  series: Map<string, RunSeriesData>;
  groups: readonly GroupBands[];
  hasCome: boolean;
  askedAtMs: number;
}

/** While runs train the same curves are asked for no more often. */
const REST_MS = 1500;

/** `api`: the experiment's address among the data routes. `onData`: called when something new is there. */
export function createCurveData(api: string, onData: () => void): CurveData {
  let whole: Slot | null = null;
  let detail: Slot | null = null;
  let last: { request: CurveRequest; version: string } | null = null;
  let timer = 0;

  function use(old: Slot | null, request: CurveRequest, version: string): Slot {
    const address = addressOf(request);
    const slot = old?.address === address ? old : newSlot(address, old);
    if (slot.isAsking || (slot.hasCome && slot.version === version)) return slot;
    const restMs = slot.hasCome ? slot.askedAtMs + REST_MS - performance.now() : 0;
    if (restMs <= 0) void fetchInto(slot, version);
    else {
      window.clearTimeout(timer);
      timer = window.setTimeout(askAgain, restMs);
    }
    return slot;
  }

  function askAgain(): void {
    if (last) ask(last.request, last.version);
  }

  async function fetchInto(slot: Slot, version: string): Promise<void> {
    slot.isAsking = true;
    slot.askedAtMs = performance.now();
    try {
      const since = slot.cursor === '' ? '' : `&since=${encodeURIComponent(slot.cursor)}`;
      const response = await fetch(`${api}/${slot.address}${since}`, { signal: AbortSignal.timeout(TIMEOUT_MS), cache: 'no-store' });
      if (!response.ok) throw new Error(`answered ${response.status}`);
      const reply = (await response.json()) as SeriesReply | BandsReply;
      if ('groups' in reply) slot.groups = reply.groups;
      else {
        for (const run of reply.runs) slot.series.set(run.id, run);
        slot.cursor = reply.cursor;
      }
      const { done, of } = reply.reading;
      slot.version = done < of ? '' : version; // the server has not read everything yet
      slot.hasCome = true;
    } catch {
      window.clearTimeout(timer); // the poll says that the server does not answer
      timer = window.setTimeout(askAgain, RETRY_MS);
      return;
    } finally {
      slot.isAsking = false;
    }
    if (slot === whole || slot === detail) {
      onData();
      askAgain();
    }
  }

  function ask(request: CurveRequest, version: string): void {
    last = { request, version };
    if (request.metrics.length === 0) return;
    whole = use(whole, { ...request, range: null }, version);
    detail = request.range === null ? null : use(detail, request, version);
  }

  return {
    ask,
    series: (id) => (detail?.hasCome ? detail.series.get(id) : whole?.series.get(id)) ?? null,
    whole: (id) => whole?.series.get(id) ?? null,
    groups: () => (detail?.hasCome ? detail.groups : (whole?.groups ?? [])),
    isThere: () => whole?.hasCome === true,
  };
}

const TIMEOUT_MS = 30_000;
const RETRY_MS = 3000;

/** What the old one has is shown until the new one has come. */
function newSlot(address: string, old: Slot | null): Slot {
  return {
    address,
    version: '',
    isAsking: false,
    cursor: '',
    series: new Map(old?.series),
    groups: old?.groups ?? [],
    hasCome: false,
    askedAtMs: 0,
  };
}

/** An address has room for so many ids; more runs are asked for all together. */
const MOST_IDS = 60;

function addressOf({ metrics, by, runs, range, points }: CurveRequest): string {
  const query = new URLSearchParams(metrics.map((metric) => ['metric', metric]));
  if (by === null) for (const id of runs !== null && runs.length <= MOST_IDS ? runs : []) query.append('run', id);
  else for (const field of by.length === 0 ? [''] : by) query.append('by', field);
  if (range !== null) {
    query.set('from', String(range.from));
    query.set('to', String(range.to));
  }
  query.set('points', String(points));
  return `${by === null ? 'series' : 'bands'}?${query}`;
}
