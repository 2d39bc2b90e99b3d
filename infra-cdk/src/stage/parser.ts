import { Duration } from 'aws-cdk-lib';
import { CfnEventSourceMapping } from 'aws-cdk-lib/aws-lambda';
import type { Queue } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';

import { MAX_RECEIVES, pageVisibility, parserTimeout } from '../limit.ts';
import { createDeadLetters, createQueue } from '../queue.ts';
import { ownMetric } from '../alarm.ts';
import { sourceEnvironment } from './source.ts';
import { StageFunction, type StageProps } from './stage-function.ts';

/** The maximum number of pages parsed at once, to limit the load on the source. Limited here and not by reserved
 * concurrency, which a new account may not have. */
const MAXIMUM_CONCURRENCY = 2;
/** The number of messages per invocation: a single one may need the whole timeout. */
const BATCH_SIZE = 1;

/** The parse stage: parses the queued pages and stores their bulletins. */
export class Parser extends Construct {
  readonly stage: StageFunction;
  /** The queue of pages to parse. */
  readonly pages: Queue;
  /** The dead letters of `pages`. */
  readonly refused: Queue;

  constructor(scope: Construct, id: string, props: StageProps) {
    super(scope, id);
    const { settings, tables, key } = props;
    const hosts = settings.hosts.length;
    this.refused = createDeadLetters(this, 'RefusedPages', key, `VisaBulletin-${settings.stage}-refused-pages`);
    this.pages = createQueue(this, 'Pages', key, {
      queueName: `VisaBulletin-${settings.stage}-pages`,
      visibilityTimeout: pageVisibility(hosts),
      deadLetterQueue: { queue: this.refused, maxReceiveCount: MAX_RECEIVES },
    });
    this.stage = new StageFunction(this, 'Stage', {
      ...props,
      name: 'parser',
      timeout: parserTimeout(hosts),
      environment: sourceEnvironment(settings),
      failing: { heading: 'ParserErrors', meaning: 'The parser fails, so pages are not stored.' },
    });
    this.stage.allow(
      'StoreBulletins',
      [
        'dynamodb:BatchGetItem',
        'dynamodb:ConditionCheckItem',
        'dynamodb:GetItem',
        'dynamodb:PutItem',
        'dynamodb:Query',
        'dynamodb:UpdateItem',
      ],
      [tables.data.tableArn],
    );
    this.stage.allow('SettleLinks', ['dynamodb:GetItem', 'dynamodb:PutItem'], [tables.links.tableArn]);
    this.stage.allow(
      'TakePages',
      ['sqs:ChangeMessageVisibility', 'sqs:DeleteMessage', 'sqs:GetQueueAttributes', 'sqs:ReceiveMessage'],
      [this.pages.queueArn],
    );
    const source = new CfnEventSourceMapping(this, 'Source', {
      functionName: this.stage.function.functionName,
      eventSourceArn: this.pages.queueArn,
      batchSize: BATCH_SIZE,
      scalingConfig: { maximumConcurrency: MAXIMUM_CONCURRENCY },
      functionResponseTypes: ['ReportBatchItemFailures'],
    });
    source.node.addDependency(this.stage.role);
    this.addAlarms(props);
  }

  private addAlarms({ settings, alarms }: StageProps): void {
    alarms.addDeadLetters(this, 'RefusedPages', this.refused, 'A page was rejected, or a message does not name a page.');
    const allAttempts = pageVisibility(settings.hosts.length).toSeconds() * MAX_RECEIVES;
    alarms.add(this, 'PagesWait', {
      meaning: 'A page has been queued for longer than all attempts at it can take.',
      metric: this.pages.metricApproximateAgeOfOldestMessage({ statistic: 'Maximum', period: Duration.minutes(5) }),
      atLeast: allAttempts,
    });
    alarms.add(this, 'Findings', {
      meaning: 'A bulletin was stored, but part of its page is unreadable, missing or unknown.',
      metric: ownMetric('Findings', 'Sum'),
      atLeast: 1,
    });
  }
}
