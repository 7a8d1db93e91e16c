// The licenses of the packages of others that are bundled, as these ask for.

import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const PACKAGE = /^(?:.*\/)?node_modules\/(?:@[^/]+\/)?[^/]+/;

/**
 * @param {string} root
 * @param {string[]} inputs files that went into bundles, from the root
 */
export function collectLicenses(root, inputs) {
  const folders = [...new Set(inputs.map((path) => PACKAGE.exec(path)?.[0]).filter(Boolean))].sort();
  const texts = new Map(folders.map((folder) => describePackage(join(root, folder))));
  const parts = [...texts].map(([title, text]) => `${title}\n${'-'.repeat(title.length)}\n\n${text}\n`);
  return `The bundles beside this file hold code of these packages.\n\n${parts.join('\n')}`;
}

/** Its name and version, and the text of its license. */
function describePackage(folder) {
  const { name, version, license } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
  const file = readdirSync(folder).find((entry) => /^(licen[cs]e|copying)/i.test(entry));
  return [`${name} ${version} (${license})`, file ? readFileSync(join(folder, file), 'utf8').trim() : `${license}, see its package.`];
}
