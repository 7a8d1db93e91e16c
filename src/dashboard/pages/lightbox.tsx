// The place for one picture at its real pixels, alone or against another epoch or run. client/pictures/ fills it.

export function Lightbox() {
  return (
    <dialog class="lightbox" id="lightbox" aria-labelledby="lightbox-title">
      <div class="section-head">
        <h2 id="lightbox-title">Picture</h2>
        <button type="button" id="lightbox-close">
          Close
        </button>
      </div>
      <p id="lightbox-condition" role="status" />
      <div class="controls">
        <label>
          Epoch
          <select id="lightbox-epoch" />
        </label>
        <label>
          Against
          <select id="lightbox-other">
            <option value="">nothing</option>
          </select>
        </label>
        <label>
          at epoch
          <select id="lightbox-other-epoch" />
        </label>
        <label>
          Show
          <select id="lightbox-mode">
            <option value="side">side by side</option>
            <option value="flicker">one after the other</option>
            <option value="difference">difference</option>
          </select>
        </label>
        <label>
          <input type="checkbox" id="lightbox-whole" /> Whole grid
        </label>
        <label>
          Zoom
          <select id="lightbox-zoom">
            <option value="0">fits</option>
            {[1, 2, 3, 4, 6, 8, 12].map((zoom) => (
              <option value={String(zoom)}>{zoom}×</option>
            ))}
          </select>
        </label>
      </div>
      <section class="lightbox-stage" id="lightbox-stage" tabindex={0} aria-label="Picture" />
      <p class="quiet" id="lightbox-figures" role="status" />
      <p class="quiet">
        <kbd>←</kbd> <kbd>→</kbd> other condition · <kbd>↑</kbd> <kbd>↓</kbd> other noise · <kbd>Page up</kbd> <kbd>Page down</kbd> other
        epoch · <kbd>space</kbd> the other picture · <kbd>Esc</kbd> close
      </p>
    </dialog>
  );
}
