import { CfnEventSourceMapping } from 'aws-cdk-lib/aws-lambda';
import type { Queue } from 'aws-cdk-lib/aws-sqs';
import { Duration } from 'aws-cdk-lib';
import { Construct } from 'constructs';

import { MAX_RECEIVES, pageVisibility, parserTimeout } from '../limit.ts';
import { createDeadLetters, createQueue } from '../queue.ts';
import { ownMetric } from '../watch.ts';
import { sourceEnvironment } from './source.ts';
import { StageFunction, type StageProps } from './stage-function.ts';

/** How many pages are read at once at most: few enough not to press the source, and no concurrency is reserved, which a
 * new account may not have. */
const MAXIMUM_CONCURRENCY = 2;
/** How many messages come at once: each may take all of the function's time. */
const BATCH_SIZE = 1;

/** Reads the pages that wait in its queue and stores what they say. */
export class Parser extends Construct {
  readonly stage: StageFunction;
  /** Where pages wait to be read. */
  readonly pages: Queue;
  /** Pages that were read and refused. */
  readonly refused: Queue;

  constructor(scope: Construct, id: string, props: StageProps) {
    super(scope, id);
    const { settings, tables, key, watch } = props;
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
      failing: { heading: 'ParserErrors', means: 'The parser fails, so that pages are not read.' },
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
    this.alarms(props, watch);
  }

  private alarms(props: StageProps, watch: StageProps['watch']): void {
    watch.deadLetters(this, 'RefusedPages', this.refused, 'A page was read and refused, or a message was no page.');
    const receives = pageVisibility(props.settings.hosts.length).toSeconds() * MAX_RECEIVES;
    watch.alarm(this, 'PagesWait', {
      means: 'A page has waited for longer than every attempt at it takes.',
      metric: this.pages.metricApproximateAgeOfOldestMessage({ statistic: 'Maximum', period: Duration.minutes(5) }),
      atLeast: receives,
    });
    watch.alarm(this, 'Findings', {
      means: 'A bulletin was stored with something on its page that could not be read, or that is new.',
      metric: ownMetric('Findings', 'Sum'),
      atLeast: 1,
    });
  }
}
