// (pure) The parts of a face and what else is described: nouns that say nothing by being there, but of which something is said.

/** `person` stands for the whole person, `photo` for the picture. */
export type Part =
  | 'person'
  | 'photo'
  | 'face'
  | 'expression'
  | 'head'
  | 'hair'
  | 'hairline'
  | 'forehead'
  | 'eyebrow'
  | 'eye'
  | 'nose'
  | 'mouth'
  | 'lip'
  | 'skin'
  | 'cheek'
  | 'cheekbone'
  | 'chin'
  | 'makeup';

export const PARTS: Readonly<Record<Exclude<Part, 'person'>, string>> = {
  photo: 'photo photograph picture image portrait shot headshot selfie snapshot close-up closeup',
  face: 'face faced visage features',
  expression: 'expression countenance demeanor facial-expression mien mood',
  head: 'head headed scalp',
  hair: 'hair haired hairs hairdo hairstyle haircut lock tress ponytail braid bun pigtail bob mane dreadlock pony-tail bob-cut pixie-cut strand curl ringlet wave bang fringe',
  hairline: 'hairline hair-line',
  forehead: 'forehead',
  eyebrow: 'eyebrow brow eyebrowed browed eye-brow',
  eye: 'eye eyed',
  nose: 'nose nosed',
  mouth: 'mouth mouthed',
  lip: 'lip lipped',
  skin: 'skin skinned complexion',
  cheek: 'cheek cheeked',
  cheekbone: 'cheekbone cheek-bone cheekboned',
  chin: 'chin chinned',
  makeup: 'makeup make-up cosmetics',
};

/** Parts of which everything is said that is said of a person: "a happy face", "looks tired". */
export const PERSON_PARTS: readonly Part[] = ['face', 'expression'];

/** Parts that are described so often without a word about this that they are not listed as not understood. */
export const SILENT_PARTS: readonly Part[] = ['photo', 'face', 'expression', 'head', 'person'];

/** Hair that is not on the head: "blond, bushy eyebrows" say nothing of the hair. */
export const OTHER_HAIR = 'beard mustache goatee stubble sideburn eyebrow eyelash lash brow highlight streak wig root tip';
