import { Duration } from 'aws-cdk-lib';
import { CfnEventSourceMapping } from 'aws-cdk-lib/aws-lambda';
import type { Queue } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';

import { acknowledge } from '../acknowledge.ts';
import { NOTIFIER_TIMEOUT, RECORD_AGE } from '../limit.ts';
import { createDeadLetters } from '../queue.ts';
import type { Topics } from '../topics.ts';
import { StageFunction, type StageProps } from './stage-function.ts';

/** The number of stream records per invocation: the standings of a bulletin arrive in a few batches. */
const BATCH_SIZE = 50;
/** The key prefixes of the items that can alert: standings and bulletins. Rows, the catalogue and deletions never alert. */
const ALERTING_PREFIXES = ['STANDING#', 'BULLETIN#'];

export interface NotifierProps extends StageProps {
  readonly topics: Topics;
}

/** The notify stage: turns changes of the data table into alerts and sends each one once. */
export class Notifier extends Construct {
  readonly stage: StageFunction;
  /** Records that the notifier could not decode. */
  readonly #unread: Queue;
  /** References to records that could not be handled in time. */
  readonly #givenUp: Queue;
  readonly #stream: string;

  constructor(scope: Construct, id: string, props: NotifierProps) {
    super(scope, id);
    const { settings, tables, topics, key } = props;
    this.#unread = createDeadLetters(this, 'UnreadRecords', key, `VisaBulletin-${settings.stage}-unread-records`);
    this.#givenUp = createDeadLetters(this, 'GivenUpRecords', key, `VisaBulletin-${settings.stage}-given-up-records`);
    this.#stream = tables.data.tableStreamArn ?? '';
    this.stage = new StageFunction(this, 'Stage', {
      ...props,
      name: 'notifier',
      timeout: NOTIFIER_TIMEOUT,
      environment: { TOPIC_PREFIX: topics.prefix, DEAD_RECORDS_URL: this.#unread.queueUrl },
      failing: { heading: 'NotifierErrors', meaning: 'The notifier fails, so alerts are late.' },
    });
    this.grantPermissions(props);
    this.addSource();
    this.addAlarms(props);
  }

  private grantPermissions({ settings, tables, topics }: NotifierProps): void {
    // For the summary of a bulletin, which counts the movements.
    this.stage.allow('ReadStandings', ['dynamodb:BatchGetItem', 'dynamodb:GetItem'], [tables.data.tableArn]);
    this.stage.allow(
      'MarkAlerts',
      ['dynamodb:DeleteItem', 'dynamodb:GetItem', 'dynamodb:UpdateItem'],
      [tables.marks.tableArn],
    );
    this.stage.allow(
      'Publish',
      ['sns:Publish'],
      [...topics.alerts.values()].map((topic) => topic.topicArn),
    );
    this.stage.allow('KeepUnreadRecords', ['sqs:SendMessage'], [this.#unread.queueArn]);
    this.stage.allow('KeepGivenUpRecords', ['sqs:SendMessage'], [this.#givenUp.queueArn]);
    this.stage.allow(
      'ReadStream',
      ['dynamodb:DescribeStream', 'dynamodb:GetRecords', 'dynamodb:GetShardIterator'],
      [this.#stream],
    );
    // This action lists the streams of a table, so it needs permission on all of them.
    this.stage.allow('ListStreams', ['dynamodb:ListStreams'], [`${tables.data.tableArn}/stream/*`]);
    // The id of the finding contains the resource: the data table's ARN as the other stack exports it.
    const exported = `VisaBulletin-${settings.stage}-data:ExportsOutputFnGetAttData666C94C7Arn0D7E21B7`;
    acknowledge(
      this.stage.role,
      `AwsSolutions-IAM5[Resource::${exported}/stream/*]`,
      'The names of the streams are unknown until they are listed. The action reads nothing else.',
    );
  }

  private addSource(): void {
    const source = new CfnEventSourceMapping(this, 'Source', {
      functionName: this.stage.function.functionName,
      eventSourceArn: this.#stream,
      // Includes changes from before this mapping existed.
      startingPosition: 'TRIM_HORIZON',
      batchSize: BATCH_SIZE,
      filterCriteria: {
        filters: ALERTING_PREFIXES.map((prefix) => ({
          pattern: JSON.stringify({
            eventName: ['INSERT', 'MODIFY'],
            dynamodb: { Keys: { pk: { S: [{ prefix }] } } },
          }),
        })),
      },
      bisectBatchOnFunctionError: true,
      functionResponseTypes: ['ReportBatchItemFailures'],
      // Limited by age and not by number: the mark of an alert whose sender died expires only after five minutes.
      maximumRetryAttempts: -1,
      maximumRecordAgeInSeconds: RECORD_AGE.toSeconds(),
      destinationConfig: { onFailure: { destination: this.#givenUp.queueArn } },
    });
    source.node.addDependency(this.stage.role);
  }

  private addAlarms({ alarms }: NotifierProps): void {
    alarms.addDeadLetters(this, 'UnreadRecords', this.#unread, 'A stream record could not be decoded.');
    const givenUp = 'Alerts could not be sent for six hours and were given up.';
    alarms.addDeadLetters(this, 'GivenUpRecords', this.#givenUp, givenUp);
    alarms.add(this, 'StreamIteratorAge', {
      meaning: 'Records are waiting in the stream, so alerts are late.',
      metric: this.stage.function.metric('IteratorAge', { statistic: 'Maximum', period: Duration.minutes(5) }),
      atLeast: Duration.minutes(15).toMilliseconds(),
    });
  }
}
