// facet dashboard: serves the results until it is stopped.

import { once } from 'node:events';
import { join } from 'node:path';
import { serveDashboard } from '../../dashboard/http/serve.ts';
import { defaultCacheRoot } from '../../machine/cache-root.ts';
import { requireNoFile } from '../../results/files/require-folder.ts';
import { EXIT } from '../exit-codes.ts';
import { createFaceService } from '../generate/face-service.ts';
import { createRunStarter } from '../one-run/run-starter.ts';
import { listenForStop } from '../stop-signals.ts';

export interface DashboardCommandOptions {
  results: string;
  host: string;
  port?: number;
  allowHost: string[];
  basePath?: string;
  /** Folder of the bundled client. */
  assets: string;
  /** The program that makes faces. */
  maker: string;
  version: string;
}

export async function dashboardCommand(options: DashboardCommandOptions): Promise<number> {
  const { results, host, port, allowHost: allowedHosts, basePath, assets, maker, version } = options;
  requireNoFile(results);
  const { stop } = listenForStop();
  const onError = (error: unknown) => process.stderr.write(`${error instanceof Error ? error.stack : String(error)}\n`);
  const faces = createFaceService({ results, maker, version });
  const dashboard = await serveDashboard({
    resultsRoot: results,
    assets,
    host,
    port,
    allowedHosts,
    basePath,
    cacheFolder: findCacheFolder(),
    faces,
    starter: createRunStarter(results),
    onError,
  });
  process.stdout.write(`Dashboard of ${results}: ${dashboard.url}  (Ctrl-C ends it)\n`);
  if (dashboard.otherUrls.length > 0) {
    process.stdout.write(`Other machines reach it at ${dashboard.otherUrls.join(' ')}; there is no password: who can, sees all results.\n`);
  }
  if (!stop.graceful.aborted) await once(stop.graceful, 'abort');
  await Promise.all([dashboard.close(), faces.close()]);
  return EXIT.ok;
}

/** Where curves are kept that have been read; null for a user without a place for that. */
function findCacheFolder(): string | null {
  try {
    return join(defaultCacheRoot(), 'dashboard');
  } catch {
    return null;
  }
}
