import { ArnFormat, Stack, type RemovalPolicy } from 'aws-cdk-lib';
import { ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Key, type IKey } from 'aws-cdk-lib/aws-kms';
import type { Construct } from 'constructs';

/** The key permissions that a user of an encrypted table needs. */
export const TABLE_KEY_ACTIONS = [
  'kms:Decrypt',
  'kms:DescribeKey',
  'kms:Encrypt',
  'kms:GenerateDataKey',
  'kms:GenerateDataKeyWithoutPlaintext',
  'kms:ReEncryptFrom',
  'kms:ReEncryptTo',
];
/** The key permissions that a sender to an encrypted queue or topic needs. */
export const SEND_KEY_ACTIONS = ['kms:Decrypt', 'kms:GenerateDataKey'];

/** Creates the key for all stored data. Two AWS services use it directly: CloudWatch alarms and CloudWatch Logs. */
export function createKey(scope: Construct, stage: string, removalPolicy: RemovalPolicy): IKey {
  const key = new Key(scope, 'Key', {
    description: `Encrypts tables, queues, topics and logs of Visa Bulletin Watch, ${stage}`,
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
