// One slider over all epochs of which any shown run has a grid. At its last position it stays with the newest epoch while runs train.

import { find, setText } from '../elements.ts';
import { createPlayer } from './player.ts';

export interface EpochSlider {
  /** The epochs to choose from, ascending, and how many are planned. */
  setEpochs(epochs: number[], planned?: number): void;
  /** null: the newest. */
  goTo(epoch: number | null): void;
  /** null while there are none. */
  epoch(): number | null;
  /** The epochs beside the current one. */
  neighbours(): number[];
}

export interface EpochSliderOptions {
  /** The epoch to begin at; null, or one that there is no grid of: the newest. */
  initial: number | null;
  /** Called when a person or the player has moved it. `isLatest`: it stands at the newest epoch. */
  onMove: (epoch: number, isLatest: boolean) => void;
  /** Resolves when the pictures of an epoch can be drawn: playing waits for it. */
  ready: (epoch: number) => Promise<unknown>;
}

const FRAME_MS = 450;

export function createEpochSlider({ initial, onMove, ready }: EpochSliderOptions): EpochSlider {
  const bar = find('epoch-bar');
  const input = find<HTMLInputElement>('epoch');
  const label = find('epoch-label');
  const play = find('play');
  let epochs: number[] = [];
  /** The epoch to stay at; null: the newest, whichever that is. */
  let chosen = initial;
  let last = 0;

  const index = (): number => Number(input.value);
  const show = (): void => {
    const text = epochs.length === 0 ? '' : `epoch ${epochs[index()]} of ${Math.max(last, epochs.at(-1)!)}`;
    setText(label, text);
    input.setAttribute('aria-valuetext', text);
  };
  const move = (to: number): void => {
    input.value = String(Math.max(0, Math.min(epochs.length - 1, to)));
    const isLatest = index() === epochs.length - 1;
    chosen = isLatest ? null : epochs[index()]!;
    show();
    onMove(epochs[index()]!, isLatest);
  };
  const place = (): void => {
    const at = chosen === null ? -1 : epochs.findLastIndex((epoch) => epoch <= chosen!);
    bar.hidden = epochs.length === 0;
    input.max = String(Math.max(0, epochs.length - 1));
    input.value = String(chosen === null ? epochs.length - 1 : Math.max(0, at));
    show();
  };
  const isAtEnd = (): boolean => index() >= epochs.length - 1;
  const player = createPlayer({
    frameMs: FRAME_MS,
    ready: () => ready(epochs[index()]!),
    advance() {
      if (isAtEnd()) return false;
      move(index() + 1);
      return true;
    },
    onChange: (isPlaying) => setPressed(play, isPlaying),
  });

  input.addEventListener('input', () => {
    player.stop();
    move(index());
  });
  play.addEventListener('click', () => {
    if (player.isPlaying()) return player.stop();
    if (isAtEnd()) move(0);
    player.play();
  });
  document.addEventListener('keydown', (event) => {
    const direction = event.key === 'ArrowLeft' ? -1 : event.key === 'ArrowRight' ? 1 : 0;
    if (direction === 0 || epochs.length === 0 || event.altKey || event.ctrlKey || event.metaKey || usesArrows(event.target)) return;
    event.preventDefault();
    player.stop();
    move(index() + direction);
  });

  return {
    setEpochs(next, planned = 0) {
      epochs = next;
      last = planned;
      place();
    },
    goTo(epoch) {
      chosen = epoch;
      place();
    },
    epoch: () => epochs[index()] ?? null,
    neighbours: () => [epochs[index() + 1], epochs[index() - 1]].filter((epoch) => epoch !== undefined),
  };
}

function setPressed(button: HTMLElement, isPlaying: boolean): void {
  button.setAttribute('aria-pressed', String(isPlaying));
  setText(button.querySelector('[aria-hidden]')!, isPlaying ? '❚❚' : '▶');
  setText(button.querySelector('.sr-only')!, isPlaying ? 'Pause' : 'Play');
}

/** Fields, selects and scrolling boxes have their own use for arrow keys. */
function usesArrows(target: EventTarget | null): boolean {
  return target instanceof HTMLElement && target.closest('input:not([type=checkbox]), select, textarea, [tabindex]') !== null;
}
