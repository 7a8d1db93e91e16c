// The dashboard below a path of a proxy. Its addresses are relative, so all there is to do is to take that path off a request.

import type { IncomingMessage, RequestListener } from 'node:http';
import { UserError } from '../../experiment/user-error.ts';

/**
 * Takes off `basePath`, as `/proxy/7860`, or what the header X-Forwarded-Prefix names. A proxy may also have taken it off itself. The
 * path alone, without a slash at its end, is answered with the one that has it: relative addresses need it. Throws a UserError.
 */
export function answerBelow(basePath: string, answer: RequestListener): RequestListener {
  const base = basePath.replace(/\/+$/, '');
  if (base !== '' && !PATH.test(base)) {
    throw new UserError(`--base-path: expected a path such as /proxy/7860, got "${basePath}"`);
  }
  return (request, response) => {
    const prefix = findPrefix(request, base);
    if (prefix !== '') {
      const rest = request.url!.slice(prefix.length);
      if (rest === '' || rest.startsWith('?')) {
        response.writeHead(308, { Location: `${prefix.slice(prefix.lastIndexOf('/') + 1)}/${rest}`, 'Content-Length': 0 }).end();
        return;
      }
      request.url = rest;
    }
    answer(request, response);
  };
}

const PATH = /^(\/[A-Za-z0-9._~@%-]+)+$/;

function findPrefix({ url = '', headers }: IncomingMessage, base: string): string {
  const forwarded = String(headers['x-forwarded-prefix'] ?? '').replace(/\/+$/, '');
  const isBelow = (prefix: string): boolean => PATH.test(prefix) && url.startsWith(prefix) && /^([/?]|$)/.test(url.slice(prefix.length));
  return [base, forwarded].find(isBelow) ?? '';
}
