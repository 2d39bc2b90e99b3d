import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { HEADER_BYTES, MACHINES } from '../src/binary.ts';
import type { Settings } from '../src/setting/settings.ts';

/** The names of the Lambdas' binaries. */
export const BINARIES = ['fetcher', 'parser', 'notifier'] as const;

/** Creates a folder with an empty program for each Lambda, to synthesize templates that are not deployed. */
export function createPlaceholders(architecture: Settings['architecture'] = 'x86_64'): string {
  const folder = mkdtempSync(join(tmpdir(), 'visa-bulletin-'));
  const header = Buffer.alloc(HEADER_BYTES);
  header.write('\x7fELF', 'latin1');
  header.writeUInt16LE(MACHINES[architecture], 18);
  for (const name of BINARIES) {
    mkdirSync(join(folder, name));
    writeFileSync(join(folder, name, 'bootstrap'), header);
  }
  return folder;
}
