import { CfnOutput, CfnParameter, Duration, Stack, type StackProps } from 'aws-cdk-lib';
import { Metric } from 'aws-cdk-lib/aws-cloudwatch';
import type { Construct } from 'constructs';

import type { DataStack } from './data-stack.ts';
import { createDashboard } from './dashboard.ts';
import { EMAIL_PATTERN } from './setting/email.ts';
import type { Settings } from './setting/settings.ts';
import { Fetcher } from './stage/fetcher.ts';
import { Notifier } from './stage/notifier.ts';
import { Parser } from './stage/parser.ts';
import { Topics } from './topics.ts';
import { Alarms } from './alarm.ts';

/** The parameter that takes the operator's e-mail address. */
export const OPERATOR_EMAIL = 'OperatorEmail';
const HOUR = Duration.hours(1);

/** Everything except the tables: the three stages, topics, alarms and dashboard. */
export class BulletinStack extends Stack {
  readonly topics: Topics;
  readonly alarms: Alarms;
  readonly fetcher: Fetcher;
  readonly parser: Parser;
  readonly notifier: Notifier;

  constructor(scope: Construct, id: string, settings: Settings, data: DataStack, props: StackProps) {
    super(scope, id, props);
    const operatorEmail = new CfnParameter(this, OPERATOR_EMAIL, {
      type: 'String',
      noEcho: true,
      description: 'The e-mail address that receives alarms',
      allowedPattern: EMAIL_PATTERN,
      constraintDescription: 'must be one e-mail address, for example you@example.com',
    }).valueAsString;
    const { tables, key } = data;
    this.topics = new Topics(this, 'Topics', { stage: settings.stage, key, operatorEmail });
    this.alarms = new Alarms(settings.stage, this.topics.operator);
    const common = { settings, tables, key, alarms: this.alarms };
    this.parser = new Parser(this, 'Parser', common);
    this.fetcher = new Fetcher(this, 'Fetcher', { ...common, pages: this.parser.pages });
    this.notifier = new Notifier(this, 'Notifier', { ...common, topics: this.topics });
    this.addDeliveryAlarms(settings);
    const stages = [this.fetcher.stage, this.parser.stage, this.notifier.stage];
    createDashboard(this, settings.stage, this.alarms, stages);
    new CfnOutput(this, 'TopicPrefix', {
      description: 'The prefix of the ARN of every alert topic, before the category code or BULLETINS',
      value: this.topics.prefix,
    });
    new CfnOutput(this, 'FetcherName', {
      description: 'The fetcher: invoke it to poll the source immediately',
      value: this.fetcher.stage.function.functionName,
    });
  }

  /** Alarms on what happens to alerts after they are published. */
  private addDeliveryAlarms(settings: Settings): void {
    const topics = new Map([...this.topics.alerts, ['operator', this.topics.operator]]);
    for (const [member, topic] of topics) {
      const condition = {
        meaning: 'A message was published, but SNS could not deliver it to a subscriber.',
        metric: topic.metricNumberOfNotificationsFailed({ statistic: 'Sum', period: Duration.minutes(5) }),
        atLeast: 1,
      };
      this.alarms.add(topic, 'FailedDeliveries', condition, member);
    }
    const spent = new Metric({
      namespace: 'AWS/SNS',
      metricName: 'SMSMonthToDateSpentUSD',
      statistic: 'Maximum',
      period: HOUR,
    });
    this.alarms.add(this.topics, 'SmsSpend', {
      meaning: "This month's SMS have almost reached the account's spending limit. At the limit, SNS stops sending SMS.",
      metric: spent,
      atLeast: settings.smsAlarmDollars,
    });
  }
}
