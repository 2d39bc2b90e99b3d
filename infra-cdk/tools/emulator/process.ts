import { spawn } from 'node:child_process';
import { existsSync, openSync, readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';

import { fail } from '../../src/user-error.ts';
import { FOLDER } from '../cdk.ts';

/** A started process, and a word of its command line that identifies it later. */
export interface Started {
  readonly pid: number;
  readonly word: string;
}

/** A program to start: its arguments, a word of its command line, its environment, and the file for its output. */
export interface Program {
  readonly path: string;
  readonly arguments: readonly string[];
  readonly word: string;
  readonly env: NodeJS.ProcessEnv;
  readonly log: string;
}

/** Starts a program that keeps running after this process exits. */
export function startDetached({ path, arguments: words, word, env, log }: Program): Started {
  const output = openSync(log, 'a');
  const child = spawn(path, words, { cwd: FOLDER, env, detached: true, stdio: ['ignore', output, output] });
  child.unref();
  if (child.pid === undefined) {
    fail(`${path} does not start`, 'run make install-emulators');
  }
  return { pid: child.pid, word };
}

/** Starts the emulator on a port of this machine. */
export function startEmulator(port: number, logFolder: string): Started {
  return startDetached({
    path: join(FOLDER, '..', '.tools', 'emulator', 'bin', 'ministack'),
    arguments: [],
    word: 'ministack',
    env: {
      PATH: '/usr/bin:/bin',
      BIND_HOST: '127.0.0.1',
      GATEWAY_PORT: String(port),
      MINISTACK_HOST: '127.0.0.1',
      AWS_ENDPOINT_URL: `http://127.0.0.1:${port}`,
      AWS_LAMBDA_LOG_FORMAT: 'JSON',
    },
    log: join(logFolder, 'ministack.log'),
  });
}

/** Starts a web server for the pages in a folder. */
export function startSite(folder: string, port: number, logFolder: string): Started {
  const script = 'tools/emulator/site.ts';
  return startDetached({
    path: process.execPath,
    arguments: ['--import', 'tsx', script, folder, String(port)],
    word: script,
    env: { PATH: process.env['PATH'] },
    log: join(logFolder, 'site.log'),
  });
}

/** True if a process is running and is the one that was started. */
export function isRunning({ pid, word }: Started): boolean {
  try {
    process.kill(pid, 0);
  } catch {
    return false;
  }
  const commandLine = `/proc/${pid}/cmdline`;
  return !existsSync(commandLine) || readFileSync(commandLine, 'utf8').includes(word);
}

/** Returns a port of this machine that is not in use. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const address = server.address();
  server.close();
  return typeof address === 'object' && address !== null ? address.port : 0;
}
