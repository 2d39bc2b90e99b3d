import { ArnFormat, Stack } from 'aws-cdk-lib';
import { PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import { Subscription, SubscriptionProtocol, Topic } from 'aws-cdk-lib/aws-sns';
import { Construct } from 'constructs';

import { CATEGORIES } from './category.ts';

/** The sender that starts every SMS: `DISPLAY_NAME` in `crates/aws/src/message.rs`. */
export const DISPLAY_NAME = 'VisaBull';
/** The code of the topic for bulletin summaries: `BULLETINS` in `crates/aws/src/topic.rs`. */
export const BULLETINS = 'BULLETINS';
const OPERATOR = 'operator';

export interface TopicsProps {
  readonly stage: string;
  readonly key: IKey | undefined;
  /** The address that receives alarms: a reference to a template parameter. */
  readonly operatorEmail: string;
}

/** The alert topics, one per category and one for bulletin summaries, and the operator's topic for alarms. */
export class Topics extends Construct {
  /** The prefix of the ARN of every alert topic. */
  readonly prefix: string;
  /** The alert topics by code. */
  readonly alerts: ReadonlyMap<string, Topic>;
  /** The topic for alarms. */
  readonly operator: Topic;

  constructor(scope: Construct, id: string, props: TopicsProps) {
    super(scope, id);
    const names = `VisaBulletin-${props.stage}-alerts-`;
    const stack = Stack.of(this);
    this.prefix = stack.formatArn({ service: 'sns', resource: names, arnFormat: ArnFormat.NO_RESOURCE_NAME });
    this.alerts = new Map(
      [...CATEGORIES, BULLETINS].map((code) => [code, this.topic(code, `${names}${code}`, props.key)]),
    );
    this.operator = this.topic(OPERATOR, `VisaBulletin-${props.stage}-operator`, props.key);
    this.operator.addToResourcePolicy(
      new PolicyStatement({
        sid: 'AlarmsMayPublish',
        actions: ['sns:Publish'],
        principals: [new ServicePrincipal('cloudwatch.amazonaws.com')],
        resources: [this.operator.topicArn],
        conditions: {
          StringEquals: { 'aws:SourceAccount': stack.account },
          ArnLike: {
            'aws:SourceArn': stack.formatArn({
              service: 'cloudwatch',
              resource: 'alarm',
              resourceName: `VisaBulletin-${props.stage}-*`,
              arnFormat: ArnFormat.COLON_RESOURCE_NAME,
            }),
          },
        },
      }),
    );
    new Subscription(this, 'OperatorEmail', {
      topic: this.operator,
      protocol: SubscriptionProtocol.EMAIL,
      endpoint: props.operatorEmail,
    });
  }

  private topic(code: string, topicName: string, key: IKey | undefined): Topic {
    return new Topic(this, code, {
      topicName,
      displayName: DISPLAY_NAME,
      enforceSSL: true,
      // CloudWatch alarms cannot publish to a topic that uses the AWS managed key. Without a customer managed key the
      // topics are not encrypted: bulletins are public.
      ...(key === undefined ? {} : { masterKey: key }),
    });
  }
}
