// (pure) The words that hold a sentence together, as data. Words are separated by spaces; a hyphen joins the words of one phrase.

export const GRAMMAR = {
  article: 'a an the this these those some any each every such its their my your our',
  copula:
    'is are was were be been being am looks look looked looking appear appears appeared appearing seem seems seemed remain remains stays stay becomes become became getting feels feel turned',
  have: 'has have had having got wear wears wearing wore worn sport sports sporting shows show showing displays display displaying boasts boasting carries carrying dons donning bears bearing features featuring flashes flashing gives giving puts put keeps keeping holds dressed possesses',
  auxiliary: 'do does did can could will would should may might must to',
  with: 'with w along-with together-with accompanied-by in-addition-to including plus',
  and: 'and & as-well-as also besides not-to-mention but-also then',
  or: 'or / and-or or-else versus vs',
  but: 'but however although though yet whereas while except except-for apart-from other-than aside-from because when if since so-that nevertheless besides-that still-has despite',
  relative: 'who which whom',
  preposition:
    'of in on at by from under over above below beneath across around near behind between against along like as into onto for up down off out inside through toward towards to-the beside during about round after before',
  there: 'there here',
} as const;

/** A negation of an auxiliary or a copula, of a noun ("no"), or one that reaches as far as its list ("without"). */
export const NEGATIONS = {
  not: 'not n-t never no-longer hardly barely scarcely anything-but far-from non nt not-at-all by-no-means not-really cannot not-even not-quite not-that not-true-that not-the-case-that no-more',
  no: 'no hardly-any barely-any scarcely-any not-any not-a not-an zero no-sign-of no-trace-of no-signs-of no-hint-of none-of not-a-single no-kind-of no-type-of no-visible no-sort-of',
  without:
    'without lacks lack lacking lack-of free-of free-from devoid-of minus sans w-o absence-of missing bare-of lacks-of exclude excluding lacked remove removes removing take-off takes-off taking-off took-off get-rid-of gets-rid-of got-rid-of leave-out leave-off lose ditch skip omit avoid',
  instead: 'instead-of rather-than in-place-of as-opposed-to and-not',
  neither: 'neither',
  nor: 'nor',
} as const;

/** They deny what stands before them: "wrinkle-free", "beard: none", "glasses off". */
export const DENY_BEFORE = 'free none absent removed off gone taken-off missing-entirely nonexistent';

/** Words that change nothing: hedges, degrees, quantities. */
export const HEDGES =
  'kind-of sort-of slightly somewhat a-bit a-bit-of a-little a-little-bit a-little-bit-of bit quite rather fairly very really extremely so too probably perhaps maybe possibly likely apparently seemingly clearly definitely obviously certainly almost nearly partially partly mostly mainly naturally generally usually always still just only even already now currently both more most much many lot-of lots-of a-lot-of plenty-of pair-of a-pair-of set-of a-set-of type-of a-touch-of a-hint-of hint-of touch-of a-trace-of at-all to-be rather-a super highly incredibly noticeably visibly relatively moderately particularly especially truly totally completely entirely fully heavily softly gently broadly widely happily brightly neatly nicely well easily strongly distinctly remarkably exceptionally not-only not-just not-merely no-doubt without-doubt without-a-doubt without-question more-or-less or-so somehow all whole entire overall simply a-few few several various either it-seems i-think in-the-least whether-or-not ever merely yet-again unusually wide-eyed-ly tad a-tad all-over medium-ly faintly faint vaguely vague little-bit some-kind-of some-sort-of in-general as-usual of-course again together quite-a hint signs sign evident visible noticeable present apparent seen on-show';

/** Nouns and verbs that carry no description by themselves. */
export const NEUTRAL =
  'color colored tone shade hue shape shaped size sized style styled look-like kind sort type way front camera background-less dyed dye length lengths please generate draw create show-me give-me make i want would-like depicts depicting depicted description describe attribute attributes standing sitting posing pose poses year old-fashioned-ly appearance looks-like it they them itself themselves that what where whose';

/** British and other spellings. */
export const SPELLINGS: Readonly<Record<string, string>> = {
  grey: 'gray',
  greying: 'graying',
  greyish: 'grayish',
  blonde: 'blond',
  blondes: 'blond',
  blondie: 'blond',
  colour: 'color',
  colours: 'color',
  colors: 'color',
  coloured: 'colored',
  moustache: 'mustache',
  moustaches: 'mustache',
  moustached: 'mustached',
  mustachioed: 'mustached',
  moustachioed: 'mustached',
  demeanour: 'demeanor',
  ageing: 'aging',
  brunet: 'brunette',
  brunettes: 'brunette',
  pyjamas: 'pajamas',
  jewellery: 'jewelry',
  sombre: 'somber',
  chiselled: 'chiseled',
  mum: 'mom',
  mummy: 'mommy',
  oclock: 'o-clock',
  fringes: 'fringe',
  clock: 'clock',
  haircolor: 'hair',
  rosey: 'rosy',
  bowties: 'bowtie',
  ok: 'okay',
};

/** Nouns of things that stand without an article, and those that may be verbs: "no makeup and smiles". */
export const MASS_NOUNS =
  'makeup lipstick stubble scruff blush rouge headgear headwear eyewear facial-hair sideburn earring baldness laughter beauty youth cosmetics bang smile grin';
