import { Duration } from 'aws-cdk-lib';
import { CfnEventSourceMapping } from 'aws-cdk-lib/aws-lambda';
import { Construct } from 'constructs';

import { acknowledge } from '../acknowledge.ts';
import { NOTIFIER_TIMEOUT, RECORD_AGE } from '../limit.ts';
import { createDeadLetters } from '../queue.ts';
import type { Topics } from '../topics.ts';
import { StageFunction, type StageProps } from './stage-function.ts';

/** How many records come at once: a bulletin's standings, over a hundred of them, in few batches. */
const BATCH_SIZE = 50;
/** The items that alert, by what their keys begin with: standings, new ones too, and bulletins. Rows and the catalogue
 * alert nobody, and nothing that is removed does. */
const ALERTING = ['STANDING#', 'BULLETIN#'];

export interface NotifierProps extends StageProps {
  readonly topics: Topics;
}

/** Turns what was written to the data table into alerts and sends each once. */
export class Notifier extends Construct {
  readonly stage: StageFunction;

  constructor(scope: Construct, id: string, props: NotifierProps) {
    super(scope, id);
    const { settings, tables, topics, key, watch } = props;
    const unread = createDeadLetters(this, 'UnreadRecords', key, `VisaBulletin-${settings.stage}-unread-records`);
    const givenUp = createDeadLetters(this, 'GivenUpRecords', key, `VisaBulletin-${settings.stage}-given-up-records`);
    this.stage = new StageFunction(this, 'Stage', {
      ...props,
      name: 'notifier',
      timeout: NOTIFIER_TIMEOUT,
      environment: { TOPIC_PREFIX: topics.prefix, DEAD_RECORDS_URL: unread.queueUrl },
      failing: { heading: 'NotifierErrors', means: 'The notifier fails, so that alerts are late.' },
    });
    // For the message about a whole bulletin, which counts what moved.
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
    this.stage.allow('KeepUnreadRecords', ['sqs:SendMessage'], [unread.queueArn]);
    this.stage.allow('KeepGivenUpRecords', ['sqs:SendMessage'], [givenUp.queueArn]);
    const stream = tables.data.tableStreamArn ?? '';
    this.stage.allow(
      'ReadStream',
      ['dynamodb:DescribeStream', 'dynamodb:GetRecords', 'dynamodb:GetShardIterator'],
      [stream],
    );
    // Lists the streams of a table, and so is asked of all of that table's.
    this.stage.allow('ListStreams', ['dynamodb:ListStreams'], [`${tables.data.tableArn}/stream/*`]);
    // The rule wants to be named with what it found, which is the data table's ARN as the other stack exports it.
    const exported = `VisaBulletin-${settings.stage}-data:ExportsOutputFnGetAttData666C94C7Arn0D7E21B7`;
    acknowledge(
      this.stage.role,
      `AwsSolutions-IAM5[Resource::${exported}/stream/*]`,
      'Which streams the one table has cannot be named before it is asked; the action reads nothing else.',
    );
    const source = new CfnEventSourceMapping(this, 'Source', {
      functionName: this.stage.function.functionName,
      eventSourceArn: stream,
      // What was written while nothing was deployed, or before the first batch came, is not passed over.
      startingPosition: 'TRIM_HORIZON',
      batchSize: BATCH_SIZE,
      filterCriteria: {
        filters: ALERTING.map((prefix) => ({
          pattern: JSON.stringify({
            eventName: ['INSERT', 'MODIFY'],
            dynamodb: { Keys: { pk: { S: [{ prefix }] } } },
          }),
        })),
      },
      bisectBatchOnFunctionError: true,
      functionResponseTypes: ['ReportBatchItemFailures'],
      // Without end by number: an alert whose sender died is sent again when its mark expires, after five minutes.
      maximumRetryAttempts: -1,
      maximumRecordAgeInSeconds: RECORD_AGE.toSeconds(),
      destinationConfig: { onFailure: { destination: givenUp.queueArn } },
    });
    source.node.addDependency(this.stage.role);
    watch.deadLetters(this, 'UnreadRecords', unread, 'A record of the stream cannot be understood.');
    watch.deadLetters(this, 'GivenUpRecords', givenUp, 'Alerts could not be sent for six hours and were given up.');
    watch.alarm(this, 'StreamIteratorAge', {
      means: 'Records wait in the stream, so that alerts are late.',
      metric: this.stage.function.metric('IteratorAge', { statistic: 'Maximum', period: Duration.minutes(5) }),
      atLeast: Duration.minutes(15).toMilliseconds(),
    });
  }
}
