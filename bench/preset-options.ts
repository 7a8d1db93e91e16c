// The options of a preset in the form that a trainer takes them.

import { listPresetFields, type PresetName } from '../src/experiment/schema/presets.ts';
import type { NetworkShape } from '../src/model/networks/shape.ts';
import type { TrainerOptions } from '../src/model/training/trainer.ts';

export type Options = Partial<NetworkShape> & TrainerOptions;

export const presetOptions = (preset: PresetName): Options =>
  Object.fromEntries([...listPresetFields(preset)].map(([path, value]) => [path.split('.')[1]!, value]));
