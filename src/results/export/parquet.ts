// A table as Parquet, compressed with Snappy.

import { fileWriter, ParquetWriter, schemaFromColumnData } from 'hyparquet-writer';
import type { Cell, Column, TableFile } from './table.ts';

/** The file must not exist. Columns of `whole` are INT64, of `number` DOUBLE; any cell may be null. */
export function createParquet(path: string, columns: readonly Column[]): TableFile {
  const typed = columns.map(({ name, type }) => ({ name, type: TYPES[type], nullable: true }));
  const schema = schemaFromColumnData({ columnData: typed.map((column) => ({ ...column, data: [] })) });
  const writer = new ParquetWriter({ writer: fileWriter(path), schema, createdBy: 'facet' });
  let cells: (Cell | bigint)[][] = columns.map(() => []);
  const flush = () => {
    const columnData = typed.map((column, index) => ({ ...column, data: cells[index]! }));
    if (cells[0]!.length > 0) writer.write({ columnData, rowGroupSize: ROWS_OF_GROUP });
    cells = columns.map(() => []);
  };
  return {
    append(row) {
      for (const [index, cell] of row.entries()) {
        cells[index]!.push(columns[index]!.type === 'whole' && typeof cell === 'number' ? BigInt(cell) : cell);
      }
      if (cells[0]!.length >= ROWS_OF_GROUP) flush();
    },
    close() {
      flush();
      writer.finish();
    },
  };
}

const ROWS_OF_GROUP = 50_000;
const TYPES = { text: 'STRING', number: 'DOUBLE', whole: 'INT64', truth: 'BOOLEAN' } as const;
