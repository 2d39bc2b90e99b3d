// Shows what a deployment would change. Usage: `tools/diff.ts [-c name=value]...`
import { onSynthesized, readChoices, synthesize } from './cdk.ts';
import { main } from './main.ts';

await main(async () => {
  await synthesize(readChoices(process.argv.slice(2)));
  await onSynthesized('diff');
});
