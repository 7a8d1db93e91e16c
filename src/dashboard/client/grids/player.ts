// Plays frames one after another. For each it waits a while, then until the frame in sight is drawn. There is one chain at a time,
// however often playing is paused and started again while a frame is being drawn.

export interface PlayerOptions {
  /** Time between two frames. */
  frameMs: number;
  /** Resolves when the frame in sight is drawn, so that playing never runs ahead of the pictures. */
  ready: () => Promise<unknown>;
  /** Shows the next frame. False where there is none: playing ends. */
  advance: () => boolean;
  onChange: (isPlaying: boolean) => void;
}

export interface Player {
  isPlaying(): boolean;
  play(): void;
  stop(): void;
}

export function createPlayer({ frameMs, ready, advance, onChange }: PlayerOptions): Player {
  let timer: number | undefined;
  /** The chain that may go on; any other one ends when it next compares itself with this. */
  let chain: object | null = null;

  function stop(): void {
    if (chain === null) return;
    clearTimeout(timer);
    chain = null;
    onChange(false);
  }

  function wait(mine: object): void {
    timer = setTimeout(() => void goOn(mine), frameMs) as unknown as number;
  }

  async function goOn(mine: object): Promise<void> {
    await ready();
    if (chain !== mine) return;
    if (advance()) wait(mine);
    else stop();
  }

  return {
    isPlaying: () => chain !== null,
    play() {
      if (chain !== null) return;
      chain = {};
      onChange(true);
      wait(chain);
    },
    stop,
  };
}
