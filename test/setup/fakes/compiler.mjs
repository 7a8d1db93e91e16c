// Stands in for g++: checks that the files it is given exist and writes an "addon" that the fake package can read.
// $FAKE_COMPILER: "fail" reports an error, "bad" makes an addon that does not load.

import { appendFileSync, existsSync, writeFileSync } from 'node:fs';

const args = process.argv.slice(2);
appendFileSync(process.env.FAKE_LOG, 'compile\n');
const inputs = args.filter((arg) => arg.startsWith('/') && !arg.endsWith('addon.node'));
const folders = args.filter((arg) => arg.startsWith('-I')).map((arg) => arg.slice(2));
const missing = [...inputs, ...folders].find((path) => !existsSync(path));
if (missing || process.env.FAKE_COMPILER === 'fail') {
  console.error(`In file included from binding:\nbinding/tfjs_backend.cc:7:1: error: ${missing ?? 'expected a semicolon'}`);
  process.exit(1);
}
writeFileSync(args[args.indexOf('-o') + 1], process.env.FAKE_COMPILER === 'bad' ? 'bad' : JSON.stringify({ inputs: inputs.length }));
