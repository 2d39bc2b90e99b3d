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
import { Watch } from './watch.ts';

/** The parameter that takes the operator's e-mail address. */
export const OPERATOR_EMAIL = 'OperatorEmail';
const HOUR = Duration.hours(1);

/** The pipeline around the tables: the three stages, the topics, and what watches over them. */
export class BulletinStack extends Stack {
  readonly topics: Topics;
  readonly watch: Watch;
  readonly fetcher: Fetcher;
  readonly parser: Parser;
  readonly notifier: Notifier;

  constructor(scope: Construct, id: string, settings: Settings, data: DataStack, props: StackProps) {
    super(scope, id, props);
    const operatorEmail = new CfnParameter(this, OPERATOR_EMAIL, {
      type: 'String',
      noEcho: true,
      description: 'The e-mail address to which alarms go',
      allowedPattern: EMAIL_PATTERN,
      constraintDescription: 'must be one e-mail address, like you@example.com',
    }).valueAsString;
    const { tables, key } = data;
    this.topics = new Topics(this, 'Topics', { stage: settings.stage, key, operatorEmail });
    this.watch = new Watch(settings.stage, this.topics.operator);
    const common = { settings, tables, key, watch: this.watch };
    this.parser = new Parser(this, 'Parser', common);
    this.fetcher = new Fetcher(this, 'Fetcher', { ...common, pages: this.parser.pages });
    this.notifier = new Notifier(this, 'Notifier', { ...common, topics: this.topics });
    this.delivery(settings);
    const stages = [this.fetcher.stage, this.parser.stage, this.notifier.stage];
    createDashboard(this, settings.stage, this.watch, stages);
    new CfnOutput(this, 'TopicPrefix', {
      description: "What the ARN of each topic begins with; a category's code or BULLETINS follows",
      value: this.topics.prefix,
    });
    new CfnOutput(this, 'FetcherName', {
      description: 'Invoke it for a look out of turn',
      value: this.fetcher.stage.function.functionName,
    });
  }

  /** What becomes of alerts behind the topics. */
  private delivery(settings: Settings): void {
    const topics = new Map([...this.topics.alerts, ['operator', this.topics.operator]]);
    for (const [member, topic] of topics) {
      const condition = {
        means: 'A message reached the topic and could not be delivered to a subscriber.',
        metric: topic.metricNumberOfNotificationsFailed({ statistic: 'Sum', period: Duration.minutes(5) }),
        atLeast: 1,
      };
      this.watch.alarm(topic, 'FailedDeliveries', condition, member);
    }
    const spent = new Metric({
      namespace: 'AWS/SNS',
      metricName: 'SMSMonthToDateSpentUSD',
      statistic: 'Maximum',
      period: HOUR,
    });
    this.watch.alarm(this.topics, 'SmsSpend', {
      means: 'SMS have cost nearly what this account may spend on them in a month; from there on none is sent.',
      metric: spent,
      atLeast: settings.smsAlarmDollars,
    });
  }
}
