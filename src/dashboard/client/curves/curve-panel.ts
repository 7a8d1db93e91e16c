// The charts with their controls: what is fetched for them, as which lines it is drawn, and what of it is in sight.

import type { Metric } from '../../../experiment/metrics.ts';
import type { RunView } from '../../wire.ts';
import { createChartChoice } from '../charts/chart-choice.ts';
import { type BandKind, createCharts } from '../charts/charts.ts';
import { readCurveControls } from '../charts/curve-controls.ts';
import { find, setText } from '../elements.ts';
import type { UrlState } from '../url-state.ts';
import type { Range } from './axis.ts';
import { createCurveData } from './curve-data.ts';
import { secondsAt } from './curves.ts';
import { type ChartLine, commonPosition, type LineStyle, lineOfGroup, lineOfRun, type XAxis } from './lines.ts';

export interface CurveRuns {
  /** All runs, in the order of the experiment. */
  all: readonly RunView[];
  shown: readonly { view: RunView; style: LineStyle }[];
  /** Groups of which at least one run is shown, with all their members. */
  groups: readonly { key: string; label: string; members: readonly RunView[]; style: LineStyle }[];
  /** The fields whose values make the groups; null where each run is one. */
  by: readonly string[] | null;
  /** Changes when there may be something new. */
  version: string;
}

export interface CurvePanel {
  /** `epoch`: of the sample grids. */
  update(runs: CurveRuns, epoch: number | null): void;
  moveEpoch(epoch: number | null): void;
  /** `id`: of a run; null: none. */
  highlight(id: string | null): void;
}

export interface CurvePanelOptions {
  urlState: UrlState;
  /** The experiment's address among the data routes. */
  api: string;
  onHighlight: (id: string | null) => void;
  /** Something has to be drawn again. */
  onChange: () => void;
}

const X_TITLES: Record<XAxis, string> = { step: 'step', epoch: 'epoch', minutes: 'minutes of training' };

export function createCurvePanel({ urlState, api, onHighlight, onChange }: CurvePanelOptions): CurvePanel {
  const controls = readCurveControls(urlState, onChange);
  const choice = createChartChoice(urlState, onChange);
  const data = createCurveData(api, onChange);
  const canvases = [...document.querySelectorAll<HTMLCanvasElement>('#charts canvas')];
  const whenOf = new Map(canvases.map(({ dataset }) => [dataset.metric!, dataset.when]));
  const evaluated = new Set([...whenOf].flatMap(([name, when]) => (when === 'evaluation' ? [name] : [])));
  const charts = createCharts(canvases, {
    onHover: (id) => onHighlight(id === null ? null : (runOfLine.get(id) ?? null)),
    onZoom: setZoom,
  });
  const zoomButtons = { in: find('zoom-in'), out: find('zoom-out'), reset: find('reset-zoom') };
  zoomButtons.in.addEventListener('click', () => zoomBy(0.5));
  zoomButtons.out.addEventListener('click', () => zoomBy(2));
  zoomButtons.reset.addEventListener('click', () => setZoom(null));
  urlState.onRestore(onChange);
  /** A line that stands for one run. */
  let runOfLine = new Map<string, string>();
  let lineOfId = new Map<string, string>();
  let latest: { runs: CurveRuns; epoch: number | null } | null = null;
  let xRange: Range = { min: 0, max: 1 };

  function zoomNow(): Range | null {
    const [unit, min, max] = urlState.get('zoom')?.split(',') ?? [];
    const range = { min: Number(min), max: Number(max) };
    return unit === controls.values().x && range.max > range.min ? range : null;
  }

  function setZoom(range: Range | null): void {
    const digits = (value: number): string => String(Number(value.toPrecision(6)));
    urlState.set('zoom', range === null ? '' : `${controls.values().x},${digits(range.min)},${digits(range.max)}`);
    onChange();
  }

  function zoomBy(factor: number): void {
    const { min, max } = zoomNow() ?? xRange;
    const [middle, half] = [(min + max) / 2, ((max - min) * factor) / 2];
    const least = controls.values().x === 'step' ? 1 : 0;
    const next = { min: Math.max(xRange.min, middle - Math.max(half, least)), max: Math.min(xRange.max, middle + Math.max(half, least)) };
    setZoom(next.min <= xRange.min && next.max >= xRange.max ? null : next);
  }

  function draw(): void {
    if (latest === null) return;
    const { runs, epoch } = latest;
    const planned = runs.all.map(({ epochs, stepsPerEpoch, step }) => Math.max(step, (epochs ?? 0) * (stepsPerEpoch ?? 0)));
    const hasGroups = runs.by !== null && runs.groups.some(({ members }) => members.length > 1);
    controls.setUsual({ steps: Math.max(0, ...planned), hasGroups });
    const settings = controls.values();
    const { x } = settings;
    const asGroups = settings.lines !== 'runs' && runs.by !== null;
    const zoom = zoomNow();
    const range = zoom === null ? null : leadIn(stepsIn(zoom, x, runs.all), settings.smoothingSteps);
    const metrics = choice.shown().filter((name) => asGroups || !evaluated.has(name));
    const ids = runs.shown.map(({ view }) => view.id);
    const points = pointsFor(asGroups ? runs.groups.length : ids.length, zoom !== null);
    // A run's page has that one alone, of however many the experiment has.
    const areAll = ids.length === runs.all.length && ids.length > 1;
    data.ask({ metrics, by: asGroups ? runs.by : null, runs: areAll ? null : ids, range, points }, runs.version);
    const lines = asGroups ? groupLines(runs) : runLines(runs);
    runOfLine = new Map(
      asGroups
        ? runs.groups.flatMap(({ key, members }) => (members.length === 1 ? [[key, members[0]!.id]] : []))
        : ids.map((id) => [id, id]),
    );
    lineOfId = new Map(
      asGroups ? runs.groups.flatMap(({ key, members }) => members.map(({ id }) => [id, key] as const)) : ids.map((id) => [id, id]),
    );
    xRange = { min: 0, max: lastX(lines, runs, x) };
    const shownZoom = zoom && { min: Math.max(0, zoom.min), max: Math.min(xRange.max, zoom.max) };
    const isEmpty = runs.all.every(({ step }) => step === 0);
    find('curves-empty').hidden = !isEmpty;
    find('charts').hidden = isEmpty;
    zoomButtons.reset.hidden = zoom === null;
    const smoothed = settings.smoothingSteps > 0 ? ` Curves of steps are smoothed over ${settings.smoothingSteps} steps.` : '';
    setText(find('lines-note'), `${noteOf(asGroups, settings.lines, runs)}${smoothed}`.trim());
    const band: BandKind = asGroups ? (settings.lines === 'range' ? 'range' : 'deviation') : 'none';
    charts.update({
      lines,
      band,
      xTitle: X_TITLES[x],
      isWhole: x === 'step',
      xRange,
      zoom: shownZoom && shownZoom.max > shownZoom.min ? shownZoom : null,
      clipSpikes: settings.clipSpikes,
      logScale: settings.logScale,
      isSmoothed: settings.smoothingSteps > 0,
      epochX: epochX(epoch),
      emptyText,
    });
  }

  function runLines({ all, shown }: CurveRuns): ChartLine[] {
    const { x, smoothingSteps } = controls.values();
    return shown.map(({ view, style }) =>
      lineOfRun(view, { series: data.series(view.id), whole: data.whole(view.id), style }, { x, smoothingSteps, runs: all }),
    );
  }

  function groupLines({ all, groups }: CurveRuns): ChartLine[] {
    const { x, smoothingSteps } = controls.values();
    const bandsOf = new Map(data.groups().flatMap((bands) => bands.runs.map((id) => [id, bands] as const)));
    return groups.flatMap(({ key, label, members, style }) => {
      const current = members.filter((view) => view.current);
      const bands = bandsOf.get(current[0]?.id ?? '');
      if (bands === undefined || bands.runs.length !== current.length) return [];
      const name = members.length > 1 ? `${label}, mean` : label;
      return [lineOfGroup({ key, label: name, members: current }, { bands, style, evaluated }, { x, smoothingSteps, runs: all })];
    });
  }

  function emptyText({ when }: Metric): string {
    const { runs } = latest!;
    if (runs.shown.length === 0) return 'No run is shown: choose one above.';
    if (!data.isThere() && choice.shown().some((name) => !evaluated.has(name))) return 'Reading the curves …';
    if (when === 'step') return 'Not recorded by the runs that are shown.';
    return 'No value yet: it comes with the first evaluated epoch.';
  }

  function epochX(epoch: number | null): number | null {
    if (epoch === null || latest === null) return null;
    const views = latest.runs.shown.map(({ view }) => view);
    return commonPosition(views, { x: controls.values().x, epoch, wholeOf: data.whole });
  }

  /** The steps that a range of the x axis may hold, of any run. */
  function stepsIn({ min, max }: Range, x: XAxis, all: readonly RunView[]): { from: number; to: number } {
    if (x === 'step') return { from: Math.max(1, Math.floor(min)), to: Math.ceil(max) };
    if (x === 'epoch') {
      const lengths = all.flatMap(({ stepsPerEpoch }) => stepsPerEpoch ?? []);
      return { from: Math.max(1, Math.floor(min * Math.min(...lengths, Number.MAX_VALUE))), to: Math.ceil(max * Math.max(1, ...lengths)) };
    }
    const stepAt = (id: string, minutes: number): number => stepOf(data.whole(id), minutes);
    const ids = all.map(({ id }) => id).filter((id) => data.whole(id) !== null);
    return {
      from: Math.max(1, Math.floor(Math.min(...ids.map((id) => stepAt(id, min)), Number.MAX_SAFE_INTEGER))),
      to: Math.ceil(Math.max(1, ...ids.map((id) => stepAt(id, max)))),
    };
  }

  return {
    update(runs, epoch) {
      latest = { runs, epoch };
      draw();
    },
    moveEpoch(epoch) {
      if (latest) latest.epoch = epoch;
      charts.moveEpoch(epochX(epoch));
    },
    highlight: (id) => charts.highlight(id === null ? null : (lineOfId.get(id) ?? null)),
  };

  /** The end of the longest run that is shown: the same for all charts. */
  function lastX(lines: readonly ChartLine[], { all, shown }: CurveRuns, x: XAxis): number {
    const length = shown.find(({ view }) => view.stepsPerEpoch !== null)?.view.stepsPerEpoch ?? null;
    const ends = (shown.length > 0 ? shown.map(({ view }) => view) : all).map(({ id, step, stepsPerEpoch }) => {
      if (x === 'step') return step;
      if (x === 'epoch') return step / (stepsPerEpoch ?? length ?? Math.max(1, step));
      const whole = data.whole(id);
      return whole === null ? 0 : secondsAt(whole, whole.lastStep) / 60;
    });
    const drawn = lines.flatMap(({ points }) => Object.values(points).map((list) => list.at(-1)?.x ?? 0));
    return Math.max(0, ...ends, ...drawn.filter(Number.isFinite)) || 1;
  }
}

/** Smoothing begins before what is in sight, so that it is the same as without zoom. */
function leadIn({ from, to }: { from: number; to: number }, smoothingSteps: number): { from: number; to: number } {
  return { from: Math.max(1, from - LEAD * smoothingSteps), to };
}

const LEAD = 4;

/** As many as a chart can show, fewer where there are so many lines that it is a tangle anyway. */
function pointsFor(lines: number, isZoomed: boolean): number {
  return isZoomed || lines <= 16 ? 300 : lines <= 60 ? 200 : 100;
}

/** The last step before a moment. */
function stepOf(whole: { seconds: number[]; bucketSteps: number } | null, minutes: number): number {
  if (whole === null) return 0;
  const bucket = whole.seconds.findIndex((seconds) => seconds >= minutes * 60);
  return (bucket === -1 ? whole.seconds.length : bucket + 1) * whole.bucketSteps;
}

function noteOf(asGroups: boolean, lines: string, { groups, all, shown }: CurveRuns): string {
  if (!asGroups) return shown.length < all.length ? `${shown.length} of ${all.length} runs.` : '';
  const around = lines === 'range' ? 'from the least to the greatest value' : '± one standard deviation';
  const members = groups.reduce((sum, group) => sum + group.members.filter(({ current }) => current).length, 0);
  return `Lines are means over all ${members} runs of ${groups.length === 1 ? 'the group' : `${groups.length} groups`}; bands: ${around}.`;
}
