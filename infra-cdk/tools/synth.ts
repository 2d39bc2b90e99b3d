// Writes both templates to cdk.out. Usage: `tools/synth.ts [-c name=value]...`
import { DEFAULTS, type Settings } from '../src/setting/settings.ts';
import { areBuilt, outputFolder, readChoices, synthesize } from './cdk.ts';
import { main, say } from './main.ts';
import { createPlaceholders } from './placeholder.ts';

await main(async () => {
  const choices = readChoices(process.argv.slice(2));
  const built = areBuilt(choices);
  const architecture = (choices['architecture'] ?? DEFAULTS.architecture) as Settings['architecture'];
  await synthesize(built ? choices : { ...choices, binaries: createPlaceholders(architecture) });
  say(`Wrote ${outputFolder()}/*.template.json`);
  if (!built) {
    say('The Lambdas are not built, so the templates contain placeholders. Run make lambdas before you deploy them.');
  }
});
