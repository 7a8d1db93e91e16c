// Commands about one run that a page asks for: who starts them, and what becomes of them. Types only.

export interface RunPlace {
  experiment: string;
  id: string;
}

/** The command that was asked for last. */
export interface StartedCommand {
  /** starting: it has not said yet that the run goes on. begun: it has. failed: it cannot. */
  state: 'starting' | 'begun' | 'failed';
  /** In a line for a person. */
  said: string;
}

/** What the pages need for that. Each command is a process of its own, which goes on when the dashboard ends. */
export interface RunStarter {
  /** Why `facet run FILE --only RUN` cannot be started from here, in a line; null: it can. */
  findProblem(run: RunPlace): string | null;
  /** Starts it, or `facet stop RUN`. */
  start(run: RunPlace, what: 'go-on' | 'stop' | 'end'): void;
  /** null: none was, or it has begun a while ago. */
  look(run: RunPlace): StartedCommand | null;
}
