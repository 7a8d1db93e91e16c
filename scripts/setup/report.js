// What a person sees: lines, and one progress line that is redrawn on a terminal or repeated every 10 % elsewhere.

/** @param {NodeJS.WriteStream} stream */
export function createReport(stream = process.stdout) {
  let drawn = false;
  let reported = '';

  function clear() {
    if (drawn) stream.write('\r\x1b[K');
    drawn = false;
  }

  return {
    line(text) {
      clear();
      stream.write(`${text}\n`);
    },

    /** @param {number | null} total bytes, where known */
    progress(label, done, total) {
      const percent = total ? Math.min(100, Math.floor((100 * done) / total)) : null;
      const text = `  ${label}  ${percent === null ? formatMegabytes(done) : `${percent} % of ${formatMegabytes(total)}`}`;
      if (stream.isTTY) {
        stream.write(`\r\x1b[K${text.slice(0, (stream.columns || 80) - 1)}`);
        drawn = true;
        return;
      }
      const step = `${label} ${percent === null ? 'at work' : Math.floor(percent / 10)}`;
      if (step !== reported) stream.write(percent === null ? `  ${label}\n` : `${text}\n`);
      reported = step;
    },

    clear,
  };
}

const formatMegabytes = (bytes) => (bytes < 1e7 ? `${(bytes / 1e6).toFixed(1)} MB` : `${Math.round(bytes / 1e6)} MB`);
