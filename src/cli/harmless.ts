// (pure) Makes a line that others wrote, such as one of a log, safe to print on a terminal.

/** Control characters (but tabs), and those that turn the direction of writing: they move cursors, set titles, hide text. */
const HARMFUL = /[^\P{Cc}\t]|[\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/gu;
const COLOURS = new RegExp(`${String.fromCharCode(27)}\\[[\\d;:]*m`, 'g');

/** Without colours; of a line drawn over with \r only its last form; every other control character as \u{…}. */
export function makeHarmless(line: string): string {
  const whole = line.replace(/\r+$/, '');
  return whole
    .slice(whole.lastIndexOf('\r') + 1)
    .replace(COLOURS, '')
    .replace(HARMFUL, (character) => `\\u{${character.codePointAt(0)!.toString(16)}}`);
}
