// Removes a stage. Keeps the tables, unless DATA is `delete`.
// Usage: `[DATA=delete] tools/destroy.ts [-c name=value]...`
import { stackName } from '../src/app.ts';
import { fail } from '../src/user-error.ts';
import { onSynthesized, readChoices, stageOf, synthesize } from './cdk.ts';
import { main, say } from './main.ts';
import { createPlaceholders } from './placeholder.ts';

await main(async () => {
  const data = process.env['DATA']?.trim() ?? '';
  if (!['', 'keep', 'delete'].includes(data)) {
    fail(`invalid DATA "${data}"`, 'expected DATA=delete to delete all rows; omit DATA to keep them');
  }
  const choices = readChoices(process.argv.slice(2));
  const stack = stackName(stageOf(choices));
  // Removing the functions does not need their binaries.
  await synthesize({
    ...choices,
    architecture: 'x86_64',
    binaries: createPlaceholders('x86_64'),
    data: data === 'delete' ? 'delete' : 'keep',
  });
  await onSynthesized('destroy', stack, '--exclusively', '--force');
  if (data !== 'delete') {
    say(`Removed. The stack ${stack}-data keeps the tables, and make deploy uses them again.`);
    say('To delete the tables too: make destroy DATA=delete');
    return;
  }
  // First turns off the deletion protection of the tables.
  await onSynthesized('deploy', `${stack}-data`, '--exclusively', '--require-approval', 'never');
  await onSynthesized('destroy', `${stack}-data`, '--exclusively', '--force');
  say('Removed, including the tables.');
});
