import { setTimeout as sleep } from 'node:timers/promises';

const TIMEOUT_MILLISECONDS = 60_000;
const INTERVAL_MILLISECONDS = 100;

/** Waits until a condition holds; a check that throws counts as false. Rejects after a timeout. */
export async function until(condition: string, holds: () => Promise<boolean>): Promise<void> {
  const end = Date.now() + TIMEOUT_MILLISECONDS;
  while (!(await holds().catch(() => false))) {
    if (Date.now() > end) {
      throw new Error(`timed out after ${TIMEOUT_MILLISECONDS / 1000} s, waiting until ${condition}`);
    }
    await sleep(INTERVAL_MILLISECONDS);
  }
}
