import { Duration } from 'aws-cdk-lib';
import { TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch';
import { PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { CfnEventInvokeConfig } from 'aws-cdk-lib/aws-lambda';
import { CfnSchedule } from 'aws-cdk-lib/aws-scheduler';
import type { Queue } from 'aws-cdk-lib/aws-sqs';
import { Stack } from 'aws-cdk-lib';
import { Construct } from 'constructs';

import { SEND_KEY_ACTIONS } from '../encryption.ts';
import { fetcherTimeout } from '../limit.ts';
import { createDeadLetters } from '../queue.ts';
import { ownMetric } from '../watch.ts';
import { sourceEnvironment } from './source.ts';
import { StageFunction, type StageProps } from './stage-function.ts';

export interface FetcherProps extends StageProps {
  /** Where pages wait to be read. */
  readonly pages: Queue;
}

/** Looks at the source by a schedule and queues the pages that are due. What the schedule cannot invoke, and what fails
 * again and again, ends in a queue each. */
export class Fetcher extends Construct {
  readonly stage: StageFunction;

  constructor(scope: Construct, id: string, props: FetcherProps) {
    super(scope, id);
    const { settings, tables, pages } = props;
    this.stage = new StageFunction(this, 'Stage', {
      ...props,
      name: 'fetcher',
      timeout: fetcherTimeout(settings.hosts.length),
      environment: { QUEUE_URL: pages.queueUrl, ...sourceEnvironment(settings) },
      failing: { heading: 'FetcherErrors', means: 'The fetcher fails, so that the source is not looked at.' },
    });
    this.stage.allow('ReadCatalogue', ['dynamodb:GetItem'], [tables.data.tableArn]);
    this.stage.allow(
      'ClaimLinks',
      ['dynamodb:GetItem', 'dynamodb:PutItem', 'dynamodb:UpdateItem'],
      [tables.links.tableArn],
    );
    this.stage.allow('QueuePages', ['sqs:SendMessage'], [pages.queueArn]);
    this.failures(props);
    this.schedule(props);
    this.alarms(props);
  }

  /** What becomes of a look that fails although it was invoked. */
  private failures({ settings, key, watch }: FetcherProps): void {
    const failed = createDeadLetters(this, 'FailedLooks', key, `VisaBulletin-${settings.stage}-failed-looks`);
    this.stage.allow('KeepFailedLooks', ['sqs:SendMessage'], [failed.queueArn]);
    const config = new CfnEventInvokeConfig(this, 'OnFailure', {
      functionName: this.stage.function.functionName,
      qualifier: '$LATEST',
      maximumRetryAttempts: 2,
      // After that the next look has come anyhow.
      maximumEventAgeInSeconds: Math.max(60, settings.schedule.minutes * 60),
      destinationConfig: { onFailure: { destination: failed.queueArn } },
    });
    config.node.addDependency(this.stage.role);
    watch.deadLetters(this, 'FailedLooks', failed, 'A look at the source failed three times.');
  }

  private schedule({ settings, key, watch }: FetcherProps): void {
    const missed = createDeadLetters(this, 'MissedLooks', key, `VisaBulletin-${settings.stage}-missed-looks`);
    const role = new Role(this, 'ScheduleRole', {
      description: 'What the schedule of Visa Bulletin Watch may do',
      assumedBy: new ServicePrincipal('scheduler.amazonaws.com', {
        conditions: { StringEquals: { 'aws:SourceAccount': Stack.of(this).account } },
      }),
    });
    const allow = (sid: string, actions: string[], resource: string): void => {
      role.addToPolicy(new PolicyStatement({ sid, actions, resources: [resource] }));
    };
    allow('InvokeFetcher', ['lambda:InvokeFunction'], this.stage.function.functionArn);
    allow('KeepMissedLooks', ['sqs:SendMessage'], missed.queueArn);
    if (key !== undefined) {
      allow('UseKey', SEND_KEY_ACTIONS, key.keyArn);
    }
    const schedule = new CfnSchedule(this, 'Schedule', {
      name: `VisaBulletin-${settings.stage}-look`,
      description: 'Looks for a new bulletin, and again at those that may still be corrected',
      scheduleExpression: settings.schedule.expression,
      flexibleTimeWindow: { mode: 'OFF' },
      target: {
        arn: this.stage.function.functionArn,
        roleArn: role.roleArn,
        input: '{}',
        retryPolicy: {
          maximumRetryAttempts: 5,
          maximumEventAgeInSeconds: Math.max(60, settings.schedule.minutes * 60),
        },
        deadLetterConfig: { arn: missed.queueArn },
      },
    });
    schedule.node.addDependency(role);
    watch.deadLetters(this, 'MissedLooks', missed, 'The schedule could not invoke the fetcher.');
  }

  private alarms({ settings, watch }: FetcherProps): void {
    const pause = settings.schedule.minutes;
    // Two looks fall into each period, so that one without any value means that nobody looked.
    const period = Duration.minutes(2 * pause);
    watch.alarm(this, 'LastGoodCheckAge', {
      means: 'The source has not given its list for too long, or nobody has looked.',
      metric: ownMetric('LastGoodCheckAge', 'Maximum', period),
      atLeast: Math.max(60, 4 * pause) * 60,
      periods: 2,
      missing: TreatMissingData.BREACHING,
    });
    watch.alarm(this, 'SourceBlocked', {
      means: 'No host has given the list of bulletins, look after look.',
      metric: ownMetric('SourceBlocked', 'Minimum', period),
      atLeast: 1,
      periods: 2,
    });
    watch.alarm(this, 'BulletinOverdue', {
      means: 'A bulletin should be out by now and is not stored.',
      metric: ownMetric('BulletinOverdue', 'Minimum', period),
      atLeast: 1,
    });
  }
}
