// (pure) Nouns and pronouns that name a person, and what they say of sex and age.

export const MEN =
  'man male guy gentleman boy lad gent dude bloke father dad daddy grandfather grandpa granddad husband son brother uncle nephew grandson king prince businessman salesman sir mister mr fellow fella chap groom policeman fireman fisherman sportsman boyfriend monk priest';
export const WOMEN =
  'woman female lady girl gal lass mother mom mum mommy grandmother grandma granny wife daughter sister aunt niece granddaughter queen princess actress businesswoman waitress hostess madam miss mrs ms bride policewoman sportswoman girlfriend heroine nun chick';
export const MEN_PRONOUNS = 'he him himself';
export const WOMEN_PRONOUNS = 'she hers herself';
/** Either possessive or a pronoun. */
export const HIS = 'his';
export const HER = 'her';

/** People of no sex. */
export const ANYBODY =
  'person people someone somebody individual adult human subject model celebrity star actor figure character folks one human-being';
export const YOUNG_PEOPLE = 'teenager teen adolescent child kid youngster toddler baby infant youth young-one preteen tween teens';
export const OLD_PEOPLE = 'pensioner retiree senior-citizen oldster seniors';

/** Plurals that no ending makes. */
export const PLURALS: Readonly<Record<string, string>> = {
  men: 'man',
  women: 'woman',
  gentlemen: 'gentleman',
  ladies: 'lady',
  babies: 'baby',
  children: 'child',
  wives: 'wife',
  businessmen: 'businessman',
  businesswomen: 'businesswoman',
  actresses: 'actress',
  tresses: 'tress',
};
