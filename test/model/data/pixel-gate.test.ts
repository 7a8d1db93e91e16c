import { expect, it } from 'vitest';
import { createPixelGate } from '../../../src/model/data/pictures/pixel-gate.ts';

it('never lets more pixels in than fit, but a larger picture alone, and goes on after a failure', async () => {
  const gate = createPixelGate(50);
  const inside: number[] = [];
  let most = 0;
  const seen: number[][] = [];
  const pictures = [20, 20, 20, 100, 10, 50, 1];
  const results = await Promise.allSettled(
    pictures.map((pixels) =>
      gate.pass(pixels, async () => {
        inside.push(pixels);
        seen.push([...inside]);
        most = Math.max(most, inside.length > 1 ? inside.reduce((sum, n) => sum + n) : 0);
        await new Promise((resolve) => setImmediate(resolve));
        inside.splice(inside.indexOf(pixels), 1);
        if (pixels === 100) throw new Error('broken');
        return pixels;
      }),
    ),
  );
  expect(most).toBeLessThanOrEqual(50);
  expect(seen).toContainEqual([100]);
  expect(seen).toContainEqual([20, 20]);
  expect(results.map((result) => (result.status === 'fulfilled' ? result.value : result.reason.message))).toEqual([
    20,
    20,
    20,
    'broken',
    10,
    50,
    1,
  ]);
});
