#!/usr/bin/env node
// Builds the bundles if the sources changed, then hands over to src/cli.ts.
import { pathToFileURL } from 'node:url';
import { ensureBuilt } from '../scripts/build.js';

const folder = await ensureBuilt();
await import(pathToFileURL(`${folder}/cli.js`).href);
