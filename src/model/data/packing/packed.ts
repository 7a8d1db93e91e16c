// Reads a packed data set. Pixels stay on disk and in the system's page cache, which all children share.

import { closeSync, openSync, readFileSync, readSync } from 'node:fs';
import { DataError } from '../sources/source.ts';
import { labelsFile, type PackManifest, pixelsFile, readManifest } from './manifest.ts';

export interface PackedDataset {
  folder: string;
  manifest: PackManifest;
  count: number;
  imageSize: number;
  /** In label order. */
  attributes: readonly string[];
  /** 0 or 1, [count, attributes.length]. */
  labels: Uint8Array;
  /** Fills `into` with uint8 RGB, [indices.length, imageSize, imageSize, 3]. */
  readPictures(indices: Uint32Array, into: Uint8Array): void;
  /** Afterwards nothing can be read any more. */
  close(): void;
}

/** Throws a UserError where the folder is not a whole packed data set. */
export function openPacked(folder: string): PackedDataset {
  const manifest = readManifest(folder);
  const { count, imageSize, attributes } = manifest;
  const labels = new Uint8Array(readFileSync(labelsFile(folder)));
  const pictureBytes = imageSize * imageSize * 3;
  const file = openSync(pixelsFile(folder), 'r');
  return {
    folder,
    manifest,
    count,
    imageSize,
    attributes,
    labels,
    readPictures(indices, into) {
      for (let i = 0; i < indices.length; i++) {
        const read = readSync(file, into, i * pictureBytes, pictureBytes, indices[i]! * pictureBytes);
        if (read !== pictureBytes)
          throw new DataError(`${pixelsFile(folder)}: picture ${indices[i]} is cut short; delete the folder to pack it again`);
      }
    },
    close: () => closeSync(file),
  };
}
