// Removes a stage: `[DATA=delete] tools/destroy.ts [-c name=value]...`. The tables stay, unless DATA is `delete`.
import { stackName } from '../src/app.ts';
import { refuse } from '../src/setting/refusal.ts';
import { onSynthesized, readChoices, stageOf, synthesize } from './cdk.ts';
import { main, say } from './main.ts';
import { standIns } from './stand-in.ts';

await main(async () => {
  const data = process.env['DATA']?.trim() ?? '';
  if (!['', 'keep', 'delete'].includes(data)) {
    refuse(`DATA is "${data}"`, 'write DATA=delete to lose every row, or leave it out to keep them');
  }
  const choices = readChoices(process.argv.slice(2));
  const stack = stackName(stageOf(choices));
  // Nothing of what the functions are made of is needed to remove them.
  await synthesize({
    ...choices,
    architecture: 'x86_64',
    binaries: standIns('x86_64'),
    data: data === 'delete' ? 'delete' : 'keep',
  });
  await onSynthesized('destroy', stack, '--exclusively', '--force');
  if (data !== 'delete') {
    say(`Removed. The tables are kept, in the stack ${stack}-data: make deploy goes on with them.`);
    say('To remove them too: make destroy DATA=delete');
    return;
  }
  // Lifts the protection of stack and tables first.
  await onSynthesized('deploy', `${stack}-data`, '--exclusively', '--require-approval', 'never');
  await onSynthesized('destroy', `${stack}-data`, '--exclusively', '--force');
  say('Removed, with every row.');
});
