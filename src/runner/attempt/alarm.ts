// (pure) A wait that can be cut short.

export interface Alarm {
  ring(): void;
  /** Resolves once it rings or after so many milliseconds; at once where it has rung since the last wait. */
  wait(ms: number): Promise<void>;
}

export function createAlarm(): Alarm {
  let isRung = false;
  let wake = () => {};
  return {
    ring() {
      isRung = true;
      wake();
    },
    wait: (ms) =>
      new Promise((resolve) => {
        const end = () => {
          clearTimeout(timer);
          wake = () => {};
          isRung = false;
          resolve();
        };
        const timer = setTimeout(end, ms);
        wake = end;
        if (isRung) end();
      }),
  };
}
