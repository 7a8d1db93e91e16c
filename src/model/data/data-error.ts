// Room: model/data. A fault of the data, or of the place where it is kept, that a person can mend.

/** Its message is one line: where, what was expected, what was found, how to mend it. */
export class DataError extends Error {
  override name = 'DataError';
}
