// Writes both templates into cdk.out: `tools/synth.ts [-c name=value]...`
import { areBuilt, cdk, contextArguments, readChoices } from './cdk.ts';
import { main, say } from './main.ts';
import { standIns } from './stand-in.ts';
import { DEFAULTS } from '../src/setting/settings.ts';
import type { Settings } from '../src/setting/settings.ts';

await main(async () => {
  const choices = readChoices(process.argv.slice(2));
  const built = areBuilt(choices);
  const architecture = (choices['architecture'] ?? DEFAULTS.architecture) as Settings['architecture'];
  const binaries = built ? choices : { ...choices, binaries: standIns(architecture) };
  await cdk(['synth', '--quiet', ...contextArguments(binaries)]);
  say('The templates are infra-cdk/cdk.out/*.template.json');
  if (!built) {
    say('The Lambdas are not built (make lambdas): empty programs stand in for them, so do not deploy from cdk.out.');
  }
});
