import { ArnFormat, Stack, type RemovalPolicy } from 'aws-cdk-lib';
import { ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Key, type IKey } from 'aws-cdk-lib/aws-kms';
import type { Construct } from 'constructs';

/** What whoever uses an encrypted table must be allowed to do with its key. */
export const TABLE_KEY_ACTIONS = [
  'kms:Decrypt',
  'kms:DescribeKey',
  'kms:Encrypt',
  'kms:GenerateDataKey',
  'kms:GenerateDataKeyWithoutPlaintext',
  'kms:ReEncryptFrom',
  'kms:ReEncryptTo',
];
/** What whoever writes to an encrypted queue or topic must be allowed to do with its key. */
export const SEND_KEY_ACTIONS = ['kms:Decrypt', 'kms:GenerateDataKey'];

/** One key for everything that is kept. Besides this account's roles, two services of AWS use it on their own. */
export function createKey(scope: Construct, stage: string, removalPolicy: RemovalPolicy): IKey {
  const key = new Key(scope, 'Key', {
    description: `Tables, queues, topics and logs of Visa Bulletin Watch, ${stage}`,
    enableKeyRotation: true,
    removalPolicy,
  });
  const stack = Stack.of(scope);
  const alarms = new ServicePrincipal('cloudwatch.amazonaws.com', {
    conditions: { StringEquals: { 'aws:SourceAccount': stack.account } },
  });
  key.grant(alarms, ...SEND_KEY_ACTIONS);
  const logGroups = stack.formatArn({
    service: 'logs',
    resource: 'log-group',
    resourceName: `/aws/lambda/VisaBulletin-${stage}-*`,
    arnFormat: ArnFormat.COLON_RESOURCE_NAME,
  });
  const logs = new ServicePrincipal(`logs.${stack.region}.amazonaws.com`, {
    conditions: { ArnLike: { 'kms:EncryptionContext:aws:logs:arn': logGroups } },
  });
  key.grant(logs, ...TABLE_KEY_ACTIONS);
  return key;
}
