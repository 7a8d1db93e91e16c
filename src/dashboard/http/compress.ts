// Compresses text that is worth it: the numbers of a thousand runs become a fifth.

import { promisify } from 'node:util';
import { constants, gzip } from 'node:zlib';
import type { MiddlewareHandler } from 'hono';

const compressed = promisify(gzip);
const LEAST_BYTES = 1024;
const TEXT = /^(text\/|application\/json)/;

export function createCompression(): MiddlewareHandler {
  return async (c, next) => {
    await next();
    if (!TEXT.test(c.res.headers.get('Content-Type') ?? '') || c.req.method === 'HEAD') return;
    c.res.headers.append('Vary', 'Accept-Encoding');
    if (!/\bgzip\b/.test(c.req.header('accept-encoding') ?? '') || c.res.body === null) return;
    const { status, headers } = c.res;
    const content = Buffer.from(await c.res.arrayBuffer());
    const isWorthIt = content.length >= LEAST_BYTES;
    const body = isWorthIt ? await compressed(content, { level: constants.Z_BEST_SPEED }) : content;
    if (isWorthIt) headers.set('Content-Encoding', 'gzip');
    headers.delete('Content-Length');
    c.res = new Response(new Uint8Array(body), { status, headers });
  };
}
