// Room: experiment (pure). A fault that the user can mend: its message says where, what was expected and what was found.

/** cli.ts prints the message without a stack and exits 2. Every other error is a bug of Facet. */
export class UserError extends Error {
  override readonly name = 'UserError';
}
