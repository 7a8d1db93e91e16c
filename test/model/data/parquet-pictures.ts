// A parquet file as CelebA's mirror has them: coded pictures, the number of the person, and two labels.

import { parquetWriteBuffer } from 'hyparquet-writer';
import { bitsOf, codedPicture } from './coded-pictures.ts';

/** Columns image, celeb_id, Smiling and Male; the labels are the first bits of the codes. */
export async function parquetOf(codes: readonly number[]): Promise<Uint8Array> {
  const pictures = await Promise.all(
    codes.map(async (code) => ({ bytes: new Uint8Array(await codedPicture(code)), path: `${String(code).padStart(6, '0')}.jpg` })),
  );
  const schema = [
    { name: 'root', num_children: 4 },
    { name: 'image', num_children: 2, repetition_type: 'OPTIONAL' },
    { name: 'bytes', type: 'BYTE_ARRAY', repetition_type: 'OPTIONAL' },
    { name: 'path', type: 'BYTE_ARRAY', converted_type: 'UTF8', repetition_type: 'OPTIONAL' },
    { name: 'celeb_id', type: 'INT64', repetition_type: 'REQUIRED' },
    { name: 'Smiling', type: 'BOOLEAN', repetition_type: 'REQUIRED' },
    { name: 'Male', type: 'BOOLEAN', repetition_type: 'REQUIRED' },
  ] as const;
  const columnData = [
    { name: 'image', data: pictures },
    { name: 'celeb_id', data: codes.map((code) => BigInt(code + 2000)) },
    ...['Smiling', 'Male'].map((name, bit) => ({ name, data: codes.map((code) => bitsOf(code, 2)[bit] === 1) })),
  ];
  return new Uint8Array(parquetWriteBuffer({ columnData, schema: [...schema], rowGroupSize: 1 }));
}
