import { closeSync, existsSync, openSync, readSync, statSync } from 'node:fs';
import { join } from 'node:path';

import { fail } from './user-error.ts';
import type { Settings } from './setting/settings.ts';

/** The `e_machine` field of the ELF header for each architecture. */
export const MACHINES: Readonly<Record<Settings['architecture'], number>> = { x86_64: 0x3e, arm64: 0xb7 };
/** The number of bytes of an ELF header up to the end of `e_machine`. */
export const HEADER_BYTES = 20;

/** The folder with the compiled Lambda of this name. Throws a `UserError` if it is missing or built for another
 * architecture. */
export function binaryFolder(name: string, settings: Pick<Settings, 'binaries' | 'architecture'>): string {
  const folder = join(settings.binaries, name);
  const file = join(folder, 'bootstrap');
  if (!existsSync(file) || !statSync(file).isFile()) {
    fail(`the ${name} is not built (${file} is missing)`, `run make lambdas ARCH=${settings.architecture}`);
  }
  const header = readHeader(file);
  const isElf = header.subarray(0, 4).equals(Buffer.from('\x7fELF', 'latin1'));
  const found = Object.entries(MACHINES).find(([, machine]) => machine === header.readUInt16LE(18))?.[0];
  if (!isElf || found === undefined) {
    fail(`${file} is not a Linux executable`, `run make lambdas ARCH=${settings.architecture}`);
  }
  if (found !== settings.architecture) {
    fail(
      `${file} is built for ${found}, but the setting architecture is ${settings.architecture}`,
      `run make lambdas ARCH=${settings.architecture}, or set -c architecture=${found}`,
    );
  }
  return folder;
}

function readHeader(file: string): Buffer {
  const header = Buffer.alloc(HEADER_BYTES);
  const descriptor = openSync(file, 'r');
  try {
    readSync(descriptor, header, 0, HEADER_BYTES, 0);
  } finally {
    closeSync(descriptor);
  }
  return header;
}
