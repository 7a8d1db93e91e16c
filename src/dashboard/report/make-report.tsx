// An experiment's page as one file that needs no server: the same page, script and style, with the answers to all that it asks for.

import { describeJson } from '../../results/compare/comparison-json.ts';
import { storeNonFinite } from '../../results/files/write.ts';
import { fieldsOfGroups, groupChoices } from '../client/groups/grouping.ts';
import type { ComparisonReply, RunData } from '../data/api.ts';
import { groupBands } from '../data/bands.ts';
import { describeComparison } from '../data/comparison.ts';
import { describeExperiment, describeGrids } from '../data/runs.ts';
import { readSeries, type SeriesRange } from '../data/series.ts';
import type { Assets } from '../http/assets.ts';
import { renderExperiment } from '../pages/experiment.tsx';
import { changesAsText, chartedMetrics } from '../views/changes.ts';
import { compareLive } from '../views/comparison.ts';
import type { LiveExperiment } from '../views/live-experiment.ts';
import type { LiveRun } from '../views/live-run.ts';
import type { ExperimentChanges, RunView } from '../wire.ts';
import { choosePictures, type ReportPictures } from './choose-pictures.ts';
import type { ReportData } from './report-data.ts';
import { RunDetails } from './run-details.tsx';

export interface ReportOptions {
  resultsRoot: string;
  assets: Assets;
  /** When and by what, for a person. */
  made: string;
}

/** Under this for some hundreds of runs. */
const MOST_BYTES = 4.7 * 1024 * 1024;
/** Beyond so many, single runs have no curves: those of their groups tell more. */
const MOST_SINGLE = 120;
const POINTS = 100;

export interface Report {
  html: string;
  /** What had to be left out so that it stays small, in a few words each; the report says it too. */
  leftOut: string[];
}

/** `live`: with all its curves read. */
export async function makeReport(live: LiveExperiment, { resultsRoot, assets, made }: ReportOptions): Promise<Report> {
  const runs = [...live.runs.values()];
  const changes = JSON.parse(changesAsText(live, { canStop: false })) as ExperimentChanges;
  for (const change of changes.runs) delete change.series;
  const comparison = compareAlong(live);
  const compared = compareLive(live);
  const answers = {
    changes,
    comparison,
    compared: compared && JSON.parse(JSON.stringify(describeJson(compared), storeNonFinite)),
    runs: describeExperiment(live, 0),
    grids: describeGrids(live, []),
    series: { cursor: live.cursor, reading: live.reading, runs: seriesOf(runs) },
    bands: bandsOf(live, changes),
  };
  const first = new Set(comparison['']!.points.flatMap(({ shown }) => shown?.id ?? []));
  const isLarge = runs.length > MOST_SINGLE;
  const judged = isLarge ? first : new Set(live.runs.keys());
  const parts = { script: assets.script.content.toString('utf8'), style: assets.style.content.toString('utf8') };
  const write = (data: ReportData, note: string): string =>
    pointInside(
      renderExperiment(live, assets, {
        ...parts,
        made: `${made}${note}`,
        data: JSON.stringify(data),
        runs: <RunDetails live={live} judged={judged} />,
      }),
    );
  const without = Buffer.byteLength(write({ ...answers, pictures: {} }, ''));
  const chosen = await choosePictures(runs, { resultsRoot, first, mostBytes: Math.max(0, MOST_BYTES - without) });
  const leftOut = [...(chosen.leftOut === null ? [] : [chosen.leftOut]), ...(isLarge ? ['curves of groups, not of single runs'] : [])];
  const note = leftOut.length === 0 ? '' : ` · to stay small it holds ${leftOut.join('; ')}`;
  return { html: write({ ...showOnly(answers, chosen), pictures: chosen.pictures }, note), leftOut };
}

function compareAlong(live: LiveExperiment): Record<string, ComparisonReply> {
  const usual = describeComparison(live, undefined);
  return Object.fromEntries([['', usual], ...usual.choices.map((field) => [field, describeComparison(live, field)])]);
}

function rangeOf(runs: readonly LiveRun[]): SeriesRange {
  return { metrics: chartedMetrics(runs).map(({ name }) => name), from: 1, to: Number.MAX_SAFE_INTEGER, points: POINTS };
}

function seriesOf(runs: readonly LiveRun[]): ReportData['series']['runs'] {
  return runs.length > MOST_SINGLE ? [] : runs.map((run) => readSeries(run, rangeOf([run]), 0));
}

/** For each way to colour the runs that the page offers. */
function bandsOf(live: LiveExperiment, changes: ExperimentChanges): ReportData['bands'] {
  const views = changes.runs.flatMap(({ view }) => view ?? []);
  const ways = groupChoices(views).flatMap(({ key }) => [fieldsOfGroups(views, key)].filter((by) => by !== null));
  const range = rangeOf([...live.runs.values()]);
  const { cursor, reading } = live;
  return Object.fromEntries(
    ways.map((by) => [by.join(), { cursor, reading, by: by.join(), groups: groupBands(live, by, range) }] as const),
  );
}

/** Only the grids that the report has, and links that lead to what it says of a run. */
function showOnly(
  answers: Omit<ReportData, 'pictures'>,
  { rows, pictures }: Pick<ReportPictures, 'rows' | 'pictures'>,
): Omit<ReportData, 'pictures'> {
  const has = (id: string, epoch: number): boolean => pictures[id]?.[epoch] !== undefined;
  const samplesOf = ({ id, samples }: Pick<RunView, 'id' | 'samples'>) => samples.filter(([epoch]) => has(id, epoch));
  const { changes, runs, grids } = answers;
  return {
    ...answers,
    changes: {
      ...changes,
      isActive: false, // it stays as it is, whoever is at work
      summary: pointInside(changes.summary),
      runs: changes.runs.map(({ id, view, row }) => ({
        id,
        ...(view && {
          view: {
            ...view,
            url: placeOf(id),
            samples: samplesOf(view),
            grid: view.grid && { ...view.grid, rows: rows.get(id) ?? view.grid.rows },
          },
        }),
        ...(row && { row }),
      })),
    },
    runs: { ...runs, runs: runs.runs.map((run): RunData => ({ ...run, url: placeOf(run.id) })) },
    grids: {
      ...grids,
      runs: grids.runs.map((each) => ({
        ...each,
        grid: each.grid && { ...each.grid, rows: rows.get(each.id) ?? each.grid.rows },
        samples: samplesOf(each),
      })),
    },
  };
}

/** The page's root is '#': what follows is a place in it. */
const placeOf = (id: string): string => `run-${encodeURIComponent(id)}`;

/** Links to pages of runs, as places in the report; those to files, as names that client/report.ts answers to. */
function pointInside(html: string): string {
  const own = html.replace(/href=(\\?)"\.\.\/api\/experiments\/[^"/]+\/(comparison\.\w+)/g, 'href=$1"#$2');
  return own.replace(/href="\.\.\/experiments\/[^"/]+(?:\/runs\/([^"/?#]+))?"/g, (_, id?: string) =>
    id === undefined ? 'href="#main"' : `href="#run-${id}"`,
  );
}
