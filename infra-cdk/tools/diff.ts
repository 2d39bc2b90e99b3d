// Shows what a deployment would change: `tools/diff.ts [-c name=value]...`
import { cdk, contextArguments, readChoices } from './cdk.ts';
import { main } from './main.ts';

await main(async () => {
  await cdk(['diff', ...contextArguments(readChoices(process.argv.slice(2)))]);
});
