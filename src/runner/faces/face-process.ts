// A process that makes faces for one order after another: TensorFlow is loaded once, and the run that was asked for last stays open.

import {
  type FaceMakerMessage,
  type FaceOrder,
  type GeneratedFaces,
  type GenerateOrder,
  STAY_FOR_ORDERS,
} from '../../results/generation.ts';
import type { RunRecord } from '../../results/records.ts';
import { choosePlace, runHelper } from '../ask-child.ts';
import { findParentDeathPrefix } from '../executors/local/no-orphans.ts';
import { setUpTensorflow } from '../set-up-tensorflow.ts';

/** It holds no file that is half written: one that is in a native call need not come out of it. */
const GRACE_MS = 1500;

/** `problem`: why there are none, in a line. */
export type Made = GeneratedFaces | { problem: string };

export interface RunOfFaces {
  folder: string;
  record: RunRecord;
}

export interface FaceProcess {
  /** Whether it computes as the process of `facet generate` would for this run, so that the bits are the same. */
  suits(run: RunOfFaces): Promise<boolean>;
  /** One order at a time. Answers also where the process ends of it. */
  make(run: RunOfFaces, order: GenerateOrder): Promise<Made>;
  isOver(): boolean;
  /** Resolves when it has ended. */
  end(): Promise<void>;
}

/** `maker`: as of generateFaces; with `-` in place of the order it takes orders as messages. */
export function startFaceProcess(maker: string, run: RunOfFaces): FaceProcess {
  const stop = new AbortController();
  const place = placeOf(run);
  let isOver = false;
  let send: (message: FaceOrder) => void = () => {};
  let onFaces: (made: Made) => void = () => {};
  let onReady = () => {};
  const ready = new Promise<void>((resolve) => {
    onReady = resolve;
  });
  const ended = carryOut().then(
    (made) => over(made),
    (error: Error) => over({ problem: error.message.split('\n')[0]! }),
  );

  function over(made: Made): Made {
    isOver = true;
    return made;
  }

  async function carryOut(): Promise<Made> {
    if (!(await setUpTensorflow())) return { problem: 'stopped' };
    const end = await runHelper({
      words: [maker, run.folder, STAY_FOR_ORDERS],
      prefix: await findParentDeathPrefix(),
      place: await place,
      stop: stop.signal,
      graceMs: GRACE_MS,
      onStart(sender) {
        send = sender;
      },
      onMessage(message) {
        const told = message as FaceMakerMessage;
        if (told.type === 'ready') onReady();
        if (told.type === 'faces') onFaces(told.made);
      },
    });
    return 'problem' in end ? end : { problem: 'its process has ended' };
  }

  return {
    async suits(other) {
      if (other.folder === run.folder) return true;
      const [own, wanted] = await Promise.allSettled([place, placeOf(other)]);
      return JSON.stringify(own) === JSON.stringify(wanted);
    },
    make({ folder }, order) {
      const faces = new Promise<Made>((resolve) => {
        onFaces = resolve;
      });
      const answered = ready.then(() => {
        send({ folder, order });
        return faces;
      });
      return Promise.race([answered, ended]);
    },
    isOver: () => isOver,
    async end() {
      stop.abort();
      await ended;
    },
  };
}

const placeOf = ({ folder, record }: RunOfFaces) => choosePlace(folder, record, { allCores: true });
