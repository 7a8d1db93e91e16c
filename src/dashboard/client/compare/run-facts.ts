// All that is known of the runs, asked for when a part of the page first needs it and again when the runs have changed.

import type { ExperimentData, RunData } from '../../data/api.ts';
import type { RunFacts } from './fields.ts';

export interface FactsSource {
  /** null until the first answer is there; asking for it starts that. */
  get(): RunFacts | null;
  /** The page's data are of this version. */
  setVersion(version: string): void;
}

/** `onChange`: called with each answer that has something new. */
export function createFactsSource(api: string, onChange: () => void): FactsSource {
  let facts: RunFacts | null = null;
  let isWanted = false;
  let isAsking = false;
  let cursor = '';
  let [version, asked] = ['', ''];

  async function ask(): Promise<void> {
    if (!isWanted || isAsking || version === asked) return;
    isAsking = true;
    const about = version;
    try {
      const response = await fetch(`${api}/runs?since=${encodeURIComponent(cursor)}`);
      if (!response.ok) return; // the page's own question tells what is wrong
      const data = (await response.json()) as ExperimentData;
      facts = merge(facts, data);
      cursor = data.cursor;
      asked = about;
    } catch {
      return; // as above
    } finally {
      isAsking = false;
    }
    onChange();
    void ask();
  }

  return {
    get() {
      isWanted = true;
      void ask();
      return facts;
    },
    setVersion(now) {
      version = now;
      void ask();
    },
  };
}

function merge(old: RunFacts | null, { axes, metrics, parameters, order, runs }: ExperimentData): RunFacts {
  const known = new Map<string, RunData>((old?.runs ?? []).map((run) => [run.id, run]));
  for (const run of runs) known.set(run.id, run);
  const ids = order ?? [...known.keys()];
  return {
    axes,
    metrics,
    parameters: parameters ?? old?.parameters ?? { fields: [], values: {}, common: {} },
    runs: ids.flatMap((id) => known.get(id) ?? []),
  };
}
