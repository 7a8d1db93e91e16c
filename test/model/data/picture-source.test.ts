import { expect, it } from 'vitest';
import { createPictureSource } from '../../../src/model/data/pictures/picture-source.ts';

/** Run ids are made of it: runs of earlier versions are found only as long as it stays. */
it.each([
  ['64 pixels of a crop of 178', { imageSize: 64, crop: 178 }, '80432bcdfe44189e'],
  ['32 pixels of whole pictures', { imageSize: 32, crop: undefined }, 'ef197e01263b1b17'],
])('the identity of listed pictures is what it was: %s', (_what, options, identity) => {
  const listing = {
    attributes: ['Happy', 'Old'],
    folder: '/pictures',
    files: ['a.jpg', 'sub/b.png'],
    sizesBytes: [1234, 99],
    stamps: ['a', 'b'],
    open: () => Buffer.alloc(0),
    labels: Uint8Array.from([1, 0, 0, 1]),
    faults: [],
    notices: [],
  };
  expect(createPictureSource(listing, options).identity).toBe(identity);
  const other = (change: Partial<typeof listing>) => createPictureSource({ ...listing, ...change }, options).identity;
  expect(other({ folder: '/elsewhere' })).toBe(identity);
  expect(other({ files: ['b.jpg', 'sub/b.png'] })).not.toBe(identity);
  expect(other({ sizesBytes: [1235, 99] })).not.toBe(identity);
  expect(other({ labels: Uint8Array.from([1, 0, 1, 1]) })).not.toBe(identity);
});
