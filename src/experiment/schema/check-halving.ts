// Room: experiment/schema (pure). sweep.halving against the runs that it is to choose among.

import type { Fault } from '../yaml/fault.ts';
import { findNode, type YamlMap } from '../yaml/yaml-node.ts';
import type { HalvingConfig, SweepPoint } from './schema.ts';

/** A run needs epochs left after the first comparison, or nothing is spared. */
export function checkHalving(halving: HalvingConfig | undefined, points: readonly SweepPoint[], root: YamlMap): Fault[] {
  const fewest = points.reduce((least, { config }) => Math.min(least, config.training.epochs), Number.POSITIVE_INFINITY);
  if (halving === undefined || halving.minEpochs < fewest) return [];
  const path = ['sweep', 'halving', 'minEpochs'];
  const message = `expected fewer epochs than a run trains (${fewest}), got ${halving.minEpochs}`;
  return [{ ...findNode(root, path).place, path: path.join('.'), message }];
}
