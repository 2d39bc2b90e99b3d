import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { FOLDER } from '../cdk.ts';

/** Where everything of the system on this machine lies, while it runs. */
export const STATE_FOLDER = join(FOLDER, '.emulator');
const STATE = join(STATE_FOLDER, 'state.json');

/** A process that was started, and a word of its command line by which it is known again. */
export interface Started {
  readonly pid: number;
  readonly word: string;
}

/** What runs. */
export interface State {
  readonly endpoint: string;
  readonly processes: readonly Started[];
}

/** Notes what runs. */
export function note(state: State): void {
  mkdirSync(STATE_FOLDER, { recursive: true });
  writeFileSync(STATE, JSON.stringify(state));
}

/** What was noted, if anything was. */
export function noted(): State | undefined {
  return existsSync(STATE) ? (JSON.parse(readFileSync(STATE, 'utf8')) as State) : undefined;
}

/** Whether a process still runs, and is the one that was started. */
export function isRunning({ pid, word }: Started): boolean {
  try {
    process.kill(pid, 0);
  } catch {
    return false;
  }
  const commandLine = `/proc/${pid}/cmdline`;
  return !existsSync(commandLine) || readFileSync(commandLine, 'utf8').includes(word);
}

/** Ends what runs, and forgets it. */
export function stop(state: State): void {
  for (const started of state.processes) {
    if (isRunning(started)) {
      process.kill(started.pid);
    }
  }
  rmSync(STATE_FOLDER, { recursive: true, force: true });
}
