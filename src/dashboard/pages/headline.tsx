// The first section of an experiment's page: plots and best pictures. client/ draws what is in it.

export function HeadlineSection() {
  return (
    <section class="headline" aria-labelledby="headline-title">
      <div class="section-head">
        <h2 id="headline-title">
          What it comes to <small>means over the runs of a setting; bars: one standard deviation; ring: the best</small>
        </h2>
        <div class="controls" id="headline-controls">
          <label hidden>
            Along
            <select id="headline-x" />
          </label>
          <label hidden>
            At
            <select id="headline-end">
              <option value="last">the last step</option>
              <option value="best">the best checkpoint</option>
            </select>
          </label>
          <label hidden>
            Metrics
            <select id="headline-metrics">
              <option value="main">the main ones</option>
              <option value="all">all that judge</option>
            </select>
          </label>
        </div>
      </div>
      <p class="quiet" id="headline-note" />
      <div class="headline-body">
        <div class="headline-left">
          <p class="empty" id="headline-empty" hidden>
            No run has come to its end yet. Each setting gets its point here with its first run that does; until then the curves below tell
            more.
          </p>
          <div class="headline-plots" id="headline-plots" />
          <div class="headline-chosen" id="headline-chosen" hidden />
        </div>
        <div class="best-grids" id="best-grids" />
      </div>
    </section>
  );
}
