import { Duration } from 'aws-cdk-lib';
import {
  Alarm,
  ComparisonOperator,
  Metric,
  TreatMissingData,
  type IMetric,
} from 'aws-cdk-lib/aws-cloudwatch';
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import type { Queue } from 'aws-cdk-lib/aws-sqs';
import type { Construct } from 'constructs';

/** The namespace of the Lambdas' own metrics, as `NAMESPACE` in `crates/aws/src/metric.rs`. They have no dimensions. */
export const NAMESPACE = 'VisaBulletin';
const FIVE_MINUTES = Duration.minutes(5);

/** What an alarm looks at, and when it is raised. */
export interface Condition {
  /** What it means, in a sentence. */
  readonly means: string;
  readonly metric: IMetric;
  /** The alarm is raised at this value or above it. */
  readonly atLeast: number;
  /** How many periods in a row; one where it is not said. */
  readonly periods?: number;
  /** What silence means; nothing where it is not said. */
  readonly missing?: TreatMissingData;
}

/** Raises alarms, each of which the operator is told of when it begins and when it ends, and which has a heading of its
 * name in docs/RUNBOOK.md. */
export class Watch {
  readonly #stage: string;
  readonly #operator: ITopic;
  readonly #alarms: Alarm[] = [];

  constructor(stage: string, operator: ITopic) {
    this.#stage = stage;
    this.#operator = operator;
  }

  /** Every alarm there is by now. */
  get alarms(): readonly Alarm[] {
    return this.#alarms;
  }

  /** Adds an alarm. One of a family, such as one for each topic, has the heading of its family and its own name behind a
   * hyphen. */
  alarm(scope: Construct, heading: string, condition: Condition, member?: string): Alarm {
    const name = member === undefined ? heading : `${heading}-${member}`;
    const alarm = new Alarm(scope, `${name}Alarm`, {
      alarmName: `VisaBulletin-${this.#stage}-${name}`,
      alarmDescription: `${condition.means} What to do: docs/RUNBOOK.md, ${heading}`,
      metric: condition.metric,
      threshold: condition.atLeast,
      comparisonOperator: ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
      evaluationPeriods: condition.periods ?? 1,
      treatMissingData: condition.missing ?? TreatMissingData.NOT_BREACHING,
    });
    const action = new SnsAction(this.#operator);
    alarm.addAlarmAction(action);
    alarm.addOkAction(action);
    this.#alarms.push(alarm);
    return alarm;
  }

  /** Adds an alarm on a queue in which there should be nothing. */
  deadLetters(scope: Construct, heading: string, queue: Queue, means: string): Alarm {
    const metric = queue.metricApproximateNumberOfMessagesVisible({ statistic: 'Maximum', period: FIVE_MINUTES });
    return this.alarm(scope, heading, { means, metric, atLeast: 1 });
  }
}

/** One of the Lambdas' own metrics. */
export function ownMetric(metricName: string, statistic: string, period = FIVE_MINUTES): Metric {
  return new Metric({ namespace: NAMESPACE, metricName, statistic, period });
}
