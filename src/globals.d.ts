/** Absolute path of the checkout, set by scripts/build.js and vitest.config.ts. */
declare const FACET_ROOT: string;
/**
 * Absolute path of the folder of the bundles that run in threads of their own; set wherever Facet is bundled. See buildWorkers in
 * scripts/build.js.
 */
declare const FACET_WORKERS: string;
