// Runs before every route: who may ask, how, and what a browser may do with the answer.

import type { MiddlewareHandler } from 'hono';

/**
 * Refuses requests whose Host is not one of `hostNames`, so that a web page cannot reach the dashboard by pointing its
 * own name at this machine (DNS rebinding). Any port is accepted, so that a tunnel (ssh -L 8000:localhost:7860) works.
 * Refuses every method but GET and HEAD; POST is let through to the paths of `actions` when the page that sends it is
 * one of the dashboard's own, under a name of this machine itself.
 */
export function createGuard(hostNames: readonly string[], actions: RegExp): MiddlewareHandler {
  const allowed = new Set(hostNames.map((name) => name.toLowerCase()));
  return async (c, next) => {
    const host = c.req.header('host');
    if (!host || !allowed.has(nameOf(host))) {
      c.res = refuse(403, `This dashboard answers only to ${[...allowed].join(', ')}.\n`);
    } else if (c.req.method === 'POST' && actions.test(c.req.path)) {
      if (isLoopback(host) && isOwnPage(c.req.header('origin'), c.req.header('sec-fetch-site'), host)) await next();
      else c.res = refuse(403, 'Only a page of this dashboard may ask for that.\n');
    } else if (c.req.method !== 'GET' && c.req.method !== 'HEAD') {
      c.res = refuse(405, 'The dashboard only shows: it answers GET and HEAD.\n', { Allow: 'GET, HEAD' });
    } else {
      await next();
    }
    for (const [name, value] of Object.entries(HEADERS)) c.res.headers.set(name, value);
    if (!c.res.headers.has('Cache-Control')) c.res.headers.set('Cache-Control', 'no-store');
  };
}

/** Whether a Host is one of the names by which this machine calls itself. */
export function isLoopback(host: string | undefined): boolean {
  return host !== undefined && LOOPBACK_NAMES.includes(nameOf(host));
}

/** The names by which this machine calls itself. */
export const LOOPBACK_NAMES = ['localhost', '127.0.0.1', '[::1]'];

const HEADERS = {
  'Content-Security-Policy': [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "img-src 'self' data:",
    "connect-src 'self'",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join('; '),
  'X-Content-Type-Options': 'nosniff',
  'X-Frame-Options': 'DENY',
  'Referrer-Policy': 'no-referrer',
  'Cross-Origin-Resource-Policy': 'same-origin',
  'Cross-Origin-Opener-Policy': 'same-origin',
};

/**
 * Browsers send Origin with every POST, and no script can change it or Sec-Fetch-Site. Its scheme may differ from ours
 * behind a tunnel, its host and port may not: another server on this machine is another origin.
 */
function isOwnPage(origin: string | undefined, site: string | undefined, host: string): boolean {
  const own = host.toLowerCase();
  return (origin === `http://${own}` || origin === `https://${own}`) && (site === undefined || site === 'same-origin');
}

/** The name in 'name', 'name:port' or '[v6]:port'; empty where it is anything else. */
function nameOf(host: string): string {
  return /^([a-z0-9.-]+|\[[0-9a-f:.]+\])(:\d{1,5})?$/.exec(host.toLowerCase())?.[1] ?? '';
}

function refuse(status: number, text: string, headers: Record<string, string> = {}): Response {
  return new Response(text, { status, headers: { 'Content-Type': 'text/plain; charset=utf-8', ...headers } });
}
