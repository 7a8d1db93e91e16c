// The controls above the charts. The address keeps what they are set to.

import type { XAxis } from '../curves/lines.ts';
import { find, setText } from '../elements.ts';
import type { UrlState } from '../url-state.ts';

type Lines = 'deviation' | 'range' | 'runs';

interface CurveSettings {
  x: XAxis;
  lines: Lines;
  smoothingSteps: number;
  clipSpikes: boolean;
  logScale: boolean;
}

export interface CurveControls {
  values(): CurveSettings;
  /**
   * What is usual for these runs: it counts once, when it is first known, so that nothing changes by itself afterwards. `steps`: of the
   * longest run, as far as it is planned; 0: not known yet.
   */
  setUsual(usual: { steps: number; hasGroups: boolean }): void;
}

const SMOOTHING_STEPS = [0, 3, 10, 20, 50, 100, 200, 500, 1000, 2000];
const SHARE_OF_RUN = 0.02;

export function readCurveControls(urlState: UrlState, onChange: () => void): CurveControls {
  const smoothing = find<HTMLInputElement>('smoothing');
  const label = find('smoothing-label');
  const lines = document.getElementById('curve-lines') as HTMLSelectElement | null;
  const x = find<HTMLSelectElement>('x-axis');
  const clip = find<HTMLInputElement>('clip');
  const log = find<HTMLInputElement>('log-scale');
  const usual = { smoothing: 0, lines: 'runs' as Lines };
  let hasUsual = false;
  let hasSmoothing = false;

  const steps = (): number => SMOOTHING_STEPS[Number(smoothing.value)] ?? 0;
  const linesNow = (): Lines => (lines?.value as Lines | undefined) ?? 'runs';
  const show = (): void => {
    const text = steps() === 0 ? 'none' : `${steps()} steps`;
    setText(label, text);
    smoothing.setAttribute('aria-valuetext', text);
    const minutes = [...x.options].find(({ value }) => value === 'minutes')!;
    minutes.disabled = linesNow() !== 'runs'; // the runs of a group take different times
    if (minutes.disabled && x.value === 'minutes') x.value = 'step';
  };
  const restore = (): void => {
    const chosen = SMOOTHING_STEPS.indexOf(Number(urlState.get('smooth') ?? Number.NaN));
    smoothing.value = String(chosen === -1 ? usual.smoothing : chosen);
    if (lines) choose(lines, urlState.get('lines'), usual.lines);
    choose(x, urlState.get('x'), 'step');
    clip.checked = urlState.get('clip') !== '0';
    log.checked = urlState.get('log') === '1';
    show();
  };
  restore();
  urlState.onRestore(restore);

  const keepSmoothing = (isStep: boolean): void => {
    urlState.set('smooth', Number(smoothing.value) === usual.smoothing ? '' : String(steps()), isStep);
    show();
    onChange();
  };
  smoothing.addEventListener('input', () => keepSmoothing(false));
  smoothing.addEventListener('change', () => keepSmoothing(true));
  for (const control of [x, clip, log, ...(lines ? [lines] : [])]) {
    control.addEventListener('change', () => {
      show();
      urlState.set('lines', linesNow() === usual.lines ? '' : linesNow());
      urlState.set('x', x.value === 'step' ? '' : x.value);
      urlState.set('clip', clip.checked ? '' : '0');
      urlState.set('log', log.checked ? '1' : '');
      onChange();
    });
  }

  return {
    values: () => ({
      x: x.value as XAxis,
      lines: linesNow(),
      smoothingSteps: steps(),
      clipSpikes: clip.checked,
      logScale: log.checked,
    }),
    setUsual(wanted) {
      if (hasUsual && (hasSmoothing || wanted.steps === 0)) return;
      if (!hasUsual) usual.lines = lines !== null && wanted.hasGroups ? 'deviation' : 'runs';
      hasUsual = true;
      hasSmoothing = wanted.steps > 0;
      usual.smoothing = Math.max(
        0,
        SMOOTHING_STEPS.findLastIndex((choice) => choice <= wanted.steps * SHARE_OF_RUN),
      );
      restore();
    },
  };
}

function choose(select: HTMLSelectElement, wanted: string | null, usual: string): void {
  select.value = [...select.options].some(({ value }) => value === wanted) ? wanted! : usual;
}
