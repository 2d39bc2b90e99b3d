/** An error that the user can fix. Its message says what is wrong and what is expected, and is printed without a stack
 * trace. */
export class UserError extends Error {
  override readonly name = 'UserError';
}

/** Throws a `UserError`: the problem, then what is expected or what to do. */
export function fail(problem: string, remedy: string): never {
  throw new UserError(`${problem}: ${remedy}`);
}
