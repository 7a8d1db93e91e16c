// The frame of every page, and the page that is nothing but a message.

import { createHash } from 'node:crypto';
import type { Child } from 'hono/jsx';
import type { Assets } from '../http/assets.ts';
import { REPORT_DATA_ID } from '../report/report-data.ts';

interface LayoutProps {
  title: string;
  /** Which of the client's pages takes over, and what it needs to know. */
  page: 'overview' | 'experiment' | 'run' | 'message';
  /** The way from the page to the dashboard's root. */
  root: string;
  data?: Record<string, string>;
  assets: Assets;
  crumbs?: [label: string, url: string][];
  /** For a page in one file, in place of the addresses of the assets. */
  report?: ReportParts | null;
  children?: Child;
}

/** All that a page needs which nobody serves. */
export interface ReportParts {
  script: string;
  style: string;
  /** As JSON, for client/report.ts. */
  data: string;
  /** When it was made, and by what, for a person. */
  made: string;
}

/** A whole document. */
export function renderPage(props: LayoutProps): string {
  return `<!DOCTYPE html>${(<Layout {...props} />).toString()}`;
}

/** A page that says what is wrong and where to go from here. */
export function renderMessage(assets: Assets, { title, text, root }: { title: string; text: string; root: string }): string {
  return renderPage({
    title,
    page: 'message',
    root,
    assets,
    children: (
      <>
        <h1>{title}</h1>
        <p class="lead">{text}</p>
        <p>
          <a href={root}>All experiments</a>
        </p>
      </>
    ),
  });
}

function Layout({ title, page, root, data = {}, assets, crumbs = [], report = null, children }: LayoutProps) {
  const dataset = Object.fromEntries(Object.entries(data).map(([name, value]) => [`data-${name}`, value]));
  return (
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <title>{title === 'Facet' ? title : `${title} · Facet`}</title>
        <link rel="icon" href={ICON} />
        {report === null ? (
          <>
            <link rel="stylesheet" href={`${root}${assets.style.url.slice(1)}`} />
            <script type="module" src={`${root}${assets.script.url.slice(1)}`} />
          </>
        ) : (
          <ReportHead {...report} />
        )}
      </head>
      <body data-page={page} data-root={root} {...dataset}>
        <a class="skip" href="#main">
          Skip to the content
        </a>
        <header class="top">
          <nav aria-label="You are here">
            <a class="brand" href={root}>
              Facet
            </a>
            {crumbs.map(([label, url]) => (
              <>
                <span aria-hidden="true">/</span>
                <a href={url}>{label}</a>
              </>
            ))}
          </nav>
          <p id="connection" class="connection" role="status" hidden={report !== null} />
          {report === null ? '' : <p class="connection">{report.made}</p>}
        </header>
        <main id="main">{children}</main>
      </body>
    </html>
  );
}

/** Nothing but its own script and style may do anything, and it may ask nobody. A module runs when the whole page is there. */
function ReportHead({ script, style, data }: ReportParts) {
  // Hono puts what belongs into the head before the first `</head>` that it finds.
  const own = script.replaceAll(/<\/(script|head)/g, '<\\/$1').replaceAll('<!--', '<\\!--');
  const policy = [
    "default-src 'none'",
    `script-src '${hashOf(own)}'`,
    `style-src '${hashOf(style)}'`,
    'img-src data:',
    "base-uri 'none'",
    "form-action 'none'",
  ];
  return (
    <>
      <meta http-equiv="Content-Security-Policy" content={policy.join('; ')} />
      <style dangerouslySetInnerHTML={{ __html: style }} />
      <script id={REPORT_DATA_ID} type="application/json" dangerouslySetInnerHTML={{ __html: data.replaceAll('<', '\\u003c') }} />
      <script type="module" dangerouslySetInnerHTML={{ __html: own }} />
    </>
  );
}

function hashOf(text: string): string {
  return `sha256-${createHash('sha256').update(text).digest('base64')}`;
}

const ICON = `data:image/svg+xml,${encodeURIComponent(
  '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 16 16"><path d="M1 1h6v6H1z" fill="#7e03a8"/><path d="M9 1h6v6H9zM1 9h6v6H1z" fill="#cc4778"/><path d="M9 9h6v6H9z" fill="#f0804e"/></svg>',
)}`;
