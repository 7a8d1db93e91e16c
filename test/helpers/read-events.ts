// Reads TensorBoard's event files again, by the formats' own descriptions: TFRecord framing, Protocol Buffers. Shares nothing with what
// writes them.

import { readFileSync } from 'node:fs';

export interface ReadEvent {
  wallTime: number;
  step: number;
  version?: string;
  values: { tag: string; scalar?: number; image?: { height: number; width: number; png: Buffer }; name?: string; plugin?: string }[];
}

/** Throws where a length or a CRC does not fit. */
export function readEvents(path: string): ReadEvent[] {
  const bytes = readFileSync(path);
  const events: ReadEvent[] = [];
  for (let at = 0; at < bytes.length; ) {
    const length = Number(bytes.readBigUInt64LE(at));
    requireCrc(bytes.subarray(at, at + 8), bytes.readUInt32LE(at + 8));
    const data = bytes.subarray(at + 12, at + 12 + length);
    requireCrc(data, bytes.readUInt32LE(at + 12 + length));
    events.push(decodeEvent(data));
    at += 16 + length;
  }
  return events;
}

/** Bit by bit, without a table. */
export function slowCrc32c(bytes: Uint8Array): number {
  let crc = ~0;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ 0x82f63b78 : crc >>> 1;
  }
  return ~crc >>> 0;
}

function requireCrc(bytes: Uint8Array, masked: number): void {
  const turned = (masked - 0xa282ead8) >>> 0;
  const crc = ((turned >>> 17) | (turned << 15)) >>> 0;
  if (crc !== slowCrc32c(bytes)) throw new Error('A record does not match its CRC.');
}

function decodeEvent(bytes: Buffer): ReadEvent {
  const event: ReadEvent = { wallTime: 0, step: 0, values: [] };
  for (const { number, value } of fieldsOf(bytes)) {
    if (number === 1) event.wallTime = (value as Buffer).readDoubleLE();
    else if (number === 2) event.step = value as number;
    else if (number === 3) event.version = String(value);
    else if (number === 5) event.values = fieldsOf(value as Buffer).map((field) => decodeValue(field.value as Buffer));
  }
  return event;
}

function decodeValue(bytes: Buffer): ReadEvent['values'][number] {
  const decoded: ReadEvent['values'][number] = { tag: '' };
  for (const { number, value } of fieldsOf(bytes)) {
    if (number === 1) decoded.tag = String(value);
    else if (number === 2) decoded.scalar = (value as Buffer).readFloatLE();
    else if (number === 4) {
      const [height, width, , png] = fieldsOf(value as Buffer).map((field) => field.value);
      decoded.image = { height: height as number, width: width as number, png: png as Buffer };
    } else if (number === 9) {
      const [plugin, name] = fieldsOf(value as Buffer).map((field) => field.value as Buffer);
      decoded.plugin = String(fieldsOf(plugin!)[0]!.value);
      decoded.name = String(name);
    }
  }
  return decoded;
}

/** A whole number, or the bytes of anything else. */
function fieldsOf(bytes: Buffer): { number: number; value: number | Buffer }[] {
  const fields: { number: number; value: number | Buffer }[] = [];
  let at = 0;
  const varint = () => {
    let value = 0n;
    for (let shift = 0n; ; shift += 7n) {
      const byte = bytes[at++]!;
      value |= BigInt(byte & 127) << shift;
      if (byte < 128) return Number(value);
    }
  };
  const take = (length: number) => {
    at += length;
    return bytes.subarray(at - length, at);
  };
  while (at < bytes.length) {
    const key = varint();
    const wireType = key & 7;
    const value = wireType === 0 ? varint() : take(wireType === 1 ? 8 : wireType === 5 ? 4 : varint());
    fields.push({ number: key >> 3, value });
  }
  return fields;
}
