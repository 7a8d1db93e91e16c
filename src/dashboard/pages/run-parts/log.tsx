// A run's log: its end as it grows, a search over all of it, the whole as a file.

export const LOG_LINES = 200;

export function LogSection({ lines, url, id }: { lines: string[]; url: string; id: string }) {
  return (
    <section aria-labelledby="log-title">
      <div class="section-head">
        <h2 id="log-title">
          Log <small>the last {LOG_LINES} lines of log.txt</small>
        </h2>
        <div class="controls">
          <label>
            Search <input id="log-search" type="search" autocomplete="off" spellcheck={false} placeholder="in the whole log" />
          </label>
          <a href={`${url}/log.txt`}>Whole log</a>
          <a href={`${url}/log.txt`} download={`${id}-log.txt`}>
            Download
          </a>
        </div>
      </div>
      <p class="quiet" id="log-found" role="status" />
      <pre class="log" id="log-matches" tabindex={0} role="log" aria-live="off" aria-label="Lines that match" hidden />
      <pre class="log" id="log" tabindex={0} role="log" aria-live="off" aria-labelledby="log-title">
        {lines.length === 0 ? 'Nothing has been logged yet.' : lines.join('\n')}
      </pre>
    </section>
  );
}
