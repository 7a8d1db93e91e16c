// Sizes shared by both networks.

export interface NetworkShape {
  latentSize: number;
  /** Label bits: attributes and rotations. */
  conditions: number;
  /** Channels at 4x4 in each branch of the generator. */
  width: number;
  imageSize: 32 | 64 | 128;
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
