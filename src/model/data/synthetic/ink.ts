// (pure) The few words of SVG that the faces are written in. Lengths are thousandths of the picture's side.

/** 0xRRGGBB. */
export type Colour = number;

/** Path data: a template in which every number is rounded to an integer. */
export function path(strings: TemplateStringsArray, ...numbers: number[]): string {
  let data = strings[0]!;
  for (let i = 0; i < numbers.length; i++) data += Math.round(numbers[i]!) + strings[i + 1]!;
  return data;
}

/** The path on the other side of the face. It may hold pairs of numbers only: no arcs, no H, no V. */
export function flip(data: string): string {
  return data.replace(/(-?\d+) (-?\d+)/g, (_, x, y) => `${-x} ${y}`);
}

/** The path on both sides of the face, with the restriction of `flip`. */
export function mirror(data: string): string {
  return data + flip(data);
}

/** A circle or ellipse as path data, so that several go into one element. */
export function ellipse(x: number, y: number, radiusX: number, radiusY = radiusX): string {
  return path`M${x - radiusX} ${y}a${radiusX} ${radiusY} 0 1 0 ${2 * radiusX} 0a${radiusX} ${radiusY} 0 1 0 ${-2 * radiusX} 0z`;
}

/** An ellipse on each side of the face, at the same distance from its middle. */
export function ellipses(x: number, y: number, radiusX: number, radiusY = radiusX): string {
  return ellipse(x, y, radiusX, radiusY) + ellipse(-x, y, radiusX, radiusY);
}

/** A filled shape; `colour` may be a gradient's `url(#…)`. Nothing where there is no path. */
export function fill(colour: Colour | string, data: string, opacity = 1): string {
  return data && `<path fill="${typeof colour === 'string' ? colour : hex(colour, opacity)}" d="${data}"/>`;
}

/** A line with round ends. Nothing where there is no path. */
export function stroke(colour: Colour, width: number, data: string, opacity = 1): string {
  return data && `<path class="line" stroke="${hex(colour, opacity)}" stroke-width="${Math.round(width)}" d="${data}"/>`;
}

/** A filled shape with an edge; an `opacity` is the filling's. */
export function outlined(colour: Colour, edge: Colour, width: number, data: string, opacity = 1): string {
  return `<path fill="${hex(colour, opacity)}" stroke="${hex(edge)}" stroke-width="${width}" d="${data}"/>`;
}

/** `share` of the way from one colour to another. */
export function mix(from: Colour, to: Colour, share: number): Colour {
  const channel = (shift: number) => {
    const a = (from >> shift) & 255;
    const b = (to >> shift) & 255;
    return Math.round(a + (b - a) * share) << shift;
  };
  return channel(16) | channel(8) | channel(0);
}

export function hex(colour: Colour, opacity = 1): string {
  const rgb = `#${(colour | 0x1000000).toString(16).slice(1)}`;
  return opacity === 1 ? rgb : rgb + (Math.round(opacity * 255) | 0x100).toString(16).slice(1);
}
