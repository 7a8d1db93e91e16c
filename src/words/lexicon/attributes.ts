// (pure) What English says of each attribute of CelebA, as data. Words are separated by spaces; a hyphen joins the words of one phrase.

import type { Part } from './parts.ts';

/**
 * The words that say something of a part of a face, of the person (or the face as a whole), or of the photo; `thing` are
 * nouns and phrases that say it by being there.
 */
export type Sayings = { readonly [head in Part | 'thing']?: string };

export interface AttributeSayings {
  yes: Sayings;
  /** Another case: a square face is not oval, but a face that is not square need not be oval. */
  no?: Sayings;
  /** The opposite: whoever is not old is young. */
  opposite?: Sayings;
}

export const ATTRIBUTES: Readonly<Record<string, AttributeSayings>> = {
  '5_o_Clock_Shadow': {
    yes: {
      thing:
        '5-o-clock-shadow five-o-clock-shadow oclock-shadow stubble scruff beard-shadow shadow-of-a-beard facial-stubble whisker-stubble day-old-beard',
      person: 'unshaven stubbly stubbled unshaved',
      chin: 'unshaven stubbly stubbled unshaved',
    },
    no: { person: 'clean-shaven clean-shaved cleanly-shaven smooth-shaven freshly-shaven shaven shaved' },
  },
  Arched_Eyebrows: {
    yes: { eyebrow: 'arched curved arching high-arched rounded arch', thing: 'arch-in-eyebrow' },
    no: { eyebrow: 'straight flat unarched level' },
  },
  Attractive: {
    yes: {
      person:
        'attractive good-looking beautiful handsome pretty gorgeous stunning cute lovely nice-looking beautiful-looking attractive-looking fine-looking comely',
      thing: 'good-looks beauty stunner',
    },
    no: { person: 'plain plain-looking homely' },
    opposite: { person: 'unattractive ugly bad-looking hideous' },
  },
  Bags_Under_Eyes: {
    yes: {
      thing:
        'bags-under-eye eyebags eye-bag under-eye-bag undereye-bag bags-below-eye bags-beneath-eye bags-under-both-eye bag-under-each-eye circle-under-eye',
      eye: 'tired baggy puffy weary',
    },
  },
  Bald: {
    yes: {
      person: 'bald bald-headed bald-as-an-egg completely-bald baldheaded hairless shaven-headed',
      head: 'bald shaved shaven hairless bare',
      thing: 'baldness bald-pate without-hair no-hair-on-head no-hair-at-all lost-all-hair',
    },
    opposite: { thing: 'full-head-of-hair head-of-hair full-head-of thick-head-of' },
  },
  Bangs: {
    yes: { thing: 'bang fringe hair-over-forehead', forehead: 'covered hidden' },
    no: { forehead: 'visible exposed uncovered bare seen' },
  },
  Big_Lips: {
    yes: { lip: 'big full prominent large thick plump fleshy pouty huge voluptuous luscious fuller plumped' },
    no: { lip: 'thin small narrow tiny' },
  },
  Big_Nose: {
    yes: { nose: 'big large prominent huge bulbous enormous broad wide massive giant' },
    no: { nose: 'small little tiny petite' },
  },
  Black_Hair: { yes: { hair: 'black raven jet-black pitch-black coal-black raven-black ebony blackish' } },
  Blond_Hair: {
    yes: {
      hair: 'blond golden platinum fair flaxen sandy strawberry-blond dirty-blond platinum-blond ash-blond golden-blond honey-blond sandy-blond dark-blond light-blond blondish',
      person: 'blond platinum-blond strawberry-blond dirty-blond towheaded',
    },
  },
  Blurry: {
    yes: {
      photo: 'blurry blurred out-of-focus unfocused fuzzy unsharp hazy',
      person: 'blurry blurred out-of-focus',
      thing: 'blur motion-blur blurriness',
    },
    opposite: { photo: 'sharp in-focus clear crisp focused in-sharp-focus', person: 'in-focus in-sharp-focus' },
  },
  Brown_Hair: {
    yes: {
      hair: 'brown brunette chestnut chocolate light-brown dark-brown chestnut-brown brownish hazel-brown medium-brown',
      person: 'brunette',
    },
  },
  Bushy_Eyebrows: {
    yes: { eyebrow: 'bushy thick dense heavy full fuller' },
    no: { eyebrow: 'thin sparse skinny' },
  },
  Chubby: {
    yes: {
      person: 'chubby plump fat overweight obese pudgy tubby stout heavyset heavy-set chunky portly rotund corpulent',
      cheek: 'chubby plump fat pudgy',
    },
    no: { person: 'slim thin slender skinny lean gaunt bony' },
  },
  Double_Chin: { yes: { thing: 'double-chin second-chin', chin: 'double' } },
  Eyeglasses: {
    yes: {
      thing: 'glasses eyeglasses eyeglass spectacles specs sunglasses eyewear shades sunglass',
      person: 'bespectacled glasses-wearing',
    },
  },
  Goatee: { yes: { thing: 'goatee goatee-beard', person: 'goateed' } },
  Gray_Hair: {
    yes: {
      hair: 'gray silver white graying silvery salt-and-pepper grayish snow-white silver-gray',
      person: 'graying',
      thing: 'going-gray gone-gray went-gray turning-gray turned-gray',
    },
  },
  Heavy_Makeup: {
    yes: { thing: 'makeup make-up cosmetics', person: 'made-up', makeup: 'heavy thick strong bold dramatic' },
    no: { makeup: 'light minimal subtle little natural slight', thing: 'bare-face natural-face', person: 'barefaced bare-faced' },
  },
  High_Cheekbones: {
    yes: { cheekbone: 'high prominent pronounced defined sharp chiseled visible raised well-defined' },
    no: { cheekbone: 'low flat' },
  },
  Male: {
    yes: { person: 'masculine manly' },
    opposite: { person: 'feminine womanly' },
  },
  Mouth_Slightly_Open: {
    yes: {
      mouth: 'open opened agape ajar gaping parted wide-open half-open opening',
      lip: 'parted open opened apart',
      person: 'slack-jawed',
      thing: 'mouth-hanging-open',
    },
    opposite: {
      mouth: 'closed shut pressed',
      lip: 'closed shut together pressed sealed pressed-together',
    },
  },
  Mustache: {
    yes: { thing: 'mustache mustaches mustachio', person: 'mustached mustachioed' },
    opposite: { thing: 'shaved-mustache-off shaved-off-mustache' },
  },
  Narrow_Eyes: {
    yes: { eye: 'narrow small squinting squinty narrowed slit slitted tiny little beady', thing: 'squint' },
    no: { eye: 'wide big large wide-open huge round enormous' },
  },
  No_Beard: {
    yes: {
      person: 'clean-shaven clean-shaved cleanly-shaven smooth-shaven freshly-shaven shaven shaved beardless',
      thing: 'shaved-beard-off shaved-off-beard clean-shave',
    },
    opposite: { thing: 'beard full-beard', person: 'bearded' },
  },
  Oval_Face: {
    yes: { face: 'oval oval-shaped' },
    no: { face: 'square round rectangular square-shaped round-shaped' },
  },
  Pale_Skin: {
    yes: { skin: 'pale fair porcelain light white pallid milky pasty ivory light-colored', person: 'pale pallid' },
    no: { skin: 'dark tan tanned brown black olive bronze bronzed darker dark-colored', person: 'tanned tan suntanned' },
  },
  Pointy_Nose: {
    yes: { nose: 'pointy pointed sharp pointed-tip', thing: 'pointed-tip' },
    no: { nose: 'rounded round blunt snub button' },
  },
  Receding_Hairline: {
    yes: {
      hairline: 'receding receded high retreating',
      hair: 'receding thinning',
      person: 'balding',
      thing: 'receding-hairline receding-hair-line thinning-hair high-hairline',
    },
    no: { hairline: 'full low' },
  },
  Rosy_Cheeks: {
    yes: {
      cheek: 'rosy flushed red pink blushing ruddy reddish pinkish rouged',
      person: 'blushing rosy flushed',
      thing: 'blush rouge',
    },
  },
  Sideburns: { yes: { thing: 'sideburn mutton-chop muttonchop sideburns', person: 'sideburned' } },
  Smiling: {
    yes: {
      person: 'smiling grinning happy laughing beaming cheerful joyful smiley happy-looking merry joyous delighted',
      thing: 'smile grin laughter smirk laugh laughs smiled grinned smirking laughed beams chuckling giggling',
    },
    no: {
      person:
        'serious frowning neutral unsmiling sad stern angry expressionless scowling grim gloomy straight-faced serious-looking unhappy grumpy solemn poker-faced somber sullen',
      expression: 'blank',
      thing: 'frown scowl straight-face poker-face frowns straight-expression',
    },
  },
  Straight_Hair: { yes: { hair: 'straight straightened poker-straight sleek-straight' } },
  Wavy_Hair: {
    yes: {
      hair: 'wavy curly curled permed frizzy waved curlier kinky',
      thing: 'curl ringlet wave perm afro',
      head: 'curly wavy',
    },
  },
  Wearing_Earrings: {
    yes: { thing: 'earring ear-ring ear-stud hoop-earring eardrop stud-in-ear hoop-in-ear ring-in-ear pearl-in-ear', person: 'earringed' },
  },
  Wearing_Hat: {
    yes: {
      thing: 'hat cap beanie fedora beret bonnet headgear sombrero trilby baseball-cap helmet sunhat turban bowler stetson headwear',
      person: 'hatted',
    },
  },
  Wearing_Lipstick: { yes: { thing: 'lipstick lip-stick lipsticked', lip: 'painted lipsticked rouged' } },
  Wearing_Necklace: { yes: { thing: 'necklace pendant choker neck-chain locket' } },
  Wearing_Necktie: { yes: { thing: 'necktie tie neck-tie bow-tie bowtie cravat' } },
  Young: {
    yes: {
      person: 'young youthful teenage young-looking youngish younger adolescent teenaged juvenile baby-faced youthful-looking',
    },
    opposite: {
      person: 'old elderly senior middle-aged aged older aging old-looking elder aged-looking mature getting-on-in-years advanced-in-years',
      thing: 'middle-age old-age advanced-age',
    },
  },
};

/** What is said of people only: "smiling outdoors" says it of the person, where "a black hat" says nothing of hair. */
export const OF_PEOPLE_ONLY =
  'smiling grinning laughing beaming bald balding attractive handsome chubby overweight bearded clean-shaven unshaven bespectacled young youthful teenage elderly middle-aged mustached frowning unsmiling bald-headed good-looking blushing cheerful';

/** Colours that may be either of two: "dark hair". */
export const UNCERTAIN: readonly { part: Part; words: string; names: readonly string[] }[] = [
  { part: 'hair', words: 'dark dark-colored', names: ['Black_Hair', 'Brown_Hair'] },
];

/**
 * Many attributes at once: "no facial hair" denies them all, "facial hair" alone leaves open which. `is`: the value where there is some.
 */
export const GROUPS: readonly { words: string; is: Readonly<Record<string, 0 | 1>> }[] = [
  {
    words: 'facial-hair facial-hairs hair-on-face hair-on-chin face-hair whisker whiskers',
    is: { No_Beard: 0, Mustache: 1, Goatee: 1, Sideburns: 1, '5_o_Clock_Shadow': 1 },
  },
];

/** Of a photo, so that "no hair on his face" is read before "no hair". Nothing is said by: a bald spot, wide-set eyes, a hair tie. */
export const SAYS_NOTHING =
  'bald-spot wide-set close-set deep-set hair-tie tie-dye tie-dyed tied tied-back tied-up tying hair-band hairband headband eye-shadow eyeshadow baggy-clothes bald-eagle lip-gloss nose-ring crew-neck ear-bud white-teeth straight-teeth open-shirt open-collar contact-lens shoulder-length medium-length red-carpet mouth-corner corners-of-mouth';
