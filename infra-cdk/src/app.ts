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

/** The name of a stage's stack. The stack of its tables has the same name with the suffix `-data`. */
export function stackName(stage: string): string {
  return `VisaBulletin-${stage}`;
}

/** Adds both stacks to an app, configured by the app's context and checked by cdk-nag. Throws a `UserError`. */
export function addStacks(app: App): Stacks {
  const settings = readSettings(app.node);
  const name = stackName(settings.stage);
  const data = new DataStack(app, `${name}-data`, settings, {
    description: `Visa Bulletin Watch, ${settings.stage}: tables`,
    terminationProtection: settings.data === 'keep',
  });
  const bulletin = new BulletinStack(app, name, settings, data, {
    description: `Visa Bulletin Watch, ${settings.stage}: fetcher, parser, notifier, topics, alarms and dashboard`,
  });
  Tags.of(app).add('application', 'visa-bulletin-watch');
  Tags.of(app).add('stage', settings.stage);
  Validations.of(app).addPlugins(new AwsSolutionsChecks(app));
  return { data, bulletin };
}
