/** The folder of the bundles that belong to the sources as they are now, built where missing. */
export function ensureBuilt(): Promise<string>;
