// (pure) How two pictures of one size differ, pixel by pixel.

export interface PictureDifference {
  /** RGBA: black where both are the same, brighter the more a channel differs. */
  pixels: Uint8ClampedArray<ArrayBuffer>;
  /** Mean of all absolute differences of red, green and blue, 0 to 255. */
  mean: number;
  /** The largest of them. */
  most: number;
}

/** `a`, `b`: RGBA of the same length. */
export function differ(a: Uint8ClampedArray, b: Uint8ClampedArray): PictureDifference {
  const pixels = new Uint8ClampedArray(a.length);
  let [sum, most] = [0, 0];
  for (let i = 0; i < a.length; i += 4) {
    for (let channel = i; channel < i + 3; channel++) {
      const difference = Math.abs(a[channel]! - b[channel]!);
      pixels[channel] = difference;
      sum += difference;
      most = Math.max(most, difference);
    }
    pixels[i + 3] = 255;
  }
  return { pixels, mean: a.length === 0 ? 0 : sum / ((a.length / 4) * 3), most };
}
