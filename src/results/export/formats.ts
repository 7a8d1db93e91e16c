// (pure) The forms in which runs are exported.

export const EXPORT_FORMATS = ['csv', 'parquet', 'tensorboard'] as const;
export type ExportFormat = (typeof EXPORT_FORMATS)[number];
