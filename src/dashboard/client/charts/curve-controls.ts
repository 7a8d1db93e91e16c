// The controls above the charts. The address keeps what they are set to.

import { find, setText } from '../elements.ts';
import type { UrlState } from '../url-state.ts';
import type { XAxis } from './lines.ts';

export interface CurveControls {
  values(): { x: XAxis; smoothingSteps: number; clipSpikes: boolean; logScale: boolean };
  /** Sets the smoothing by the length of the longest run, unless a person has chosen one. */
  setLongestRun(steps: number): void;
}

const SMOOTHING_STEPS = [0, 3, 10, 20, 50, 100, 200, 500, 1000, 2000];
const SHARE_OF_RUN = 0.02;

export function readCurveControls(urlState: UrlState, onChange: () => void): CurveControls {
  const smoothing = find<HTMLInputElement>('smoothing');
  const label = find('smoothing-label');
  const x = find<HTMLSelectElement>('x-axis');
  const clip = find<HTMLInputElement>('clip');
  const log = find<HTMLInputElement>('log-scale');
  let isChosen = false;

  const steps = (): number => SMOOTHING_STEPS[Number(smoothing.value)] ?? 0;
  const show = (): void => {
    const text = steps() === 0 ? 'none' : `${steps()} steps`;
    setText(label, text);
    smoothing.setAttribute('aria-valuetext', text);
  };
  const chosen = SMOOTHING_STEPS.indexOf(Number(urlState.get('smooth') ?? Number.NaN));
  if (chosen !== -1) {
    smoothing.value = String(chosen);
    isChosen = true;
  }
  x.value = [...x.options].some((option) => option.value === urlState.get('x')) ? urlState.get('x')! : 'step';
  clip.checked = urlState.get('clip') !== '0';
  log.checked = urlState.get('log') === '1';
  show();

  smoothing.addEventListener('input', () => {
    isChosen = true;
    urlState.set('smooth', String(steps()));
    show();
    onChange();
  });
  for (const control of [x, clip, log]) {
    control.addEventListener('change', () => {
      urlState.set('x', x.value === 'step' ? '' : x.value);
      urlState.set('clip', clip.checked ? '' : '0');
      urlState.set('log', log.checked ? '1' : '');
      onChange();
    });
  }

  return {
    values: () => ({ x: x.value as XAxis, smoothingSteps: steps(), clipSpikes: clip.checked, logScale: log.checked }),
    setLongestRun(longest) {
      if (isChosen) return;
      const wanted = SMOOTHING_STEPS.findLastIndex((choice) => choice <= longest * SHARE_OF_RUN);
      smoothing.value = String(Math.max(0, wanted));
      show();
    },
  };
}
