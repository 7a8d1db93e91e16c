// A run as an event file of TensorBoard: every metric as a scalar, every sample grid as a picture.

import { describeMetric, type Metric } from '../../experiment/metrics.ts';
import type { DeclaredMetrics } from '../../experiment/schema/sections/trainer.ts';
import { readPlainFile, UnreadableFile } from '../files/read.ts';
import { createEventFile, type EventValue, type TagAbout } from './event-file.ts';
import type { ExportedRecord, SampleRecord } from './run-records.ts';

export interface RunEvents {
  append(record: ExportedRecord): void;
  close(): void;
}

/** `declared`: what the run's own trainer says of its metrics. `startedAt`: seconds since 1970; the wall time of a record is its seconds of training later, whatever pauses there were. */
export function createRunEvents(
  path: string,
  { startedAt, declared, onProblem }: { startedAt: number; declared: DeclaredMetrics; onProblem: (line: string) => void },
): RunEvents {
  const file = createEventFile(path, startedAt);
  const described = new Set<string>();
  /** Only with the first value of a tag. */
  const aboutOnce = (tag: string, about: () => TagAbout): { about?: TagAbout } => {
    if (described.has(tag)) return {};
    described.add(tag);
    return { about: about() };
  };
  const toValue = (name: string, value: number, kind: Metric['when']): EventValue => {
    const tag = `${kind === 'step' ? 'training' : 'evaluation'}/${name}`;
    return { tag, scalar: value, ...aboutOnce(tag, () => describe(name, kind, declared)) };
  };
  return {
    append(record) {
      const at = { step: record.step, wallTime: startedAt + (record.seconds ?? 0) };
      if (record.kind === 'sample') {
        const picture = readPicture(record, onProblem);
        if (picture) file.append(at, [{ tag: 'samples', ...picture, ...aboutOnce('samples', () => SAMPLES) }]);
        return;
      }
      const { kind } = record;
      const values = Object.entries(record.values).map(([name, value]) => toValue(name, value, kind));
      if (values.length > 0) file.append(at, values);
    },
    close: file.close,
  };
}

const SAMPLES: TagAbout = { name: 'Sample grid', description: 'The same noise in each row, a condition in each column.' };
const SPEED: TagAbout = { name: 'Pictures a second', description: '' };

function describe(name: string, kind: Metric['when'], declared: DeclaredMetrics): TagAbout {
  if (name === 'imagesPerSecond') return SPEED;
  const { label, unit, meaning } = describeMetric(name, kind, declared);
  return { name: unit === null ? label : `${label} (${unit})`, description: meaning };
}

const MOST_PICTURE_BYTES = 64 * 1024 * 1024;
const SIGNATURE = Buffer.from('\x89PNG\r\n\x1a\n', 'latin1');

function readPicture({ image }: SampleRecord, onProblem: (line: string) => void) {
  try {
    const png = readPlainFile(image, MOST_PICTURE_BYTES);
    if (png !== null && png.length > 24 && png.subarray(0, 8).equals(SIGNATURE)) {
      return { png, width: png.readUInt32BE(16), height: png.readUInt32BE(20) }; // of IHDR, always the first chunk
    }
    onProblem(`${image}: expected a PNG, found something else; the grid is left out`);
  } catch (error) {
    if (!(error instanceof UnreadableFile)) throw error;
    onProblem(error.message);
  }
  return null;
}
