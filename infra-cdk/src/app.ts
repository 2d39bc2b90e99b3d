import { Tags, Validations, type App } from 'aws-cdk-lib';
import { AwsSolutionsChecks } from 'cdk-nag';

import { BulletinStack } from './bulletin-stack.ts';
import { DataStack } from './data-stack.ts';
import { readSettings } from './setting/settings.ts';

/** Both stacks of a stage. */
export interface Stacks {
  readonly data: DataStack;
  readonly bulletin: BulletinStack;
}

/** What the stack of a stage is called; that of its tables has `-data` behind it. */
export function stackName(stage: string): string {
  return `VisaBulletin-${stage}`;
}

/** Puts both stacks into an app, as its context asks for it, with cdk-nag looking on. Throws a `Refusal`. */
export function addStacks(app: App): Stacks {
  const settings = readSettings(app.node);
  const name = stackName(settings.stage);
  const data = new DataStack(app, `${name}-data`, settings, {
    description: `Visa Bulletin Watch, ${settings.stage}: its tables`,
    terminationProtection: settings.data === 'keep',
  });
  const bulletin = new BulletinStack(app, name, settings, data, {
    description: `Visa Bulletin Watch, ${settings.stage}: fetcher, parser, notifier and what watches over them`,
  });
  Tags.of(app).add('application', 'visa-bulletin-watch');
  Tags.of(app).add('stage', settings.stage);
  Validations.of(app).addPlugins(new AwsSolutionsChecks(app));
  return { data, bulletin };
}
