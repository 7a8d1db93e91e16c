// A browser that measures pages: when their lines are drawn, what was sent, how long a frame takes.

import type { Browser, Page } from 'playwright-core';

export interface Drawn {
  firstByteMs: number;
  drawnMs: number;
  bodiesMiB: number;
  /** Of the page's main thread, from the navigation until its lines were drawn. */
  taskMs: number;
  heapMiB: number;
}

export const median = (values: number[]): number => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)]!;
export const pause = (ms: number): Promise<void> => new Promise((done) => setTimeout(done, ms));

/** From the beginning of the navigation until every chart has its lines, also below what is in sight, unchanged for a second. */
export async function openPage(browser: Browser, url: string): Promise<{ page: Page; drawn: Drawn }> {
  const context = await browser.newContext({ viewport: { width: 1600, height: 1000 } });
  const page = await context.newPage();
  const drawn = await navigate(page, () => page.goto(url, { waitUntil: 'commit', timeout: 120_000 }));
  return { page, drawn };
}

export async function navigate(page: Page, go: () => Promise<unknown>): Promise<Drawn> {
  const session = await page.context().newCDPSession(page);
  await session.send('Network.enable');
  await session.send('Performance.enable');
  const before = (await session.send('Performance.getMetrics')).metrics.find(({ name }) => name === 'TaskDuration')?.value ?? 0;
  let bytes = 0;
  session.on('Network.loadingFinished', ({ encodedDataLength }) => {
    bytes += encodedDataLength;
  });
  await go();
  const drawnMs = await page.evaluate(waitUntilDrawn);
  const firstByteMs = await page.evaluate(
    () => (performance.getEntriesByType('navigation')[0] as PerformanceNavigationTiming).responseStart,
  );
  const { metrics } = await session.send('Performance.getMetrics');
  const { JSHeapUsedSize, TaskDuration } = Object.fromEntries(metrics.map(({ name, value }) => [name, value]));
  await session.detach();
  return {
    firstByteMs,
    drawnMs,
    bodiesMiB: bytes / 2 ** 20,
    taskMs: Math.max(0, TaskDuration! - before) * 1000,
    heapMiB: JSHeapUsedSize! / 2 ** 20,
  };
}

/** In the page. Where no chart has a line, as none has been recorded, they are waited for at most 60 s. */
async function waitUntilDrawn(): Promise<number> {
  const count = (): string => {
    const canvases = [...document.querySelectorAll<HTMLCanvasElement>('#charts canvas[data-metric]')].filter((canvas) => {
      return canvas.getBoundingClientRect().height > 0 && !canvas.closest('figure')!.classList.contains('is-empty');
    });
    const counts = canvases.map((canvas) => {
      if (canvas.width === 0) return 0;
      const small = new OffscreenCanvas(160, 60).getContext('2d', { willReadFrequently: true })!;
      small.drawImage(canvas, 0, 0, 160, 60);
      const { data } = small.getImageData(0, 0, 160, 60);
      let coloured = 0;
      for (let i = 0; i < data.length; i += 4) {
        if (data[i + 3]! > 20 && Math.max(data[i]!, data[i + 1]!, data[i + 2]!) - Math.min(data[i]!, data[i + 1]!, data[i + 2]!) > 30)
          coloured++;
      }
      return coloured;
    });
    const isFilling = document.getElementById('connection')?.dataset.status === 'filling';
    return counts.length === 0 || isFilling || counts.some((each) => each < 100) ? '' : counts.join();
  };
  let last = '';
  let since = performance.now();
  const end = since + 60_000;
  while (performance.now() < end) {
    const now = count();
    if (now !== last) [last, since] = [now, performance.now()];
    else if (now !== '' && performance.now() - since > 1000) return since;
    await new Promise((done) => setTimeout(done, 40));
  }
  return Number.NaN;
}

/** Median time between two frames while the pointer moves over the first chart. */
export async function measureHover(page: Page): Promise<number> {
  const box = (await page.locator('#charts canvas[data-metric]').first().boundingBox())!;
  await page.evaluate(() => {
    const times: number[] = [];
    const next = (now: number): void => {
      times.push(now);
      requestAnimationFrame(next);
    };
    requestAnimationFrame(next);
    Object.assign(window, { frameTimes: times });
  });
  for (let i = 0; i < 80; i++)
    await page.mouse.move(box.x + 60 + (box.width - 80) * (i / 80), box.y + box.height * (0.3 + 0.4 * ((i % 7) / 7)));
  const times = await page.evaluate(() => (window as unknown as { frameTimes: number[] }).frameTimes);
  return median(times.slice(1).map((time, i) => time - times[i]!));
}

/** A step of the epoch slider: until the pictures in sight are drawn, and what was sent for it. */
export async function measureSlider(page: Page, steps: number): Promise<{ stepMs: number; stepMiB: number }> {
  await page.locator('#grids').scrollIntoViewIfNeeded();
  await page.locator('#epoch').focus();
  await pause(1500);
  const session = await page.context().newCDPSession(page);
  await session.send('Network.enable');
  let bytes = 0;
  session.on('Network.loadingFinished', ({ encodedDataLength }) => {
    bytes += encodedDataLength;
  });
  const times: number[] = [];
  for (let i = 0; i < steps; i++) {
    await page.keyboard.press('ArrowLeft');
    times.push(
      await page.evaluate(async () => {
        const start = performance.now();
        const seen = [...document.querySelectorAll<HTMLImageElement>('#grids img')].filter((image) => {
          const { top, bottom } = image.getBoundingClientRect();
          return bottom > 0 && top < innerHeight;
        });
        await Promise.allSettled(seen.map((image) => image.decode()));
        return performance.now() - start;
      }),
    );
    await pause(700);
  }
  await session.detach();
  return { stepMs: median(times), stepMiB: bytes / steps / 2 ** 20 };
}
