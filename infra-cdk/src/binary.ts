import { closeSync, existsSync, openSync, readSync, statSync } from 'node:fs';
import { join } from 'node:path';

import { refuse } from './setting/refusal.ts';
import type { Settings } from './setting/settings.ts';

/** `e_machine` of the ELF header for each architecture. */
export const MACHINES: Readonly<Record<Settings['architecture'], number>> = { x86_64: 0x3e, arm64: 0xb7 };
/** As much of a file as its machine is told by. */
export const HEADER_BYTES = 20;

/** The folder with the compiled Lambda of this name, which is of the wanted architecture. Throws a `Refusal`. */
export function binaryFolder(name: string, settings: Pick<Settings, 'binaries' | 'architecture'>): string {
  const folder = join(settings.binaries, name);
  const file = join(folder, 'bootstrap');
  if (!existsSync(file) || !statSync(file).isFile()) {
    refuse(`the ${name} is not built: ${file} is missing`, `run make lambdas ARCH=${settings.architecture} first`);
  }
  const header = readHeader(file);
  const isElf = header.subarray(0, 4).equals(Buffer.from('\x7fELF', 'latin1'));
  const found = Object.entries(MACHINES).find(([, machine]) => machine === header.readUInt16LE(18))?.[0];
  if (!isElf || found === undefined) {
    refuse(`${file} is no program for Lambda`, `run make lambdas ARCH=${settings.architecture} on Linux`);
  }
  if (found !== settings.architecture) {
    refuse(
      `${file} is built for ${found}, and the setting architecture is ${settings.architecture}`,
      `run make lambdas ARCH=${settings.architecture}, or write -c architecture=${found}`,
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
