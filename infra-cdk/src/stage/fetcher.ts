import { Duration, Stack } from 'aws-cdk-lib';
import { TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch';
import { PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { CfnEventInvokeConfig } from 'aws-cdk-lib/aws-lambda';
import { CfnSchedule } from 'aws-cdk-lib/aws-scheduler';
import type { Queue } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';

import { SEND_KEY_ACTIONS } from '../encryption.ts';
import { fetcherTimeout } from '../limit.ts';
import { createDeadLetters } from '../queue.ts';
import { ownMetric } from '../alarm.ts';
import { sourceEnvironment } from './source.ts';
import { StageFunction, type StageProps } from './stage-function.ts';

export interface FetcherProps extends StageProps {
  /** The queue of pages to parse. */
  readonly pages: Queue;
}

/** The fetch stage: polls the source on a schedule and queues the pages that are due. Polls that the schedule could not
 * start and polls that failed repeatedly are dead-lettered to separate queues. */
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
      failing: { heading: 'FetcherErrors', meaning: 'The fetcher fails, so the source is not polled.' },
    });
    this.stage.allow('ReadCatalogue', ['dynamodb:GetItem'], [tables.data.tableArn]);
    this.stage.allow(
      'ClaimLinks',
      ['dynamodb:GetItem', 'dynamodb:PutItem', 'dynamodb:UpdateItem'],
      [tables.links.tableArn],
    );
    this.stage.allow('QueuePages', ['sqs:SendMessage'], [pages.queueArn]);
    this.addFailures(props);
    this.addSchedule(props);
    this.addAlarms(props);
  }

  /** Retries and dead letters of polls that were started and failed. */
  private addFailures({ settings, key, alarms }: FetcherProps): void {
    const failed = createDeadLetters(this, 'FailedLooks', key, `VisaBulletin-${settings.stage}-failed-looks`);
    this.stage.allow('KeepFailedLooks', ['sqs:SendMessage'], [failed.queueArn]);
    const config = new CfnEventInvokeConfig(this, 'OnFailure', {
      functionName: this.stage.function.functionName,
      qualifier: '$LATEST',
      maximumRetryAttempts: 2,
      // By then the next poll has started.
      maximumEventAgeInSeconds: Math.max(60, settings.schedule.minutes * 60),
      destinationConfig: { onFailure: { destination: failed.queueArn } },
    });
    config.node.addDependency(this.stage.role);
    alarms.addDeadLetters(this, 'FailedLooks', failed, 'A poll of the source failed three times.');
  }

  private addSchedule({ settings, key, alarms }: FetcherProps): void {
    const missed = createDeadLetters(this, 'MissedLooks', key, `VisaBulletin-${settings.stage}-missed-looks`);
    const role = new Role(this, 'ScheduleRole', {
      description: 'Permissions of the schedule of Visa Bulletin Watch',
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
      description: 'Polls for new bulletins and for corrections of recent ones',
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
    alarms.addDeadLetters(this, 'MissedLooks', missed, 'The schedule could not invoke the fetcher.');
  }

  private addAlarms({ settings, alarms }: FetcherProps): void {
    const interval = settings.schedule.minutes;
    // Each period contains two polls, so a period without data means that no poll ran.
    const period = Duration.minutes(2 * interval);
    alarms.add(this, 'LastGoodCheckAge', {
      meaning: 'The last successful poll of the source is too old, or no poll ran.',
      metric: ownMetric('LastGoodCheckAge', 'Maximum', period),
      atLeast: Math.max(60, 4 * interval) * 60,
      periods: 2,
      missing: TreatMissingData.BREACHING,
    });
    alarms.add(this, 'SourceBlocked', {
      meaning: 'No host has returned the list of bulletins in several consecutive polls.',
      metric: ownMetric('SourceBlocked', 'Minimum', period),
      atLeast: 1,
      periods: 2,
    });
    alarms.add(this, 'BulletinOverdue', {
      meaning: 'A bulletin should have been published by now, but is not stored.',
      metric: ownMetric('BulletinOverdue', 'Minimum', period),
      atLeast: 1,
    });
  }
}
