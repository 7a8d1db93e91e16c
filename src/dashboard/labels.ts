// (pure) How runs and the axes of a sweep are called, the same on every page and in the browser.

/** The values of a run's axes, those of the attributes by themselves; its id where the sweep has no axis. */
export function labelRun(axes: Record<string, string>, id: string): string {
  const parts = Object.entries(axes).map(([axis, value]) => (axis === 'attributes' ? value : `${shortAxis(axis)} ${value}`));
  return parts.length === 0 ? id : parts.join(SEPARATOR);
}

/** What tells the runs of one group apart: 'two · seed 1', 'two · seed 2' -> 'seed 1', 'seed 2'. A label of which nothing is left stays. */
export function dropCommonParts(labels: string[]): string[] {
  const parts = labels.map((label) => label.split(SEPARATOR));
  const isCommon = (part: string): boolean => labels.length > 1 && parts.every((others) => others.includes(part));
  return labels.map((label, i) => parts[i]!.filter((part) => !isCommon(part)).join(SEPARATOR) || label);
}

const SEPARATOR = ' · ';

/** training.seed -> seed */
export function shortAxis(axis: string): string {
  return axis.slice(axis.lastIndexOf('.') + 1);
}

/** `modern`; but `seed 1`, `rotations none`: what does not say by itself of what it is the value. */
export function nameValue(axis: string, value: string): string {
  return /^[a-z][\w-]{3,}$/i.test(value) && !GENERIC.has(value) ? value : `${shortAxis(axis)} ${value}`;
}

const GENERIC = new Set(['none', 'true', 'false', 'auto', 'default', 'constant', 'linear']);

/** `Loss D`, for the head of a column. */
export function capitalise(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
