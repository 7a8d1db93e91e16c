// Sizes shared by both networks, and what they do otherwise than the article's.

export interface NetworkShape {
  latentSize: number;
  /** Label bits: attributes and rotations. */
  conditions: number;
  /** Channels at 4x4 in each branch of the generator. */
  width: number;
  imageSize: 32 | 64 | 128;
  /** See spectral-norm.ts. Absent, like each of the following: as in the article. */
  spectralNorm?: boolean;
  /** How the discriminator sees the labels: as planes beside the picture, or in projection.ts. */
  discriminatorLabels?: 'planes' | 'projection';
  /** See conditional-norm.ts. */
  conditionalNorm?: boolean;
  /** Weight of the auxiliary classifier's loss; 0 is none. See auxiliary.ts. */
  auxiliaryWeight?: number;
  /** See upsampling.ts. */
  upsampling?: 'transposed' | 'resize';
}

/** What a checkpoint says of its networks, as JSON: the sizes, and what is otherwise than in the article, in one order. */
export function describeShape(shape: NetworkShape): string {
  const { latentSize, conditions, width, imageSize, spectralNorm, discriminatorLabels, conditionalNorm, auxiliaryWeight, upsampling } =
    shape;
  return JSON.stringify({
    latentSize,
    conditions,
    width,
    imageSize,
    ...(spectralNorm && { spectralNorm }),
    ...(discriminatorLabels === 'projection' && { discriminatorLabels }),
    ...(conditionalNorm && { conditionalNorm }),
    ...(auxiliaryWeight && { auxiliaryWeight }),
    ...(upsampling === 'resize' && { upsampling }),
  });
}

/** Halvings between the picture and 4x4: 3 for 32, 4 for 64, 5 for 128. */
export const halvings = ({ imageSize }: NetworkShape): number => Math.log2(imageSize) - 2;

/**
 * Channels after the convolution that halves the picture for the `level`-th time (from 1), in the discriminator; the
 * first level is split between the image and the label branch. For width 512 at 64x64: 128, 256, 512, 1024.
 */
export const discriminatorChannels = (shape: NetworkShape, level: number): number =>
  (shape.width * 4 * 2 ** level) / 2 ** (halvings(shape) + 1);

/** Channels of the generator's picture at 4 * 2^level pixels: width 512 gives 512, 256, 128 for levels 1 to 3. */
export const generatorChannels = (shape: NetworkShape, level: number): number => (2 * shape.width) / 2 ** level;
