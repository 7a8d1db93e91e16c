// (pure) Command lines to be typed: the one that goes on with an experiment, and those that the messages name.

/** The command line of `args` without what starts over or tries failed runs again. */
export function describeCommand(args: readonly string[]): string {
  const kept = args.filter((argument) => argument !== '--fresh' && argument !== '--retry-failed');
  return ['npx facet', ...kept.map(quoteForShell)].join(' ');
}

/** The option that a command about a run or an experiment needs besides its name. */
export function sayResults(results: string): string {
  return results === 'results' ? '' : ` --results ${quoteForShell(results)}`;
}

function quoteForShell(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}
