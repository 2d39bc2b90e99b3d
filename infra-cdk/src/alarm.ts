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

/** The namespace of the Lambdas' custom metrics, which have no dimensions: `NAMESPACE` in `crates/aws/src/metric.rs`. */
export const NAMESPACE = 'VisaBulletin';
const FIVE_MINUTES = Duration.minutes(5);

/** The condition that raises an alarm. */
export interface Condition {
  /** The meaning of the alarm, as a sentence. */
  readonly meaning: string;
  readonly metric: IMetric;
  /** The threshold: the alarm is raised at this value or above. */
  readonly atLeast: number;
  /** The number of consecutive periods; 1 by default. */
  readonly periods?: number;
  /** The effect of missing data; none by default. */
  readonly missing?: TreatMissingData;
}

/** The alarms of a deployment. Each one notifies the operator when it is raised and when it clears, and has a heading
 * with its name in docs/RUNBOOK.md. */
export class Alarms {
  readonly #stage: string;
  readonly #operator: ITopic;
  readonly #alarms: Alarm[] = [];

  constructor(stage: string, operator: ITopic) {
    this.#stage = stage;
    this.#operator = operator;
  }

  /** All alarms that were added so far. */
  get all(): readonly Alarm[] {
    return this.#alarms;
  }

  /** Adds an alarm. The members of a family, such as one alarm per topic, share a heading; their names end with a hyphen
   * and the member. */
  add(scope: Construct, heading: string, condition: Condition, member?: string): Alarm {
    const name = member === undefined ? heading : `${heading}-${member}`;
    const alarm = new Alarm(scope, `${name}Alarm`, {
      alarmName: `VisaBulletin-${this.#stage}-${name}`,
      alarmDescription: `${condition.meaning} What to do: docs/RUNBOOK.md, ${heading}`,
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

  /** Adds an alarm that is raised when the queue is not empty. */
  addDeadLetters(scope: Construct, heading: string, queue: Queue, meaning: string): Alarm {
    const metric = queue.metricApproximateNumberOfMessagesVisible({ statistic: 'Maximum', period: FIVE_MINUTES });
    return this.add(scope, heading, { meaning, metric, atLeast: 1 });
  }
}

/** A custom metric of the Lambdas. */
export function ownMetric(metricName: string, statistic: string, period = FIVE_MINUTES): Metric {
  return new Metric({ namespace: NAMESPACE, metricName, statistic, period });
}
