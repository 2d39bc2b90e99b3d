import { spawn, type SpawnOptions } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { refuse } from '../src/setting/refusal.ts';
import { DEFAULTS } from '../src/setting/settings.ts';

/** The folder of the CDK app. */
export const FOLDER = fileURLToPath(new URL('..', import.meta.url));

/** Settings of a command line, as the CDK's command takes them: `-c name=value`. */
export type Choices = Readonly<Record<string, string>>;

/** Reads settings from the arguments of a command. Throws a `Refusal` for anything else. */
export function readChoices(words: readonly string[]): Choices {
  const choices: Record<string, string> = {};
  for (let index = 0; index < words.length; index += 2) {
    const [flag, word] = [words[index], words[index + 1] ?? ''];
    const [, name, value] = /^(\w+)=(.*)$/s.exec(word) ?? [];
    if ((flag !== '-c' && flag !== '--context') || name === undefined || value === undefined) {
      refuse(`"${flag ?? ''} ${word}" is no setting`, "write SETTINGS=\"-c stage=dev -c 'schedule=rate(1 hour)'\"");
    }
    choices[name] = value;
  }
  return choices;
}

/** Settings as the CDK's command takes them. */
function contextArguments(choices: Choices): string[] {
  return Object.entries(choices).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
}

/** The stage that these settings ask for, or cdk.json, or the default. */
export function stageOf(choices: Choices): string {
  const { context } = JSON.parse(readFileSync(join(FOLDER, 'cdk.json'), 'utf8')) as { context: Choices };
  return choices['stage'] ?? context['stage'] ?? DEFAULTS.stage;
}

/** Whether the Lambdas are built, in the folder that these settings name. */
export function areBuilt(choices: Choices): boolean {
  return existsSync(join(FOLDER, choices['binaries'] ?? DEFAULTS.binaries, 'parser', 'bootstrap'));
}

/** Where templates and assets are put: `CDK_OUT`, or the app's own folder. */
export function outputFolder(): string {
  return process.env['CDK_OUT'] ?? join(FOLDER, 'cdk.out');
}

/** Makes templates and assets with these settings. Rejects where something is refused; it has then said what. */
export async function synthesize(choices: Choices): Promise<void> {
  await cdk(['synth', '--quiet', '--output', outputFolder(), ...contextArguments(choices)]);
}

/** Runs the CDK's command on what was made before. */
export async function onSynthesized(...words: string[]): Promise<void> {
  await cdk([...words, '--app', outputFolder()]);
}

/** Runs the CDK's command. Rejects where it fails; it has then said why. */
async function cdk(words: readonly string[]): Promise<void> {
  await run(join(FOLDER, 'node_modules', '.bin', 'cdk'), words, { cwd: FOLDER });
}

/** Runs a program to its end. Rejects where that is no success. */
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

/** A command failed, and has said why. */
export class CommandFailed extends Error {
  override readonly name = 'CommandFailed';
}
