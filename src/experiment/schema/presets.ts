// (pure) The sets of options that `model.preset` names: the one table of them. resolve-preset.ts puts them under an experiment file.

/**
 * Section -> field -> value, wherever a file sets none itself. `article` changes nothing: the defaults of schema.ts are the article's.
 *
 * `modern` holds what makes faces follow their labels on the drawn faces (docs/decisions/013-model-options.md has the figures):
 * - spectralNorm: Miyato, Kataoka, Koyama, Yoshida 2018, "Spectral normalization for generative adversarial networks"
 * - discriminatorLabels projection: Miyato, Koyama 2018, "cGANs with projection discriminator"
 * - conditionalNorm: Dumoulin, Shlens, Kudlur 2017, "A learned representation for artistic style"; de Vries et al. 2017
 * - auxiliaryWeight: Odena, Olah, Shlens 2017, "Conditional image synthesis with auxiliary classifier GANs"
 * - loss hinge: Lim, Ye 2017, "Geometric GAN"; Miyato et al. 2018
 * - learningRate, discriminatorLearningRate: found by searches and over seeds; two rates as in Heusel et al. 2017
 * - adamBeta1 0: Zhang, Goodfellow, Metaxas, Odena 2019, "Self-attention generative adversarial networks"
 * - emaDecay: Yazici et al. 2019, "The unusual effectiveness of averaging in GAN training"
 */
const PRESETS = {
  article: {},
  modern: {
    model: { spectralNorm: true, discriminatorLabels: 'projection', conditionalNorm: true, auxiliaryWeight: 1, upsampling: 'transposed' },
    training: { loss: 'hinge', learningRate: 0.0005, discriminatorLearningRate: 0.001, adamBeta1: 0, emaDecay: 0.999 },
  },
} as const satisfies Record<string, PresetValues>;

export type PresetName = keyof typeof PRESETS;

export const PRESET_NAMES = Object.keys(PRESETS) as [PresetName, ...PresetName[]];

/** Values by field, a section each. A test holds them against the schema. */
export interface PresetValues {
  readonly model?: Readonly<Record<string, PresetValue>>;
  readonly training?: Readonly<Record<string, PresetValue>>;
}

export type PresetValue = string | number | boolean | readonly string[];

/** `model.spectralNorm` -> its value, for every field that a preset sets. */
export function listPresetFields(preset: PresetName): Map<string, PresetValue> {
  const sections: [string, Readonly<Record<string, PresetValue>>][] = Object.entries(PRESETS[preset]);
  return new Map(sections.flatMap(([section, fields]) => Object.entries(fields).map(([field, value]) => [`${section}.${field}`, value])));
}

/** Every field whose default some preset decides. */
export const PRESET_FIELDS: ReadonlySet<string> = new Set(PRESET_NAMES.flatMap((preset) => [...listPresetFields(preset).keys()]));
