// Writes both templates into cdk.out: `tools/synth.ts [-c name=value]...`
import { DEFAULTS, type Settings } from '../src/setting/settings.ts';
import { areBuilt, outputFolder, readChoices, synthesize } from './cdk.ts';
import { main, say } from './main.ts';
import { standIns } from './stand-in.ts';

await main(async () => {
  const choices = readChoices(process.argv.slice(2));
  const built = areBuilt(choices);
  const architecture = (choices['architecture'] ?? DEFAULTS.architecture) as Settings['architecture'];
  await synthesize(built ? choices : { ...choices, binaries: standIns(architecture) });
  say(`The templates are ${outputFolder()}/*.template.json`);
  if (!built) {
    say('The Lambdas are not built (make lambdas): empty programs stand in for them, so do not deploy from there.');
  }
});
