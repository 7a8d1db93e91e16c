// TensorBoard's event files: TFRecord framing around messages `Event` of tensorflow/core/util/event.proto and summary.proto.

import { closeSync, openSync } from 'node:fs';
import { writeAll } from '../files/write.ts';
import { maskedCrc32c } from './crc32c.ts';
import { bytesField, doubleField, floatField, message, textField, wholeField } from './protobuf.ts';

export interface EventFile {
  /** Several values of one step. */
  append(at: { step: number; wallTime: number }, values: readonly EventValue[]): void;
  close(): void;
}

export type EventValue = { tag: string; about?: TagAbout } & ({ scalar: number } | { png: Uint8Array; width: number; height: number });

/** What TensorBoard shows beside a tag; it reads the first. */
export interface TagAbout {
  name: string;
  description: string;
}

/** The file must not exist. `wallTime`: seconds since 1970. */
export function createEventFile(path: string, wallTime: number): EventFile {
  const file = openSync(path, 'wx');
  let pending: Uint8Array[] = [];
  let bytes = 0;
  const flush = () => {
    writeAll(file, Buffer.concat(pending));
    pending = [];
    bytes = 0;
  };
  const write = (event: Uint8Array) => {
    pending.push(frame(event));
    bytes += event.length;
    if (bytes > FLUSH_AT) flush();
  };
  write(message(doubleField(1, wallTime), textField(3, 'brain.Event:2')));
  return {
    append({ step, wallTime }, values) {
      const summary = message(...values.map((value) => bytesField(1, encodeValue(value))));
      write(message(doubleField(1, wallTime), wholeField(2, step), bytesField(5, summary)));
    },
    close() {
      try {
        flush();
      } finally {
        closeSync(file);
      }
    },
  };
}

const FLUSH_AT = 1 << 18;
const RGB = 3;

/** Summary.Value: tag 1, simple_value 2, image 4 (height 1, width 2, colorspace 3, encoded_image_string 4), metadata 9. */
function encodeValue(value: EventValue): Uint8Array {
  const data =
    'scalar' in value
      ? floatField(2, value.scalar)
      : bytesField(4, message(wholeField(1, value.height), wholeField(2, value.width), wholeField(3, RGB), bytesField(4, value.png)));
  const plugin = message(textField(1, 'scalar' in value ? 'scalars' : 'images'));
  // SummaryMetadata: plugin_data 1 (plugin_name 1), display_name 2, summary_description 3
  const about =
    value.about && bytesField(9, message(bytesField(1, plugin), textField(2, value.about.name), textField(3, value.about.description)));
  return message(textField(1, value.tag), data, ...(about ? [about] : []));
}

/** A record: length as 64 bits, its masked CRC-32C, the bytes, their masked CRC-32C; all little-endian. */
function frame(bytes: Uint8Array): Uint8Array {
  const head = Buffer.alloc(12);
  head.writeBigUInt64LE(BigInt(bytes.length));
  head.writeUInt32LE(maskedCrc32c(head.subarray(0, 8)), 8);
  const foot = Buffer.alloc(4);
  foot.writeUInt32LE(maskedCrc32c(bytes));
  return Buffer.concat([head, bytes, foot]);
}
