// What a pass reads and leaves behind, as the layers see it.

import type { Parameters, Tensor } from '../kernels/kernels.ts';

/** Parameters as a forward pass reads them. */
export type Weights = Pick<Parameters, 'get'>;

/**
 * What a pass leaves for later ones beside the parameters, float32, by the name that a checkpoint gives it: of each batch norm
 * `<norm>.running_mean` and `<norm>.running_variance`, [channels]; where weights are averaged, the averages of these with `.ema` behind;
 * of each weight that spectral normalization divides `<layer>.spectral_u`, [out].
 */
export type State = Map<string, Tensor>;

export type ReadonlyState = ReadonlyMap<string, Tensor>;
