// (pure) The valid name that a misspelt one was probably meant to be.

import { editDistance } from '../../words/edit-distance.ts';

const MAX_LENGTH = 64;

/** The nearest of the candidates, or undefined where none is near enough to be worth suggesting. */
export function nearestName(name: string, candidates: Iterable<string>): string | undefined {
  if (name.length > MAX_LENGTH) return undefined;
  const wanted = normalize(name);
  let best: { candidate: string; distance: number } | undefined;
  let completion: string | undefined;
  const allowed = Math.max(1, Math.floor(wanted.length / 3));
  for (const candidate of candidates) {
    const offered = normalize(candidate);
    if (wanted.length >= 3 && offered.startsWith(wanted)) completion ??= candidate;
    if (Math.abs(offered.length - wanted.length) > allowed) continue;
    const distance = editDistance(wanted, offered);
    if (distance <= allowed && distance < (best?.distance ?? Number.POSITIVE_INFINITY)) best = { candidate, distance };
  }
  return best?.candidate ?? completion;
}

/** `; did you mean "Blond_Hair"?`, or nothing. */
export function suggest(name: string, candidates: Iterable<string>): string {
  const nearest = nearestName(name, candidates);
  return nearest === undefined ? '' : `; did you mean "${nearest}"?`;
}

/** learning_rate, LearningRate and learningRate are the same to a person. */
function normalize(name: string): string {
  return name.toLowerCase().replace(/[^\p{L}\p{N}]/gu, '');
}
