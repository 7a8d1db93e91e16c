// (pure) What the oracle reads in generated faces beside what was asked for.

/** What was asked of a face, and what the oracle makes of it. */
export interface JudgedFace {
  /** What the request fixed: 0 or 1; a value between them, on the way from one description to another, asks for nothing. */
  asked: Readonly<Record<string, number>>;
  /** Every label bit of the run that the face was made with. */
  bits: Readonly<Record<string, number>>;
  /** By label of the oracle: seen where > 0. */
  logits: Readonly<Record<string, number>>;
}

export interface FaceReading {
  /** What the oracle sees, by label bit of the run that it knows. */
  read: Record<string, 0 | 1>;
  /** What was asked for and is seen otherwise. Only what the oracle reads well. */
  misread: string[];
}

/** An attribute or rotation as it was asked for, over all faces that ask for it so. */
export interface AskedReading {
  name: string;
  asked: 0 | 1;
  /** Faces that ask for it so, and those of them in which the oracle sees it so. */
  faces: number;
  right: number;
  /** Why it is not counted: the oracle itself reads it badly, or does not know it. */
  unreliable?: string;
}

export interface ReadBack {
  /** The oracle's identity. */
  oracle: string;
  attributes: AskedReading[];
  /** Over all attributes that count and all faces: bits asked for, and those of them that are read so. */
  bits: number;
  right: number;
  /** Faces whose bits that count are all read as they were asked for. */
  allRight: number;
  /** In the order of the faces. */
  faces: FaceReading[];
}

/** By label: why the oracle reads it badly. A label that is not in it is read well. */
export type Weaknesses = Readonly<Record<string, string>>;

/** Attributes in the order in which they are first asked for. A logit that is no number is read as 0. */
export function readBackFaces(faces: readonly JudgedFace[], { oracle, weaknesses }: { oracle: string; weaknesses: Weaknesses }): ReadBack {
  const attributes = new Map<string, AskedReading>();
  const readings = faces.map(({ asked, bits, logits }): FaceReading => {
    const known = Object.keys(bits).filter((name) => name in logits);
    const read = Object.fromEntries(known.map((name) => [name, seenIn(logits, name)]));
    const misread: string[] = [];
    for (const [name, value] of Object.entries(asked)) {
      if (value !== 0 && value !== 1) continue;
      const unreliable = weaknesses[name];
      const tally = attributes.get(`${name} ${value}`) ?? {
        name,
        asked: value,
        faces: 0,
        right: 0,
        ...(unreliable !== undefined && { unreliable }),
      };
      attributes.set(`${name} ${value}`, tally);
      tally.faces++;
      if (read[name] === value) tally.right++;
      else if (unreliable === undefined) misread.push(name);
    }
    return { read, misread };
  });
  const counted = [...attributes.values()].filter(({ unreliable }) => unreliable === undefined);
  return {
    oracle,
    attributes: [...attributes.values()],
    bits: counted.reduce((sum, each) => sum + each.faces, 0),
    right: counted.reduce((sum, each) => sum + each.right, 0),
    allRight: readings.filter(({ misread }) => misread.length === 0).length,
    faces: readings,
  };
}

/**
 * Of several candidates for one face, the index of the best to the oracle: most of what was asked for is right, then most of all label bits,
 * then the largest margin, which is the least logit in favour of a bit. Counts what the oracle reads well. The first one of equals.
 */
export function chooseCandidate(candidates: readonly JudgedFace[], weaknesses: Weaknesses): number {
  const ranks = candidates.map(({ asked, bits, logits }) => {
    const reliable = (wanted: Readonly<Record<string, number>>) =>
      Object.entries(wanted).filter(([name, value]) => name in logits && !(name in weaknesses) && (value === 0 || value === 1));
    const countRight = (wanted: [string, number][]) => wanted.filter(([name, value]) => seenIn(logits, name) === value).length;
    const all = reliable(bits);
    const margins = all.map(([name, value]) => (value === 1 ? logits[name]! : -logits[name]!));
    return [countRight(reliable(asked)), countRight(all), Math.min(...margins)];
  });
  let best = 0;
  for (let i = 1; i < ranks.length; i++) if (isAhead(ranks[i]!, ranks[best]!)) best = i;
  return best;
}

const seenIn = (logits: Readonly<Record<string, number>>, name: string): 0 | 1 => (logits[name]! > 0 ? 1 : 0);

/** By the first number in which the two differ. */
function isAhead(rank: readonly number[], other: readonly number[]): boolean {
  const at = rank.findIndex((value, i) => value !== other[i]);
  return at >= 0 && rank[at]! > other[at]!;
}
