// (pure) Command lines to be typed, as messages name them.

/** The command line of `args`, the words after `facet`, without what starts over or tries failed runs again. */
export function describeCommand(args: readonly string[]): string {
  const kept = args.filter((argument) => argument !== '--fresh' && argument !== '--retry-failed');
  return ['npx facet', ...kept.map(quoteForShell)].join(' ');
}

/** A command about what lies in this results folder. */
export function commandFor(results: string, ...words: string[]): string {
  return describeCommand(results === 'results' ? words : [...words, '--results', results]);
}

function quoteForShell(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}
