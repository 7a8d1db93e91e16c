// (pure) Where the pictures of a data set lie: a folder, or an archive that was left packed.

/** Paths are inside the place, with forward slashes. */
export interface Place {
  /** The folder or archive, for messages and for whoever compares stamps. */
  path: string;
  files: readonly string[];
  /** What is known of a file without reading it; undefined where it is gone, a reason where it is none. */
  look(file: string): { sizeBytes: number; stamp: string } | { reason: string } | undefined;
  /** The bytes of a file. Throws, or rejects, where it cannot be read. */
  open(file: string): Buffer | Promise<Buffer>;
  /** Whether a file is a picture by its first bytes, of whatever format. */
  isPicture(file: string): boolean;
  /** Why a name that fits no file finds nothing, where something is there all the same. */
  explain?(name: string): string | undefined;
}
