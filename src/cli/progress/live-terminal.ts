// Room: cli. Whether lines can be drawn over.

interface Surface {
  isTTY?: boolean;
}

/** False for a pipe or a file, for TERM=dumb, and in CI, whose pages keep every redrawn line. */
export function isLiveTerminal(stream: Surface, environment: NodeJS.ProcessEnv = process.env): boolean {
  const isCi = Boolean(environment.CI) && environment.CI !== 'false' && environment.CI !== '0';
  return stream.isTTY === true && environment.TERM !== 'dumb' && !isCi;
}
