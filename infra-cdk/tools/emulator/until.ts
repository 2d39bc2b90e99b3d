import { setTimeout as pause } from 'node:timers/promises';

/** How long anything may take here, in milliseconds. */
const PATIENCE = 60_000;

/** Waits until something is so; that it cannot be asked yet counts as no. Rejects where it does not become so. */
export async function until(what: string, isSo: () => Promise<boolean>): Promise<void> {
  const end = Date.now() + PATIENCE;
  for (;;) {
    try {
      if (await isSo()) {
        return;
      }
    } catch {
      // Not yet.
    }
    if (Date.now() > end) {
      throw new Error(`it never came that ${what}`);
    }
    await pause(100);
  }
}
