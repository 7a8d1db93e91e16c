/** Whether a living process uses the bundles in this folder. */
export function isInUse(folder: string): boolean;
