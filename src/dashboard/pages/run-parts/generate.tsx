// The form by which the page of a run makes faces from its checkpoint. The client fills and reads it.

import { plainName } from '../../../experiment/sample-condition.ts';
import { LONGEST_TEXT } from '../../../results/generation.ts';
import { LARGEST_SEED, MOST_FACES } from '../../faces.ts';

interface GenerateProps {
  /** Attributes and rotations of the run. */
  conditions: readonly string[];
  /** Why it can make no faces now; null: it can. */
  problem: string | null;
  /** Whether that may change by itself. */
  mayComeLater: boolean;
}

const POSITIONS = [
  ['', 'any'],
  ['1', 'on'],
  ['0', 'off'],
] as const;

export function GenerateSection({ conditions, problem, mayComeLater }: GenerateProps) {
  return (
    <section aria-labelledby="generate-title" class="generate">
      <h2 id="generate-title">Generate</h2>
      {problem === null ? (
        ''
      ) : (
        <p class="empty" id="face-problem">
          No faces can be made: {problem}
        </p>
      )}
      {problem !== null && !mayComeLater ? '' : <Form conditions={conditions} />}
    </section>
  );
}

function Form({ conditions }: Pick<GenerateProps, 'conditions'>) {
  return (
    <div id="generate">
      <label class="face-text">
        Describe a face
        <input id="face-text" type="text" maxlength={LONGEST_TEXT} autocomplete="off" placeholder="smiling young woman with eyeglasses" />
      </label>
      <ul id="face-read" class="face-read" aria-live="polite" aria-label="What is understood of it" />
      <div class="controls">
        <label>
          Pictures <input id="face-count" type="number" min={1} max={MOST_FACES} value={16} autocomplete="off" />
        </label>
        <label>
          Seed <input id="face-seed" type="number" min={0} max={LARGEST_SEED} value={1} autocomplete="off" />
        </label>
        <label title="Else each change draws the open attributes of the faces again, as they occur in the data">
          <input id="face-same" type="checkbox" checked autocomplete="off" /> Same noise: a switch changes only its attribute
        </label>
        <button type="button" id="face-make" class="face-make">
          Generate
        </button>
        <button type="button" id="face-others" title="The same description with another seed">
          Other faces
        </button>
      </div>
      <details id="face-attributes" open>
        <summary>Attributes</summary>
        <div class="face-switches" id="face-switches">
          {conditions.map((name) => (
            <fieldset class="face-switch" data-name={name}>
              <legend>{plainName(name)}</legend>
              {POSITIONS.map(([value, words]) => (
                <label>
                  <input type="radio" name={`face ${name}`} value={value} autocomplete="off" checked={value === ''} />
                  {words}
                </label>
              ))}
            </fieldset>
          ))}
        </div>
      </details>
      <p id="face-status" role="status" />
      <div id="faces" hidden />
    </div>
  );
}
