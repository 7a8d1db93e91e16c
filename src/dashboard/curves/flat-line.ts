// (pure) Reads lines such as {"step":1,"lossG":0.5} from bytes, several times faster than JSON.parse: every value is a number, or "NaN",
// "Infinity", "-Infinity". What has another form is left to JSON.parse.

const MOST_FIELDS = 64;

export class FlatLine {
  /** Of the line that was read last, in its order. */
  readonly names: string[] = [];
  /** A value differs from JSON.parse's by two units in its last place at most; whole numbers below 2^53 are the same. */
  readonly values = new Float64Array(MOST_FIELDS);
  /** Fields of that line. */
  count = 0;
  /** Another number as soon as a line has other names. */
  shape = 0;

  /** For each field of the line before: its name in quotes, with the colon. Lines of one file have the same names in the same order. */
  readonly #keys: Uint8Array[] = [];
  #at = 0;

  /** False for a line of another form: then `names` and `values` mean nothing. */
  read(bytes: Uint8Array, start: number, stop: number): boolean {
    this.count = 0;
    this.#at = start;
    if (bytes[this.#at++] !== OPEN) return false;
    for (let field = 0; field < MOST_FIELDS; field++) {
      if (bytes[this.#at] === SPACE) this.#at++;
      if (!this.#readKey(bytes, field, stop)) return false;
      if (bytes[this.#at] === SPACE) this.#at++;
      const value = bytes[this.#at] === QUOTE ? this.#readWord(bytes) : this.#readNumber(bytes, stop);
      if (value === null) return false;
      this.values[field] = value;
      this.count = field + 1;
      const next = bytes[this.#at++];
      if (next === CLOSE) return this.#at === stop;
      if (next !== COMMA) return false;
    }
    return false;
  }

  #readKey(bytes: Uint8Array, field: number, stop: number): boolean {
    const known = this.#keys[field];
    if (known !== undefined && startsWith(bytes, this.#at, known)) {
      this.#at += known.length;
      return true;
    }
    if (bytes[this.#at] !== QUOTE) return false;
    let end = this.#at + 1;
    while (end < stop && bytes[end] !== QUOTE) {
      const byte = bytes[end++]!;
      if (byte < SPACE || byte > TILDE || byte === BACKSLASH) return false;
    }
    if (bytes[end + 1] !== COLON) return false;
    const name = String.fromCharCode(...bytes.subarray(this.#at + 1, end));
    if (this.names.slice(0, field).includes(name)) return false; // JSON.parse takes the last one
    this.shape++;
    this.#keys.length = field;
    this.names.length = field;
    this.#keys.push(bytes.slice(this.#at, end + 2));
    this.names.push(name);
    this.#at = end + 2;
    return true;
  }

  #readWord(bytes: Uint8Array): number | null {
    for (const { text, value } of WORDS) {
      if (!startsWith(bytes, this.#at, text)) continue;
      this.#at += text.length;
      return value;
    }
    return null;
  }

  #readNumber(bytes: Uint8Array, stop: number): number | null {
    let at = this.#at;
    const isNegative = bytes[at] === MINUS;
    if (isNegative) at++;
    const first = at;
    let digits = 0;
    let exponent = 0;
    let byte = bytes[at]!;
    while (byte >= ZERO && byte <= NINE) {
      digits = digits * 10 + (byte - ZERO);
      byte = bytes[++at]!;
    }
    const whole = at - first;
    if (whole === 0 || (whole > 1 && bytes[first] === ZERO)) return null;
    if (byte === POINT) {
      const point = at;
      byte = bytes[++at]!;
      while (byte >= ZERO && byte <= NINE) {
        digits = digits * 10 + (byte - ZERO);
        byte = bytes[++at]!;
      }
      exponent = point + 1 - at;
      if (exponent === 0) return null;
    }
    if (byte === LOWER_E || byte === UPPER_E) {
      byte = bytes[++at]!;
      const isSmall = byte === MINUS;
      if (isSmall || byte === PLUS) byte = bytes[++at]!;
      const from = at;
      let power = 0;
      while (byte >= ZERO && byte <= NINE && power < 1000) {
        power = power * 10 + (byte - ZERO);
        byte = bytes[++at]!;
      }
      if (at === from) return null;
      exponent += isSmall ? -power : power;
    }
    // Beyond these, the powers of ten are no longer exact.
    if (at > stop || at - first > MOST_DIGITS || exponent < -22 || exponent > 22) return null;
    this.#at = at;
    const value = exponent < 0 ? digits / POWERS[-exponent]! : digits * POWERS[exponent]!;
    return isNegative ? -value : value;
  }
}

function startsWith(bytes: Uint8Array, at: number, expected: Uint8Array): boolean {
  for (let i = 0; i < expected.length; i++) if (bytes[at + i] !== expected[i]) return false;
  return true;
}

const POWERS = Array.from({ length: 23 }, (_, i) => Number(`1e${i}`));
const MOST_DIGITS = 24;
const [OPEN, CLOSE, QUOTE, COLON, COMMA, SPACE, TILDE, BACKSLASH] = [123, 125, 34, 58, 44, 32, 126, 92];
const [MINUS, PLUS, POINT, ZERO, NINE, LOWER_E, UPPER_E] = [45, 43, 46, 48, 57, 101, 69];

const WORDS = [
  ['"NaN"', Number.NaN],
  ['"Infinity"', Number.POSITIVE_INFINITY],
  ['"-Infinity"', Number.NEGATIVE_INFINITY],
].map(([text, value]) => ({ text: Uint8Array.from(String(text), (letter) => letter.charCodeAt(0)), value: Number(value) }));
