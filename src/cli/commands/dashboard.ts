// facet dashboard: serves the results until it is stopped.

import { once } from 'node:events';
import { serveDashboard } from '../../dashboard/http/serve.ts';
import { requireNoFile } from '../../results/files/require-folder.ts';
import { EXIT } from '../exit-codes.ts';
import { listenForStop } from '../stop-signals.ts';

export interface DashboardCommandOptions {
  results: string;
  host: string;
  port?: number;
  /** Folder of the bundled client. */
  assets: string;
}

export async function dashboardCommand({ results, host, port, assets }: DashboardCommandOptions): Promise<number> {
  requireNoFile(results);
  const { stop } = listenForStop();
  const onError = (error: unknown) => process.stderr.write(`${error instanceof Error ? error.stack : String(error)}\n`);
  const dashboard = await serveDashboard({ resultsRoot: results, assets, host, port, onError });
  process.stdout.write(`Dashboard of ${results}: ${dashboard.url}  (Ctrl-C ends it)\n`);
  if (!stop.graceful.aborted) await once(stop.graceful, 'abort');
  await dashboard.close();
  return EXIT.ok;
}
