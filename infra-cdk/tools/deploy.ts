// Deploys both stacks. Usage: `EMAIL=you@example.com tools/deploy.ts [-c name=value]...`
import { OPERATOR_EMAIL } from '../src/bulletin-stack.ts';
import { readEmail } from '../src/setting/email.ts';
import { onSynthesized, readChoices, synthesize } from './cdk.ts';
import { main, say } from './main.ts';

await main(async () => {
  const email = readEmail(process.env['EMAIL']);
  await synthesize(readChoices(process.argv.slice(2)));
  // Creates the CDK's own resources in a new account; otherwise changes nothing.
  await onSynthesized('bootstrap');
  const approved = ['--require-approval', 'never'];
  await onSynthesized('deploy', '--all', ...approved, '--parameters', `${OPERATOR_EMAIL}=${email}`);
  say('Deployed. Confirm the subscription in the e-mail that AWS sends you: until then you receive no alarms.');
});
