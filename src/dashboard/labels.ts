// (pure) How runs and the axes of a sweep are called, the same on every page and in the browser.

/** The values of a run's axes, those of the attributes by themselves; its id where the sweep has no axis. */
export function labelRun(axes: Record<string, string>, id: string): string {
  const parts = Object.entries(axes).map(([axis, value]) => (axis === 'attributes' ? value : `${shortAxis(axis)} ${value}`));
  return parts.length === 0 ? id : parts.join(' · ');
}

/** training.seed -> seed */
export function shortAxis(axis: string): string {
  return axis.slice(axis.lastIndexOf('.') + 1);
}

/** `Loss D`, for the head of a column. */
export function capitalise(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
