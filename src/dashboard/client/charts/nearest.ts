// The point of a chart's lines that is nearest to the pointer, in pixels.

import type { Chart } from 'chart.js';
import type { Point } from '../curves/curves.ts';
import { type DrawnLine, pixelsOf } from './line-layer.ts';

export interface NearPoint {
  /** Of the line. */
  index: number;
  point: Point;
  /** Where it is drawn. */
  left: number;
  top: number;
}

/** null where no point is drawn. Looks only at points that may be nearer than the nearest one so far: lines are sorted by x. */
export function findNearest(chart: Chart, lines: readonly DrawnLine[], { left, top }: { left: number; top: number }): NearPoint | null {
  const { chartArea } = chart;
  if (!chartArea) return null;
  const pixels = pixelsOf(chart);
  const at = chart.scales.x!.getValueForPixel(left) ?? 0;
  let nearest: NearPoint | null = null;
  let distance = Number.POSITIVE_INFINITY;
  const look = (index: number, point: Point): boolean => {
    const pointLeft = pixels.left(point.x);
    if (Math.abs(pointLeft - left) >= distance) return false;
    const pointTop = pixels.top(point.y);
    const isSeen = pointLeft >= chartArea.left - 1 && pointLeft <= chartArea.right + 1;
    if (!isSeen || !(pointTop >= chartArea.top - 1 && pointTop <= chartArea.bottom + 1)) return true;
    const own = Math.hypot(pointLeft - left, pointTop - top);
    if (own < distance) {
      distance = own;
      nearest = { index, point, left: pointLeft, top: pointTop };
    }
    return true;
  };
  for (const [index, { points: data }] of lines.entries()) {
    const start = firstFrom(data, at);
    for (let i = start; i < data.length && look(index, data[i]!); i++);
    for (let i = start - 1; i >= 0 && look(index, data[i]!); i--);
  }
  return nearest;
}

/** The first point at or after x. */
function firstFrom(points: readonly Point[], x: number): number {
  let [low, high] = [0, points.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (points[middle]!.x < x) low = middle + 1;
    else high = middle;
  }
  return low;
}
