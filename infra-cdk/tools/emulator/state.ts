import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { FOLDER } from '../cdk.ts';
import { isRunning, type Started } from './process.ts';

/** The folder for everything that belongs to a running emulator: state, logs and the published pages. */
export const STATE_FOLDER = join(FOLDER, '.emulator');
const STATE = join(STATE_FOLDER, 'state.json');

/** A running emulator. */
export interface State {
  readonly endpoint: string;
  readonly processes: readonly Started[];
}

/** Saves the state of a running emulator. */
export function writeState(state: State): void {
  mkdirSync(STATE_FOLDER, { recursive: true });
  writeFileSync(STATE, JSON.stringify(state));
}

/** Returns the saved state, if there is one. */
export function readState(): State | undefined {
  return existsSync(STATE) ? (JSON.parse(readFileSync(STATE, 'utf8')) as State) : undefined;
}

/** Stops the processes of an emulator and removes its folder. */
export function stop(state: State): void {
  for (const started of state.processes) {
    if (isRunning(started)) {
      process.kill(started.pid);
    }
  }
  rmSync(STATE_FOLDER, { recursive: true, force: true });
}
