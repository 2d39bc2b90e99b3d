import { UserError } from '../src/user-error.ts';
import { CommandFailed } from './cdk.ts';

/** Runs a command. Prints a `UserError` without its stack trace, and nothing for `CommandFailed`. */
export async function main(work: () => Promise<void> | void): Promise<void> {
  try {
    await work();
  } catch (error) {
    process.exitCode = 1;
    if (error instanceof UserError) {
      process.stderr.write(`${error.message}\n`);
    } else if (!(error instanceof CommandFailed)) {
      throw error;
    }
  }
}

/** Prints a line. */
export function say(line: string): void {
  process.stdout.write(`${line}\n`);
}
