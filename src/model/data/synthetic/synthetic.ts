// The source of procedural faces in which all 40 attributes of CelebA can be seen.

import { createHash } from 'node:crypto';
import { CELEBA_ATTRIBUTES } from '../../../experiment/celeba-attributes.ts';
import { resolveDataset } from '../../../experiment/schema/dataset.ts';
import type { DataForm, Source, SourceChunk } from '../sources/source.ts';
import type { Drawings } from './pens.ts';

/** Raised whenever the same options give other pixels or labels. */
const GENERATOR_VERSION = 2;
const CHUNK = 64;
const CHUNKS_UNDER_WAY = 3;

export const syntheticForm: DataForm = {
  open(dataset) {
    const { images, seed, imageSize, drawings } = resolveDataset(dataset);
    return createSyntheticSource({ images: Number(images), seed: seed!, imageSize, drawings: drawings! });
  },
};

export interface SyntheticOptions {
  images: number;
  seed: number;
  imageSize: 32 | 64 | 128;
  drawings: Drawings;
}

/** Faces 0 to `images` - 1 of this seed. Face i depends on the seed and i alone, never on how many there are. */
export function createSyntheticSource(options: SyntheticOptions): Source {
  const { images, seed, imageSize, drawings } = options;
  return {
    attributes: CELEBA_ATTRIBUTES,
    identity: createHash('sha256')
      .update(JSON.stringify(['synthetic', GENERATOR_VERSION, images, seed, imageSize, ...(drawings === 1 ? [] : [{ drawings }])]))
      .digest('hex')
      .slice(0, 16),
    total: images,
    faults: [],
    notices: [],
    read: () => readChunks(options),
  };
}

/** A few chunks are under way while one is used: drawing and rasterizing run side by side, in bounded memory. */
async function* readChunks(options: SyntheticOptions): AsyncGenerator<SourceChunk> {
  const underWay: Promise<SourceChunk>[] = [];
  for (let first = 0; first < options.images || underWay.length > 0; ) {
    while (first < options.images && underWay.length < CHUNKS_UNDER_WAY) {
      const chunk = drawChunk(first, options);
      chunk.catch(() => {}); // a failure is thrown when its turn comes
      underWay.push(chunk);
      first += CHUNK;
    }
    yield await underWay.shift()!;
  }
}

async function drawChunk(first: number, { images, seed, imageSize, drawings }: SyntheticOptions): Promise<SourceChunk> {
  // The rasterizer is loaded by who draws: most commands only want to know the identity.
  const [{ renderFaces }, { drawTraits }] = await Promise.all([import('./render-faces.ts'), import('./traits.ts')]);
  const count = Math.min(CHUNK, images - first);
  const faces = Array.from({ length: count }, (_, i) => drawTraits(first + i, seed));
  const labels = new Uint8Array(count * CELEBA_ATTRIBUTES.length);
  let at = 0;
  for (const face of faces) for (const name of CELEBA_ATTRIBUTES) labels[at++] = face.labels[name] ? 1 : 0;
  return { pixels: await renderFaces(faces, imageSize, drawings), labels, faults: [] };
}
