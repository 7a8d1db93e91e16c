// Bounds how many pixels are decoded at once, so that the memory does not grow with the size or number of the files.

export interface PixelGate {
  /** Runs the work when its pixels fit beside those under way, or when nothing else is. First come, first served. */
  pass<T>(pixels: number, work: () => Promise<T>): Promise<T>;
  /** Runs the work while nothing else is under way. */
  passAlone<T>(work: () => Promise<T>): Promise<T>;
}

export function createPixelGate(most: number): PixelGate {
  const waiting: { pixels: number; enter: () => void }[] = [];
  let inside = 0;
  const admit = () => {
    while (waiting.length > 0 && (inside === 0 || inside + waiting[0]!.pixels <= most)) {
      const next = waiting.shift()!;
      inside += next.pixels;
      next.enter();
    }
  };
  async function pass<T>(pixels: number, work: () => Promise<T>): Promise<T> {
    const cost = Math.max(1, pixels);
    await new Promise<void>((enter) => {
      waiting.push({ pixels: cost, enter });
      admit();
    });
    try {
      return await work();
    } finally {
      inside -= cost;
      admit();
    }
  }
  return { pass, passAlone: (work) => pass(most, work) };
}
