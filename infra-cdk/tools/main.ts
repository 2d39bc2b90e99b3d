import { Refusal } from '../src/setting/refusal.ts';
import { CommandFailed } from './cdk.ts';

/** Does the work of a command; a refusal is one sentence, and what has said why it failed says no more. */
export async function main(work: () => Promise<void> | void): Promise<void> {
  try {
    await work();
  } catch (error) {
    process.exitCode = 1;
    if (error instanceof Refusal) {
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
