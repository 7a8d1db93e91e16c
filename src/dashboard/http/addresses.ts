// (pure) The addresses of the dashboard. All are relative to its root, so that it works below any path of a proxy: a page puts
// the way from itself to the root in front.

/** The way to the root from a page of each kind. */
export const ROOT_FROM = { overview: './', experiment: '../', run: '../../../' } as const;

/** The way to the root from any path that was asked for. */
export function rootFrom(path: string): string {
  return '../'.repeat(Math.max(0, path.split('/').length - 2)) || './';
}

export function experimentAddress(name: string): string {
  return `experiments/${encodeURIComponent(name)}`;
}

export function runAddress(experiment: string, id: string): string {
  return `${experimentAddress(experiment)}/runs/${encodeURIComponent(id)}`;
}
