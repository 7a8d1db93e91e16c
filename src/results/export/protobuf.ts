// (pure) Messages of Protocol Buffers, written field by field: https://protobuf.dev/programming-guides/encoding/

/** Fields of one message, in the order in which they are given; their bytes one after the other are the message. */
export type Field = Uint8Array;

const VARINT = 0;
const FIXED64 = 1;
const BYTES = 2;
const FIXED32 = 5;

export const message = (...fields: readonly Field[]): Uint8Array => Buffer.concat(fields);

/** A whole number that is not negative, as int64, int32 or an enumeration. */
export const wholeField = (number: number, value: number): Field => Buffer.concat([key(number, VARINT), varint(value)]);

export const doubleField = (number: number, value: number): Field => {
  const bytes = Buffer.alloc(8);
  bytes.writeDoubleLE(value);
  return Buffer.concat([key(number, FIXED64), bytes]);
};

export const floatField = (number: number, value: number): Field => {
  const bytes = Buffer.alloc(4);
  bytes.writeFloatLE(value);
  return Buffer.concat([key(number, FIXED32), bytes]);
};

/** Bytes, or a message within. */
export const bytesField = (number: number, value: Uint8Array): Field => Buffer.concat([key(number, BYTES), varint(value.length), value]);

export const textField = (number: number, value: string): Field => bytesField(number, Buffer.from(value));

const key = (number: number, wireType: number): Uint8Array => varint(number * 8 + wireType);

/** Seven bits a byte, the lowest first. */
function varint(value: number): Uint8Array {
  const bytes: number[] = [];
  let rest = value;
  for (; rest >= 128; rest = Math.floor(rest / 128)) bytes.push((rest % 128) | 128);
  return Uint8Array.from([...bytes, rest]);
}
