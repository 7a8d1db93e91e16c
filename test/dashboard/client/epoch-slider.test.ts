import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createEpochSlider, type EpochSlider } from '../../../src/dashboard/client/grids/epoch-slider.ts';
import { type FakePage, openFakePage } from '../../helpers/fake-page.ts';

let page: FakePage;
let slider: EpochSlider;
let moves: number[];
/** Of each picture that is being fetched: call it when it can be drawn. */
let draw: (() => void)[];

beforeEach(() => {
  vi.useFakeTimers();
  page = openFakePage();
  moves = [];
  draw = [];
  slider = createEpochSlider({
    initial: 1,
    onMove: (epoch) => moves.push(epoch),
    ready: () => new Promise<void>((done) => draw.push(done)),
  });
  slider.setEpochs(Array.from({ length: 100 }, (_, i) => i + 1));
});

afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

const clickPlay = (): void => page.find('play').click();
const isPressed = (): string | null => page.find('play').getAttribute('aria-pressed');
/** So many frames, all pictures drawn at once. */
async function passFrames(count: number): Promise<void> {
  for (let frame = 0; frame < count; frame++) {
    await vi.advanceTimersByTimeAsync(450);
    for (const done of draw.splice(0)) done();
    await vi.advanceTimersByTimeAsync(0);
  }
}

describe('playing the epochs', () => {
  it('moves one epoch a frame', async () => {
    clickPlay();
    await passFrames(5);
    expect(moves).toEqual([2, 3, 4, 5, 6]);
    expect(isPressed()).toBe('true');
  });

  it('waits for the pictures of an epoch', async () => {
    clickPlay();
    await vi.advanceTimersByTimeAsync(10_000);
    expect(moves).toEqual([]);
    await passFrames(1);
    expect(moves).toEqual([2]);
  });

  it('keeps its speed when it is paused and played again while a picture is being fetched', async () => {
    clickPlay();
    await vi.advanceTimersByTimeAsync(450); // the frame is over, its pictures are not there yet
    expect(draw).toHaveLength(1);
    for (let times = 0; times < 3; times++) {
      clickPlay();
      clickPlay();
    }
    await passFrames(6);
    expect(moves).toEqual([2, 3, 4, 5, 6, 7]);
  });

  it('stays where it was paused, also when a picture that was being fetched comes afterwards', async () => {
    clickPlay();
    await vi.advanceTimersByTimeAsync(450);
    clickPlay();
    expect(isPressed()).toBe('false');
    await passFrames(5);
    expect(moves).toEqual([]);
  });

  it('stops at the last epoch, and begins at the first when it is played from there', async () => {
    slider.setEpochs([1, 2, 3]);
    clickPlay();
    await passFrames(9);
    expect(moves).toEqual([2, 3]);
    expect(isPressed()).toBe('false');
    clickPlay();
    await passFrames(9);
    expect(moves).toEqual([2, 3, 1, 2, 3]);
  });

  it('stops when somebody moves the slider', async () => {
    clickPlay();
    page.find('epoch').value = '49';
    page.find('epoch').dispatchEvent(new Event('input'));
    await passFrames(4);
    expect(moves).toEqual([50]);
    expect(slider.epoch()).toBe(50);
  });
});
