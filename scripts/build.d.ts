/** The folder of the bundles that belong to the sources as they are now, built where missing. */
export function ensureBuilt(): Promise<string>;
/** Bundles what runs in threads of its own into a folder, whose path a bundle of the rest needs as FACET_WORKERS. */
export function buildWorkers(folder: string): Promise<void>;
