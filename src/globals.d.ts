/** Absolute path of the checkout, set by scripts/build.js and vitest.config.ts. */
declare const FACET_ROOT: string;
