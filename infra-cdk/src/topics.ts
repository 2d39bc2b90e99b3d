import { ArnFormat, Stack } from 'aws-cdk-lib';
import { PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import { Subscription, SubscriptionProtocol, Topic } from 'aws-cdk-lib/aws-sns';
import { Construct } from 'constructs';

import { CATEGORIES } from './category.ts';

/** What an SMS begins with, as `DISPLAY_NAME` in `crates/aws/src/message.rs`. */
export const DISPLAY_NAME = 'VisaBull';
/** What the topic of whole bulletins is called after the prefix, as `BULLETINS` in `crates/aws/src/topic.rs`. */
export const BULLETINS = 'BULLETINS';
const OPERATOR = 'operator';

export interface TopicsProps {
  readonly stage: string;
  readonly key: IKey | undefined;
  /** Where the alarms go: the reference to a parameter. */
  readonly operatorEmail: string;
}

/** The topics of alerts, one for each category and one for whole bulletins; and, apart from these, the operator's. */
export class Topics extends Construct {
  /** What the ARN of every topic of alerts begins with. */
  readonly prefix: string;
  /** The topics of alerts by what stands after the prefix. */
  readonly alerts: ReadonlyMap<string, Topic>;
  /** Where alarms go. */
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
      // The key that AWS keeps for SNS would lock out the alarms; without one of this account there is none, and what is
      // published stands on a public page.
      ...(key === undefined ? {} : { masterKey: key }),
    });
  }
}
