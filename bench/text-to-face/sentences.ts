// (pure) What is asked for: 25 descriptions in the ten attributes of the run `ten` of experiments/attr-sweep.yaml, and 25 in all forty.

const TEN = [
  'a bald man with a beard',
  'a bald man, clean-shaven',
  'a man with black hair and no beard',
  'a bearded man with brown hair',
  'a man with gray hair and a receding hairline',
  'a grey-haired woman',
  'a blonde woman with wavy hair',
  'a blond woman with straight hair',
  'a woman with straight black hair',
  'She has long, wavy, brown hair.',
  'a man with wavy blond hair, no beard',
  'a woman whose hair is brown and straight',
  'He has curly black hair and a beard.',
  'a man with a receding hairline and brown hair',
  'a bearded guy who is not bald',
  'a lady with silver hair',
  'a gentleman with white hair and a full beard',
  'a beardless boy with straight blond hair',
  'a girl with raven hair',
  'a brunette with curly hair',
  'This man has straight hair. It is black. He has no beard.',
  "a woman whose hair isn't blond, brown or gray",
  'a man with neither a beard nor a receding hairline',
  'a man, his hairline receding, his hair gray, with a beard',
  'a bald woman',
];

const FORTY = [
  'a smiling young woman with blond hair and no glasses',
  'an old man with gray hair, glasses and a mustache',
  'a bald man with a goatee',
  'a young man with black hair, stubble and bushy eyebrows',
  'a woman with brown wavy hair, red lipstick and earrings',
  'a serious man in a necktie',
  'a chubby man with a double chin and sideburns',
  'a pale young woman with rosy cheeks and bangs',
  'a man wearing a hat and sunglasses',
  'an attractive woman with high cheekbones and heavy makeup',
  'a man with a big nose and bags under his eyes',
  'a young woman with straight black hair, a necklace and big lips',
  'She has an oval face and arched eyebrows. She is not smiling.',
  'a man with a receding hairline and a pointy nose',
  'a girl with narrow eyes, her mouth slightly open',
  'a blurry picture of a man',
  'an elderly lady with white hair and glasses',
  'a clean-shaven young man with blond hair',
  'a grinning man with a beard, without a hat or glasses',
  'a woman with neither makeup nor earrings',
  "a man who isn't young and isn't bald",
  'a young man with brown hair and no beard, mouth closed',
  'a woman with blond, curly hair and a necklace, smiling',
  'a middle-aged man with black hair, a mustache and a tie',
  'a bald woman with lipstick',
];

/** Those of ten for a run that knows nothing of smiles; every sentence of forty has a sex besides, which most runs know. */
export function chooseSentences(attributes: readonly string[]): readonly string[] {
  return attributes.includes('Smiling') ? FORTY : TEN;
}
