import { spawn, type SpawnOptions } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { fail } from '../src/user-error.ts';
import { DEFAULTS } from '../src/setting/settings.ts';

/** The folder of the CDK app. */
export const FOLDER = fileURLToPath(new URL('..', import.meta.url));

/** The settings on a command line: `-c name=value`. */
export type Choices = Readonly<Record<string, string>>;

/** Parses settings from the arguments of a command. Throws a `UserError` for any other argument. */
export function readChoices(words: readonly string[]): Choices {
  const choices: Record<string, string> = {};
  for (let index = 0; index < words.length; index += 2) {
    const [flag, word] = [words[index], words[index + 1] ?? ''];
    const [, name, value] = /^(\w+)=(.*)$/s.exec(word) ?? [];
    if ((flag !== '-c' && flag !== '--context') || name === undefined || value === undefined) {
      fail(
        `invalid SETTINGS "${flag ?? ''} ${word}"`,
        "expected -c name=value, for example -c stage=dev -c 'schedule=rate(1 hour)'",
      );
    }
    choices[name] = value;
  }
  return choices;
}

/** The settings as arguments of the `cdk` command. */
function contextArguments(choices: Choices): string[] {
  return Object.entries(choices).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
}

/** The stage in the settings, else in cdk.json, else the default. */
export function stageOf(choices: Choices): string {
  const { context } = JSON.parse(readFileSync(join(FOLDER, 'cdk.json'), 'utf8')) as { context: Choices };
  return choices['stage'] ?? context['stage'] ?? DEFAULTS.stage;
}

/** True if the Lambdas are built in the folder that the settings name. */
export function areBuilt(choices: Choices): boolean {
  return existsSync(join(FOLDER, choices['binaries'] ?? DEFAULTS.binaries, 'parser', 'bootstrap'));
}

/** The output folder for templates and assets: `CDK_OUT`, or `cdk.out`. */
export function outputFolder(): string {
  return process.env['CDK_OUT'] ?? join(FOLDER, 'cdk.out');
}

/** Synthesizes templates and assets. Rejects with `CommandFailed`. */
export async function synthesize(choices: Choices): Promise<void> {
  await cdk(['synth', '--quiet', '--output', outputFolder(), ...contextArguments(choices)]);
}

/** Runs the `cdk` command on the synthesized templates. */
export async function onSynthesized(...words: string[]): Promise<void> {
  await cdk([...words, '--app', outputFolder()]);
}

/** Runs the `cdk` command. Rejects with `CommandFailed`. */
async function cdk(words: readonly string[]): Promise<void> {
  await run(join(FOLDER, 'node_modules', '.bin', 'cdk'), words, { cwd: FOLDER });
}

/** Runs a program and waits for it. Rejects with `CommandFailed` if its exit code is not zero. */
export async function run(program: string, words: readonly string[], options: SpawnOptions): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    const child = spawn(program, words, { stdio: 'inherit', ...options });
    child.on('error', reject);
    child.on('exit', (code) => {
      if (code === 0) {
        resolve();
      } else {
        reject(new CommandFailed());
      }
    });
  });
}

/** A command failed and has already printed the reason. */
export class CommandFailed extends Error {
  override readonly name = 'CommandFailed';
}
