// The bundled client, read once: what scripts/build.js made of client/main.ts and client/style.css.

import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

export interface Asset {
  /** Holds the content's hash, so that a browser may keep it for ever. */
  url: string;
  type: string;
  content: Buffer;
}

export interface Assets {
  script: Asset;
  style: Asset;
}

/** Throws where the folder lacks a file: the build is incomplete. */
export function readAssets(folder: string): Assets {
  return {
    script: readAsset(folder, 'client.js', 'text/javascript; charset=utf-8'),
    style: readAsset(folder, 'style.css', 'text/css; charset=utf-8'),
  };
}

function readAsset(folder: string, name: string, type: string): Asset {
  const content = readFileSync(join(folder, name));
  const hash = createHash('sha256').update(content).digest('hex').slice(0, 12);
  return { url: `/assets/${hash}/${name}`, type, content };
}
