// A report is an experiment's page in one file. What a server would answer lies in the page: fetch finds it there, and nothing is asked
// of a network.

import { formatCsv } from '../../results/compare/comparison-csv.ts';
import { REPORT_API, REPORT_DATA_ID, type ReportData } from '../report/report-data.ts';
import { saveFile } from './take-away/save-file.ts';

const element = document.getElementById(REPORT_DATA_ID);
const report = element === null ? null : (JSON.parse(element.textContent!) as ReportData);

/** The picture of a run's grid after an epoch; null where the page is no report, or the report leaves it out. */
export function pictureOfReport(run: string, epoch: number): string | null {
  return report?.pictures[run]?.[epoch] ?? null;
}

/** Call first. Nothing happens on a page of a server. */
export function openReport(): void {
  if (report === null) return;
  window.fetch = (address) => answer(report, String(address));
  document.addEventListener('click', showRun);
  document.addEventListener('click', (event) => saveComparison(event, report));
}

/** One that knows all there is has nothing more to wait for: its question stays open. */
function answer(data: ReportData, address: string): Promise<Response> {
  const { pathname, searchParams } = new URL(address, 'https://report.invalid/');
  if (pathname === `/${REPORT_API}/changes` && searchParams.get('cursor') === data.changes.cursor) return new Promise(() => {});
  const found = find(data, pathname.slice(REPORT_API.length + 2), searchParams);
  return Promise.resolve(Response.json(found ?? { error: 'not in this report' }, { status: found === null ? 404 : 200 }));
}

function find(data: ReportData, name: string, query: URLSearchParams): object | null {
  if (name === 'changes') return data.changes;
  if (name === 'runs') return data.runs;
  if (name === 'grids') return data.grids;
  if (name === 'series') return data.series;
  if (name === 'comparison') return data.comparison[query.get('x') ?? ''] ?? data.comparison['']!;
  if (name !== 'bands') return null;
  const by = query.getAll('by').filter((field) => field !== '');
  return data.bands[by.join()] ?? null;
}

/** A link to a run leads to what the report says of it, and leaves the address as it is: that holds what is shown. */
function showRun(event: MouseEvent): void {
  const link = event.target instanceof Element ? event.target.closest('a[href^="#run-"]') : null;
  const about = link === null ? null : document.getElementById(decodeURIComponent(link.getAttribute('href')!.slice(1)));
  if (!(about instanceof HTMLDetailsElement)) return;
  event.preventDefault();
  about.open = true;
  about.scrollIntoView();
  about.querySelector('summary')?.focus({ preventScroll: true });
}

/** What a server would send for the links at the table of the comparison. */
function saveComparison(event: MouseEvent, { compared }: ReportData): void {
  const link = event.target instanceof Element ? event.target.closest('a[download]') : null;
  const format = /comparison\.(csv|json)$/.exec(link?.getAttribute('href') ?? '')?.[1];
  if (format === undefined || compared === null) return;
  event.preventDefault();
  const name = link!.getAttribute('download')!;
  if (format === 'csv') saveFile(name, formatCsv(compared), 'text/csv');
  else saveFile(name, `${JSON.stringify(compared, null, 2)}\n`, 'application/json');
}
